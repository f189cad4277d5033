package realnginx

import (
	"bufio"
	"strings"
	"testing"
)

func FuzzDNSAnswer(f *testing.F) {
	f.Add([]byte("\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04chat\x07service\x00\x00\x01\x00\x01"))
	f.Add([]byte("\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x3f"))
	f.Fuzz(func(t *testing.T, query []byte) {
		out := dnsAnswer(query, newNames())
		if out != nil && (len(out) < dnsHeader || out[2]&0x80 == 0 || string(out[:2]) != string(query[:2])) {
			t.Errorf("%q is answered with %q, which is no answer to it", query, out)
		}
	})
}

func FuzzReadHead(f *testing.F) {
	f.Add("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
	f.Add("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		in := bufio.NewReader(strings.NewReader(text))
		h, err := readHead(in)
		if err != nil {
			return
		}
		if n, _ := h.body(in); n < 0 || n > int64(len(text)) {
			t.Errorf("%q holds a body of %d bytes, which is not possible", text, n)
		}
	})
}
