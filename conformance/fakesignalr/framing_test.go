package fakesignalr

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

const (
	plainRequest   = "GET /client/?hub=a HTTP/1.1\r\nHost: a\r\nHost: b\r\nX:  v \r\n folded\r\n\r\n"
	sizedRequest   = "POST /x HTTP/1.1\r\nhost:a\r\nContent-Length: 7\r\n\r\nGET / \r"
	chunkedRequest = "POST /y HTTP/1.1\nHost: a\nTransfer-Encoding: gzip, Chunked\n\n4;q=1\r\nGET \r\n0\r\nT: 1\r\n\r\n"
)

func heads(pieces ...string) (found []string, last framerState) {
	var f framer
	for _, piece := range pieces {
		f.feed([]byte(piece))
		for _, head := range f.heads {
			found = append(found, parseHead(head).target)
		}
		f.heads = nil
	}
	return found, f.state
}

func TestHeadsAreFoundHoweverTheBytesAreCut(t *testing.T) {
	all := "\r\n" + plainRequest + sizedRequest + chunkedRequest + plainRequest
	want := "/client/?hub=a /x /y /client/?hub=a"
	for size := 1; size <= len(all); size++ {
		var pieces []string
		for rest := all; rest != ""; {
			n := min(size, len(rest))
			pieces, rest = append(pieces, rest[:n]), rest[n:]
		}
		if got, _ := heads(pieces...); strings.Join(got, " ") != want {
			t.Fatalf("in pieces of %d bytes the targets are %q, want %q", size, got, want)
		}
	}
}

func TestHeadIsKeptLineByLine(t *testing.T) {
	h := parseHead([]byte(plainRequest))
	if h.method != "GET" || h.proto != "HTTP/1.1" {
		t.Errorf("request line is %q %q", h.method, h.proto)
	}
	want := []Field{{"Host", "a"}, {"Host", "b"}, {"X", "v folded"}}
	if len(h.fields) != len(want) {
		t.Fatalf("fields are %v, want %v", h.fields, want)
	}
	for i := range want {
		if h.fields[i] != want[i] {
			t.Errorf("field %d is %v, want %v", i, h.fields[i], want[i])
		}
	}
}

func TestFramerSaysNothingOnceLost(t *testing.T) {
	for name, stream := range map[string]string{
		"bad length":     "POST /a HTTP/1.1\r\nContent-Length: x\r\n\r\n" + plainRequest,
		"bad chunk size": "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + plainRequest,
		"endless line":   "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("0", maxLine+1) + plainRequest,
	} {
		if got, state := heads(stream); len(got) != 1 || state != lost {
			t.Errorf("%s: targets are %q in state %d, want the first one only, and lost", name, got, state)
		}
	}
	var f framer
	f.feed(bytes.Repeat([]byte("x"), 10*maxHead))
	if len(f.buf) > maxHead {
		t.Errorf("%d bytes of an endless head are kept, want at most %d", len(f.buf), maxHead)
	}
}

// FuzzFramer holds the framer against net/http: a request that net/http reads is found, at the same place.
func FuzzFramer(f *testing.F) {
	for _, seed := range []string{plainRequest, sizedRequest, chunkedRequest, "\n\n", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"} {
		f.Add([]byte(seed+plainRequest), uint8(3))
	}
	f.Fuzz(func(t *testing.T, stream []byte, cut uint8) {
		n := min(int(cut), len(stream))
		got, _ := heads(string(stream[:n]), string(stream[n:]))
		reader := bufio.NewReader(bytes.NewReader(stream))
		for index := 0; ; index++ {
			request, err := http.ReadRequest(reader)
			if err != nil {
				return
			}
			if index >= maxPipelined || len(stream) > maxLine {
				return
			}
			if index >= len(got) || got[index] != request.RequestURI {
				t.Fatalf("request %d has the target %q, the framer found %q", index, request.RequestURI, got)
			}
			if _, err := io.Copy(io.Discard, request.Body); err != nil {
				return
			}
		}
	})
}

func FuzzRedactTarget(f *testing.F) {
	f.Add("/client/?hub=a&access_token=", "s3cret", "&id=x")
	f.Add("/client/?ACCESS%5ftoken=", "s3cret", "")
	f.Fuzz(func(t *testing.T, before, secret, after string) {
		RedactTarget(before + secret + after)
		if secret == "" || strings.ContainsAny(secret, "&\"' \t\r\n\v\f#") || len(secret) < 6 {
			return
		}
		if got := RedactTarget("/client/?access_token=" + secret); strings.Contains(got, secret) && !strings.Contains("/client/?access_token=sha256:", secret) {
			t.Errorf("the secret %q survives in %q", secret, got)
		}
	})
}

func FuzzHub(f *testing.F) {
	f.Add([]byte("{\"protocol\":\"json\",\"version\":1}\x1e{\"type\":1,\"target\":\"echo\",\"arguments\":[1]}\x1e"))
	f.Add([]byte("{\"protocol\":\"json\",\"version\":1}\x1e{\"type\":1,\"invocationId\":\"1\",\"target\":\"close\",\"arguments\":[4000,\"x\"]}\x1e"))
	f.Add([]byte("{}\x1e"))
	cluster, err := NewCluster(Single("fuzz.service.signalr.net"), Defaults())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		v := &visit{Instance: cluster.all[0], knobs: Defaults()}
		c := newConnection(v, 1)
		defer c.die()
		c.hub.receive(data)
		c.hub.receive(data)
	})
}

func FuzzQuery(f *testing.F) {
	f.Add("hub=a&HUB=%zz;&&=&x")
	f.Fuzz(func(_ *testing.T, raw string) {
		q := parseQuery(raw)
		q.all("hub")
		q.last("id")
	})
}
