package nginx

import "strings"

// maxLuaString bounds the search for the end of a Lua string; OpenResty's own buffer is no larger.
const maxLuaString = maxParameter

// maxLostQuotes bounds how many quotes of one block may open no string; each of them costs a search.
const maxLostQuotes = 10_000

// lua reads the text of a *_by_lua_block up to its closing brace and adds it as a word. Braces in strings, long brackets and comments
// do not count: lua-nginx-module util/gen-lexer-c lists the tokens.
func (l *lexer) lua(open int) (closed bool) {
	start, depth, lost := l.pos, 1, 0
	for l.pos < len(l.src) && lost < maxLostQuotes {
		stop := strings.IndexAny(l.src[l.pos:], "{}[\"'-")
		if stop < 0 {
			break
		}
		l.pos += stop
		switch c := l.src[l.pos]; c {
		case '{':
			depth++
			l.pos++
		case '}':
			depth--
			l.pos++
			if depth == 0 {
				l.add(word{start: narrow(start), end: narrow(l.pos - 1)})
				return true
			}
		case '"', '\'':
			n := luaString(l.src[l.pos:], c)
			if n == 1 {
				lost++
			}
			l.pos += n
		default:
			l.pos += luaBracket(l.src[l.pos:])
		}
	}
	l.pos = len(l.src)
	l.add(word{start: narrow(start), end: narrow(l.pos)})
	l.fault(open, "unexpected end of file, expecting terminating characters for lua code block", "")
	return false
}

// luaString is the length of a string that stands at the beginning of s, or 1 when the quote opens none in this line.
func luaString(s string, quote byte) int {
	for i := 1; i < min(len(s), maxLuaString); i++ {
		switch s[i] {
		case quote:
			return i + 1
		case '\n':
			return 1
		case '\\':
			if i++; i < len(s) && s[i] == '\n' {
				return 1
			}
		}
	}
	return 1
}

// luaBracket is the length of the comment or long bracket at the beginning of s, or 1 when there is none.
func luaBracket(s string) int {
	comment := strings.HasPrefix(s, "--")
	opening := s
	if comment {
		opening = s[2:]
	}
	if level := longBracket(opening); level >= 0 {
		closing := "]" + opening[1:1+level] + "]"
		if n := strings.Index(s, closing); n >= 0 {
			return n + len(closing)
		}
		return len(s)
	}
	if !comment {
		return 1
	}
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n
	}
	return len(s)
}

// longBracket is the number of "=" in the long bracket that s begins with ("[[" has none), or -1.
func longBracket(s string) int {
	if s == "" || s[0] != '[' {
		return -1
	}
	level := 0
	for 1+level < len(s) && s[1+level] == '=' {
		level++
	}
	if 1+level < len(s) && s[1+level] == '[' {
		return level
	}
	return -1
}
