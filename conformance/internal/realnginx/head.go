package realnginx

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// maxHead bounds the head of a request: NGINX sends on what its own buffers hold, which configurations set to some 100 kB at most.
const maxHead = 1 << 20

var errHead = errors.New("a head that is no HTTP/1")

// head is the first part of a message as it stands on the wire: a line, and every field in order, names as they were written.
type head struct {
	line   string
	fields []routing.Field
}

// readHead reads up to and with the empty line. It repairs nothing: what NGINX sends is what is to be seen.
func readHead(r *bufio.Reader) (*head, error) {
	h := &head{}
	for size := 0; size < maxHead; {
		s, err := r.ReadString('\n')
		if err != nil {
			return nil, err //nolint:wrapcheck // the connection is over, why does not matter
		}
		size += len(s)
		s = strings.TrimRight(s, "\r\n")
		switch {
		case h.line == "":
			h.line = s
		case s == "":
			return h, nil
		default:
			name, value, _ := strings.Cut(s, ":")
			h.fields = append(h.fields, routing.Field{Name: name, Value: strings.Trim(value, " \t")})
		}
	}
	return nil, errHead
}

func (h *head) get(name string) string {
	for _, f := range h.fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// list reports whether a token stands in a header that is a list (RFC 9110 5.6.1).
func (h *head) list(name, token string) bool {
	for _, f := range h.fields {
		if !strings.EqualFold(f.Name, name) {
			continue
		}
		for t := range strings.SplitSeq(f.Value, ",") {
			if strings.EqualFold(strings.TrimSpace(t), token) {
				return true
			}
		}
	}
	return false
}

// body reads the rest of a request (RFC 9112 6) and counts it.
func (h *head) body(r *bufio.Reader) (int64, error) {
	if h.list("Transfer-Encoding", "chunked") {
		return chunks(r)
	}
	n, _ := strconv.ParseInt(h.get("Content-Length"), 10, 64) // none is none
	return io.CopyN(io.Discard, r, max(0, n))                 //nolint:wrapcheck // as in readHead
}

func chunks(r *bufio.Reader) (int64, error) {
	total := int64(0)
	for {
		s, err := r.ReadString('\n')
		if err != nil {
			return total, err //nolint:wrapcheck // as in readHead
		}
		n, err := strconv.ParseInt(strings.TrimSpace(s), 16, 64)
		if err != nil || n < 0 {
			return total, errHead
		}
		if _, err := io.CopyN(io.Discard, r, n+2); err != nil {
			return total, err //nolint:wrapcheck // as in readHead
		}
		if total += n; n == 0 {
			return total, nil
		}
	}
}
