package live_test

import (
	"crypto/sha1" //nolint:gosec // as RFC 6455 has it
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// offersThen is a target whose negotiate is all right, and that does something else with what comes then.
func offersThen(then func(net.Conn, string)) func(net.Conn, string) {
	const body = `{"negotiateVersion":1,"connectionId":"a","connectionToken":"b","availableTransports":[{"transport":"WebSockets","transferFormats":["Text","Binary"]},` +
		`{"transport":"ServerSentEvents","transferFormats":["Text"]},{"transport":"LongPolling","transferFormats":["Text","Binary"]}]}`
	return func(conn net.Conn, request string) {
		if strings.HasPrefix(request, "POST /client/negotiate") {
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
			return
		}
		then(conn, request)
	}
}

// upgrades accepts a WebSocket as it must (RFC 6455 section 4.2.2) and sends bytes on it, once or over and over.
func upgrades(frames string, forever bool) func(net.Conn, string) {
	return offersThen(func(conn net.Conn, request string) {
		_, rest, _ := strings.Cut(request, "Sec-WebSocket-Key: ")
		key, _, _ := strings.Cut(rest, "\r\n")
		sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // as above
		_, err := fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n%s", base64.StdEncoding.EncodeToString(sum[:]), frames)
		for forever && err == nil {
			_, err = io.WriteString(conn, frames)
		}
		hangs(conn, "")
		_, _ = io.Copy(io.Discard, conn) // until the client leaves
	})
}

// inPieces sends a text byte by byte.
func inPieces(text string) func(net.Conn, string) {
	return func(conn net.Conn, _ string) {
		for i := range len(text) {
			if _, err := conn.Write([]byte{text[i]}); err != nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// shutsThen sends a text, closes its own direction, and goes on listening.
func shutsThen(text string) func(net.Conn, string) {
	return func(conn net.Conn, _ string) {
		_, _ = io.WriteString(conn, text)
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.CloseWrite()
		}
		_, _ = io.Copy(io.Discard, conn)
	}
}

// afterHello lets a TLS client say hello, answers with a text and nothing more.
func afterHello(text string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 4096))
		_, _ = io.WriteString(conn, text)
		_, _ = io.Copy(io.Discard, conn)
	}
}

// Frames of HTTP/2 (RFC 9113 sections 6.5, 6.8 and 6.4).
const (
	emptySettings = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	goAway        = "\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	resetStream   = "\x00\x00\x04\x03\x00\x00\x00\x00\x01\x00\x00\x00\x07"
)

// speaksHTTP2 is a target that answers negotiate over HTTP/1.1, and whatever comes over HTTP/2 with some bytes.
func speaksHTTP2(t *testing.T, frames string) hostile {
	t.Helper()
	chain := certificate(t, "localhost", time.Hour)
	leaf, err := x509.ParseCertificate(chain.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	config := &tls.Config{Certificates: []tls.Certificate{chain}, NextProtos: []string{"h2", "http/1.1"}}
	return hostile{tls: config, roots: roots, http2: frames, serves: offersThen(answers("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"))}
}

// moreHostiles break the rules of a protocol in ways that are less plain.
func moreHostiles(t *testing.T) map[string]hostile {
	t.Helper()
	refusal := "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
	long := "\x81\x7f\x3f\xff\xff\xff\xff\xff\xff\xff{"
	return map[string]hostile{
		"stalls in the TLS handshake":             {tls: &tls.Config{}, raw: afterHello("")},
		"stalls in a record of the TLS handshake": {tls: &tls.Config{}, raw: afterHello("\x16\x03\x03\x40\x00\x02")},
		"ends the TLS handshake by an alert":      {tls: &tls.Config{}, raw: afterHello("\x15\x03\x03\x00\x02\x02\x28")},
		"closes its direction":                    {serves: shutsThen("")},
		"closes its direction in a head":          {serves: shutsThen("HTTP/1.1 200 OK\r\nContent-Le")},
		"closes its direction in a body":          {serves: shutsThen("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")},
		"answers in pieces of one byte":           {serves: inPieces(refusal)},
		"sends an interim answer first":           {serves: answers("HTTP/1.1 100 Continue\r\n\r\n" + refusal)},
		"sends another interim answer first":      {serves: answers("HTTP/1.1 199 \r\n\r\n" + refusal)},
		"promises more than it sends":             {serves: answers("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}")},
		"promises more than it sends, and waits": {serves: func(conn net.Conn, r string) {
			answers("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}")(conn, r)
			hangs(conn, r)
		}},
		"sends more than it promises":              {serves: answers("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}{}{}{}{}")},
		"promises less than nothing":               {serves: answers("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}")},
		"promises two lengths":                     {serves: answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 7\r\n\r\n{}")},
		"sends chunks of no size":                  {serves: answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")},
		"compresses what is not":                   {serves: answers("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}")},
		"gives a status that is none":              {serves: answers("HTTP/1.1 999 Whatever\r\nContent-Length: 0\r\n\r\n")},
		"accepts WebSockets by a wrong key":        {serves: offersThen(answers("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n\x81\x03{}\x1e"))},
		"accepts WebSockets without a key":         {serves: offersThen(answers("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x03{}\x1e"))},
		"masks its frames":                         {serves: upgrades("\x81\x83\x00\x00\x00\x00{}\x1e", false)},
		"sends a frame of exabytes":                {serves: upgrades(long, false)},
		"sends a frame without end":                {serves: upgrades(long+strings.Repeat("x", 1<<10), true)},
		"sends pings without end":                  {serves: upgrades("\x89\x00", true)},
		"sends empty frames without end":           {serves: upgrades("\x01\x00\x00\x00", true)},
		"sends a ping that is too long":            {serves: upgrades("\x89\x7e\x03\xe8"+strings.Repeat("x", 1000), false)},
		"continues what never began":               {serves: upgrades("\x80\x03{}\x1e", false)},
		"uses bits that are reserved":              {serves: upgrades("\xf1\x03{}\x1e", false)},
		"closes with half a code":                  {serves: upgrades("\x88\x01\x03", false)},
		"answers a WebSocket by what is no JSON":   {serves: upgrades("\x81\x04{{{\x1e", false)},
		"answers a WebSocket by nothing":           {serves: upgrades("", false)},
		"goes away over HTTP/2":                    speaksHTTP2(t, emptySettings+goAway),
		"goes away over HTTP/2 without a settings": speaksHTTP2(t, goAway),
		"resets streams over HTTP/2":               speaksHTTP2(t, emptySettings+resetStream),
		"hangs over HTTP/2":                        speaksHTTP2(t, ""),
		"answers HTTP/2 by HTTP/1.1":               speaksHTTP2(t, refusal),
	}
}

func TestTargetsThatBreakRulesEndInVerdictsToo(t *testing.T) {
	for name, h := range moreHostiles(t) {
		t.Run("a target that "+name, func(t *testing.T) {
			t.Parallel()
			results := driveHostile(t, stand(t, h), h.roots)
			checkHostile(t, name, results)
		})
	}
}
