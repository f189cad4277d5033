package policy

import (
	"strconv"
	"strings"
)

// entities are those that XML knows without a declaration (XML 1.0, section 4.6).
var entities = map[string]string{"quot": `"`, "amp": "&", "lt": "<", "gt": ">", "apos": "'"}

// decoded resolves entities and character references. What is none stays, since raw documents have ampersands of C#.
func decoded(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "&")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, rest, ok := entity(after)
		if !ok {
			b.WriteByte('&')
			s = after
			continue
		}
		b.WriteString(name)
		s = rest
	}
}

// entity resolves what stands behind an ampersand.
func entity(s string) (text, rest string, ok bool) {
	const longest = 10
	end := strings.IndexByte(s[:min(len(s), longest)], ';')
	if end < 1 {
		return "", s, false
	}
	name, rest := s[:end], s[end+1:]
	if text, ok = entities[name]; ok {
		return text, rest, true
	}
	digits, base := strings.CutPrefix(name, "#")
	if !base {
		return "", s, false
	}
	radix := 10
	if hex, isHex := strings.CutPrefix(strings.ToLower(digits), "x"); isHex {
		digits, radix = hex, 16
	}
	code, err := strconv.ParseUint(digits, radix, 21)
	if err != nil {
		return "", s, false
	}
	return string(rune(code)), rest, true
}
