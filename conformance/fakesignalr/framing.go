package fakesignalr

import (
	"bytes"
	"strconv"
	"strings"
)

// maxHead bounds what is kept of one request head. net/http refuses such a head with 431 (see serverHeadLimit).
const maxHead = 80 << 10

// maxLine bounds a chunk-size or trailer line.
const maxLine = 4 << 10

// framer finds the request heads in the bytes of an HTTP/1 connection, as RFC 9112 section 6 delimits messages. It sees what
// net/http folds or refuses: order, spelling and repetition of header lines. When it loses the thread it says nothing more.
type framer struct {
	state framerState
	buf   []byte // the head, or the current line of a chunked body
	left  uint64 // of the body or chunk
	heads [][]byte
}

type framerState int

const (
	inHead framerState = iota
	inBody
	inChunkSize
	inChunk
	inTrailer
	lost
)

// maxPipelined bounds the heads that wait for a handler.
const maxPipelined = 64

func (f *framer) feed(p []byte) {
	for len(p) > 0 && f.state != lost {
		if f.state == inBody || f.state == inChunk {
			p = f.skip(p)
			continue
		}
		p = f.line(p)
	}
}

// skip passes over body bytes.
func (f *framer) skip(p []byte) []byte {
	n := min(uint64(len(p)), f.left)
	f.left -= n
	if f.left == 0 {
		f.bodyDone()
	}
	return p[n:]
}

func (f *framer) bodyDone() {
	if f.state == inChunk {
		f.state = inChunkSize
		return
	}
	f.state = inHead
}

// line consumes up to the end of a line.
func (f *framer) line(p []byte) []byte {
	end := bytes.IndexByte(p, '\n')
	part, rest, complete := p, p[len(p):], false
	if end >= 0 {
		part, rest, complete = p[:end+1], p[end+1:], true
	}
	f.buf = append(f.buf, part...)
	if f.overflows() {
		return nil
	}
	if complete {
		f.lineDone()
	}
	return rest
}

func (f *framer) overflows() bool {
	limit := maxLine
	if f.state == inHead {
		limit = maxHead
	}
	if len(f.buf) <= limit {
		return false
	}
	f.buf = f.buf[:limit]
	f.state = lost
	return true
}

func (f *framer) lineDone() {
	switch f.state {
	case inHead:
		f.headLine()
	case inChunkSize:
		f.chunkSize()
	case inTrailer:
		if isBlank(f.buf) {
			f.state = inHead
		}
		f.buf = f.buf[:0]
	case inBody, inChunk, lost:
	}
}

// headLine ends the head at an empty line; empty lines before it are skipped (RFC 9112 section 2.2).
func (f *framer) headLine() {
	if isBlank(f.buf) {
		f.buf = f.buf[:0]
		return
	}
	if !bytes.HasSuffix(f.buf, []byte("\n\n")) && !bytes.HasSuffix(f.buf, []byte("\n\r\n")) {
		return
	}
	head := bytes.Clone(f.buf)
	f.buf = f.buf[:0]
	if len(f.heads) >= maxPipelined {
		f.state = lost
		return
	}
	f.heads = append(f.heads, head)
	f.enterBody(parseHead(head))
}

func isBlank(line []byte) bool { return len(bytes.Trim(line, "\r\n")) == 0 }

func (f *framer) enterBody(h rawHead) {
	if chunked(h) {
		f.state = inChunkSize
		return
	}
	length := h.values("Content-Length")
	if len(length) == 0 {
		return
	}
	n, err := strconv.ParseUint(length[0], 10, 63)
	if err != nil {
		f.state = lost
		return
	}
	if n > 0 {
		f.state, f.left = inBody, n
	}
}

func chunked(h rawHead) bool {
	for _, value := range h.values("Transfer-Encoding") {
		if strings.Contains(strings.ToLower(value), "chunked") {
			return true
		}
	}
	return false
}

// chunkSize reads "1a;extension"; the two bytes after the data are its line end (RFC 9112 section 7.1).
func (f *framer) chunkSize() {
	size, _, _ := strings.Cut(string(f.buf), ";")
	f.buf = f.buf[:0]
	n, err := strconv.ParseUint(strings.TrimSpace(size), 16, 62)
	switch {
	case err != nil:
		f.state = lost
	case n == 0:
		f.state = inTrailer
	default:
		f.state, f.left = inChunk, n+2
	}
}
