package nginx

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// lexer cuts a file into statements as ngx_conf_read_token (NGINX src/core/ngx_conf_file.c) does: whitespace is space, tab, CR and LF
// only; "#" begins a comment, and a quote a string, only where a word would begin; "{" ends a word unless it stands behind "$"; "}"
// never ends a word; a backslash protects the next byte. Behind an error it goes on and marks the statement as broken.
type lexer struct {
	file *File
	src  string
	pos  int
	// report takes an error of syntax; it answers false when there were enough of them.
	report  func(offset int, message, fix string) bool
	stopped bool
}

// ending is how a statement ends.
type ending uint8

const (
	endFile ending = iota
	endSemicolon
	endOpen
	endClose
)

// statement is what the lexer found: the words from first on are its words, of which there may be none.
type statement struct {
	start, first int
	end          ending
	broken       bool
}

// bareStops are the bytes that need a look inside a bare word.
var bareStops = [256]bool{' ': true, '\t': true, '\r': true, '\n': true, ';': true, '{': true, '\\': true, '$': true}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// statement reads the next statement, or the end of a block or of the file.
func (l *lexer) statement() statement {
	st := statement{start: -1, first: len(l.file.words)}
	for {
		l.blank()
		if l.stopped || l.pos >= len(l.src) {
			return l.endOfFile(st)
		}
		if st.start < 0 {
			st.start = l.pos
		}
		switch c := l.src[l.pos]; c {
		case ';', '{', '}':
			l.pos++
			if l.terminate(&st, c) {
				return st
			}
		case '"', '\'':
			if !l.quoted(&st, c) {
				st.end = endSemicolon
				return st
			}
		default:
			l.bare(&st)
		}
	}
}

// blank skips whitespace and comments.
func (l *lexer) blank() {
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case isBlank(c):
			l.pos++
		case c == '#':
			l.comment()
		default:
			return
		}
	}
}

// comment skips to the end of the line. NGINX reads comments through the same buffer as words, so that a long one fails as well.
func (l *lexer) comment() {
	start := l.pos
	if n := strings.IndexByte(l.src[start:], '\n'); n >= 0 {
		l.pos += n + 1
	} else {
		l.pos = len(l.src)
	}
	if l.tooLong(start, l.pos-1) {
		l.faultTooLong(start)
	}
}

// terminate handles ";", "{" and "}" where a word could begin; it reports whether the statement ends there.
func (l *lexer) terminate(st *statement, c byte) bool {
	words := len(l.file.words) > st.first
	switch c {
	case ';':
		st.end = endSemicolon
	case '{':
		st.end = endOpen
	case '}':
		st.end = endClose
	}
	if words == (c == '}') {
		l.unexpected(l.pos - 1)
		st.broken = true
		if c == ';' {
			st.start, st.broken = -1, false
			return false
		}
	}
	return true
}

// bare reads a word without quotes; its terminator is left for the next step.
func (l *lexer) bare(st *statement) {
	start, escaped := l.pos, false
	i := start
scan:
	for ; i < len(l.src); i++ {
		if !bareStops[l.src[i]] {
			continue
		}
		switch l.src[i] {
		case '\\':
			escaped = true
			i++
		case '$':
			for i+1 < len(l.src) && l.src[i+1] == '{' {
				i++
			}
		default:
			break scan
		}
	}
	i = min(i, len(l.src))
	l.pos = i
	l.add(word{start: narrow(start), end: narrow(i), escaped: escaped})
	read := i + 1
	if i < len(l.src) && isBlank(l.src[i]) {
		read++
	}
	if l.tooLong(start, read-1) {
		l.faultTooLong(start)
		st.broken = true
	}
}

// quoted reads a word in quotes and looks at what follows it; false when the quote is never closed, and the statement is given up.
func (l *lexer) quoted(st *statement, quote byte) bool {
	open := l.pos
	end, escaped := l.closing(open+1, quote)
	if end < 0 || end-open-1 >= maxParameter {
		l.unclosed(st, open, end < 0)
		return false
	}
	l.pos = end + 1
	l.add(word{start: narrow(open + 1), end: narrow(end), quote: quote, escaped: escaped})
	next := end + 1
	if next < len(l.src) && isBlank(l.src[next]) {
		next++
	}
	if l.tooLong(open+1, next) {
		l.faultTooLong(open + 1)
		st.broken = true
	}
	if l.pos < len(l.src) && !isBlank(l.src[l.pos]) && !strings.ContainsRune(";{)}", rune(l.src[l.pos])) {
		l.unexpected(l.pos)
		st.broken = true
	}
	return true
}

// closing finds the quote that ends a string. A string that is too long need not be searched to its end.
func (l *lexer) closing(from int, quote byte) (end int, escaped bool) {
	for i := from; i < len(l.src) && i-from <= maxParameter; i++ {
		switch l.src[i] {
		case '\\':
			escaped = true
			i++
		case quote:
			return i, escaped
		}
	}
	return -1, escaped
}

// unclosed gives a statement up whose quote does not end within what NGINX reads, and goes on in the next line.
func (l *lexer) unclosed(st *statement, open int, never bool) {
	c := l.src[open : open+1]
	st.broken = true
	if open+1+maxParameter < len(l.src) {
		l.fault(open, `too long parameter, probably missing terminating "`+c+`" character`, "close the quote; NGINX takes at most 4095 bytes in one word")
	} else if never {
		l.fault(len(l.src), `unexpected end of file, expecting ";" or "}"`, "close the quote that line "+l.lineOf(open)+" opens")
	}
	if n := strings.IndexByte(l.src[open:], '\n'); n >= 0 {
		l.pos = open + n + 1
	} else {
		l.pos = len(l.src)
	}
}

// tooLong reports whether NGINX runs out of its buffer: it has to read the byte at an offset while it still holds the word from start.
func (l *lexer) tooLong(start, offset int) bool {
	return offset-start >= maxParameter && start+maxParameter < len(l.src)
}

func (l *lexer) faultTooLong(start int) {
	l.fault(start, `too long parameter "`+strings.ToValidUTF8(l.src[start:start+10], "?")+`..." started`, "NGINX takes at most 4095 bytes in one word or comment")
}

// unexpected reports a byte that may not stand where it does; of a character of several bytes, the whole character.
func (l *lexer) unexpected(offset int) {
	_, size := utf8.DecodeRuneInString(l.src[offset:])
	l.fault(offset, `unexpected "`+strings.ToValidUTF8(l.src[offset:offset+size], "?")+`"`, "")
}

func (l *lexer) endOfFile(st statement) statement {
	st.end = endFile
	if !l.stopped && len(l.file.words) > st.first {
		st.broken = true
		l.fault(len(l.src), `unexpected end of file, expecting ";" or "}"`, `end the statement of line `+l.lineOf(st.start)+` with ";"`)
	}
	return st
}

func (l *lexer) fault(offset int, message, fix string) {
	l.stopped = !l.report(offset, message, fix) || l.stopped
}

func (l *lexer) lineOf(offset int) string {
	line, _ := l.file.place(narrow(offset))
	return strconv.Itoa(line)
}

func (l *lexer) add(w word) {
	if len(l.file.words) >= maxWords {
		l.fault(int(w.start), "more words in one file than asrscheck reads", "")
		l.stopped = true
		return
	}
	l.file.words = append(l.file.words, w)
}
