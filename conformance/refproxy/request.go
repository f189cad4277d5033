package refproxy

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Bounds of request bodies: what is streamed, and what is held where the length must be known before.
const (
	maxBody     = 64 << 20
	maxHeldBody = 8 << 20
	writeLimit  = 30 * time.Second
)

// prepare settles what the upstream is sent besides what the program says: hop-by-hop headers of gateways that manage them
// themselves, and the framing of the body.
func (x *exchange) prepare() *trouble {
	asked := asksUpgrade(x.r.Header)
	mode := x.settings[routing.Upgrade]
	if asked && mode.unknown() {
		return unknowable("whether WebSocket is relayed: %s", mode.why)
	}
	if x.scheme != "http" && x.scheme != "https" {
		return unknowable("what is spoken to an upstream of scheme %q", x.scheme)
	}
	if sni := x.settings[routing.SNI]; x.scheme == "https" && sni.unknown() {
		return unknowable("the server name in the TLS handshake: %s", sni.why)
	}
	x.upgrade = asked && (mode.text == "native" || mode.text == "headers" || mode.text == routing.Relay)
	if mode.text != "headers" && mode.text != routing.Relay {
		x.header = withoutHops(x.header)
	}
	if asked && mode.text == "native" {
		x.header = append(x.header, routing.Field{Name: "Connection", Value: "Upgrade"},
			routing.Field{Name: "Upgrade", Value: x.r.Header.Get("Upgrade")})
	}
	return x.frame()
}

func asksUpgrade(h http.Header) bool {
	return h.Get("Upgrade") != "" && hasToken(h.Values("Connection"), "upgrade")
}

func hasToken(values []string, token string) bool {
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}

// hops are the header fields of one connection only (RFC 9110 section 7.6.1, RFC 9112 appendix C.2.2).
var hops = map[string]bool{
	"connection": true, "keep-alive": true, "proxy-connection": true, "te": true, "trailer": true, "upgrade": true,
	"transfer-encoding": true,
}

// withoutHops leaves out hop-by-hop fields and those that Connection names.
func withoutHops(fields []routing.Field) []routing.Field {
	named := map[string]bool{}
	for _, f := range fields {
		if strings.EqualFold(f.Name, "Connection") {
			for token := range strings.SplitSeq(strings.ToLower(f.Value), ",") {
				named[strings.TrimSpace(token)] = true
			}
		}
	}
	var kept []routing.Field
	for _, f := range fields {
		if name := strings.ToLower(f.Name); !hops[name] && !named[name] {
			kept = append(kept, f)
		}
	}
	return kept
}

// frame writes the length of the body the way it is known. A Content-Length of zero that the program dropped stays dropped.
func (x *exchange) frame() *trouble {
	switch body := x.settings[routing.Body]; {
	case x.r.ContentLength == 0:
	case body.unknown():
		return unknowable("the body that is sent: %s", body.why)
	case body.text != "": // with what it is replaced, nobody looks at
		x.r.Body, x.r.ContentLength = http.NoBody, 0
	}
	length := x.r.ContentLength
	stated := len(values(x.header, "Content-Length")) > 0
	x.header = without(without(x.header, "Content-Length"), "Transfer-Encoding")
	if length < 0 {
		held, err := io.ReadAll(io.LimitReader(x.r.Body, maxHeldBody+1))
		if err != nil || len(held) > maxHeldBody {
			return &trouble{http.StatusRequestEntityTooLarge, CauseHeader, "the request body cannot be held"}
		}
		x.r.Body, length, stated = io.NopCloser(bytes.NewReader(held)), int64(len(held)), true
	}
	if length > maxBody {
		return &trouble{http.StatusRequestEntityTooLarge, CauseHeader, "the request body is too large"}
	}
	if length > 0 || stated {
		x.header = append(x.header, routing.Field{Name: "Content-Length", Value: strconv.FormatInt(length, 10)})
	}
	return nil
}

// write sends the request, byte for byte as the program says.
func (x *exchange) write() *trouble {
	if err := x.conn.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return failed("send to "+x.address, err)
	}
	if _, err := x.conn.Write(x.head()); err != nil {
		return failed("send to "+x.address, err)
	}
	// An upstream may answer before it has read the whole body; what it says then counts more than the failed write.
	limit := x.proxy.cutsBodies()
	_, _ = io.Copy(x.conn, io.LimitReader(x.r.Body, limit))
	if x.r.ContentLength > limit {
		return &trouble{http.StatusRequestEntityTooLarge, CauseHeader, "the request body is too large"}
	}
	return nil
}

func (x *exchange) head() []byte {
	protocol := "HTTP/1.1"
	if x.settings[routing.Protocol].text == "HTTP/1.0" {
		protocol = "HTTP/1.0"
	}
	var b bytes.Buffer
	b.WriteString(x.method + " " + x.target + " " + protocol + "\r\n")
	for _, f := range x.header {
		b.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

func values(fields []routing.Field, name string) []string {
	var out []string
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			out = append(out, f.Value)
		}
	}
	return out
}

func without(fields []routing.Field, name string) []routing.Field {
	var kept []routing.Field
	for _, f := range fields {
		if !strings.EqualFold(f.Name, name) {
			kept = append(kept, f)
		}
	}
	return kept
}
