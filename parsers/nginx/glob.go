package nginx

import (
	"path"
	"slices"
	"strings"
)

// glob matches a pattern as glob(3) does, which NGINX calls for includes: "*", "?" and "[…]" match no slash and no leading dot, a
// backslash protects, names come in byte order (NGINX never sets a locale). hidden are the names that only the rule about leading
// dots kept out.
func glob(from source, pattern string) (matched, hidden []string, err error) {
	matched = []string{"."}
	if strings.HasPrefix(pattern, "/") {
		matched = []string{"/"}
	}
	for part := range strings.SplitSeq(strings.Trim(pattern, "/"), "/") {
		var next []string
		hidden = nil
		for _, dir := range matched {
			names, dotted := globIn(from, dir, part)
			next, hidden = append(next, names...), append(hidden, dotted...)
			if len(next) > maxMatches {
				return nil, nil, errTooMany
			}
		}
		matched = next
	}
	slices.Sort(matched)
	slices.Sort(hidden)
	return matched, hidden, nil
}

// globIn are the names in a folder that one part of a pattern matches.
func globIn(from source, dir, part string) (matched, hidden []string) {
	for _, name := range from.list(dir) {
		switch {
		case !matchName(part, name):
		case name[0] == '.' && !strings.HasPrefix(strings.TrimPrefix(part, `\`), "."):
			hidden = append(hidden, path.Join(dir, name))
		default:
			matched = append(matched, path.Join(dir, name))
		}
	}
	return matched, hidden
}

// matchName is fnmatch(3) for one name. It backs up to the last star only, so that it takes at most len(pattern) times len(name).
func matchName(pattern, name string) bool {
	p, n, star, mark := 0, 0, -1, 0
	for n < len(name) {
		if p < len(pattern) && pattern[p] == '*' {
			star, mark = p, n
			p++
			continue
		}
		if size, ok := matchByte(pattern[p:], name[n]); ok {
			p, n = p+size, n+1
			continue
		}
		if star < 0 {
			return false
		}
		mark++
		p, n = star+1, mark
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// matchByte matches one byte against the beginning of a pattern and says how much of the pattern that took.
func matchByte(pattern string, c byte) (size int, ok bool) {
	switch {
	case pattern == "":
		return 0, false
	case pattern[0] == '?':
		return 1, true
	case pattern[0] == '[':
		if set, n := bracket(pattern); n > 0 {
			return n, set(c)
		}
	case pattern[0] == '\\' && len(pattern) > 1:
		return 2, pattern[1] == c
	}
	return 1, pattern[0] == c
}

// bracket reads a bracket expression; n is 0 when there is none, and "[" stands for itself.
func bracket(pattern string) (set func(byte) bool, n int) {
	i, negated := 1, false
	if i < len(pattern) && (pattern[i] == '!' || pattern[i] == '^') {
		negated = true
		i++
	}
	var ranges [][2]byte
	for first := true; i < len(pattern); first = false {
		if pattern[i] == ']' && !first {
			return func(c byte) bool { return inRanges(ranges, c) != negated }, i + 1
		}
		low, size := bracketByte(pattern[i:])
		high := low
		i += size
		if i+1 < len(pattern) && pattern[i] == '-' && pattern[i+1] != ']' {
			high, size = bracketByte(pattern[i+1:])
			i += 1 + size
		}
		ranges = append(ranges, [2]byte{low, high})
	}
	return nil, 0
}

func bracketByte(s string) (c byte, size int) {
	if s[0] == '\\' && len(s) > 1 {
		return s[1], 2
	}
	return s[0], 1
}

func inRanges(ranges [][2]byte, c byte) bool {
	return slices.ContainsFunc(ranges, func(r [2]byte) bool { return r[0] <= c && c <= r[1] })
}
