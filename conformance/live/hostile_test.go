package live_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/live"
	"github.com/asrscheck/asrscheck/reports"
)

// hostileKey signs the tokens that hostile targets get to see.
const hostileKey = "c4naryc4naryc4naryc4naryc4naryc4naryc4nary="

// hostile is a target that does what no proxy should.
type hostile struct {
	tls    *tls.Config
	roots  *x509.CertPool      // that clients trust; nil for the system's
	raw    func(conn net.Conn) // instead of a TLS handshake
	http2  string              // what clients that speak HTTP/2 get
	serves func(conn net.Conn, request string)
}

// answers answers every request with a text.
func answers(text string) func(net.Conn, string) {
	return func(conn net.Conn, _ string) { _, _ = conn.Write([]byte(text)) }
}

// floods sends a beginning and then a piece over and over.
func floods(first, piece string) func(net.Conn, string) {
	return func(conn net.Conn, _ string) {
		_, err := conn.Write([]byte(first))
		for block := []byte(strings.Repeat(piece, 1+(64<<10)/len(piece))); err == nil; {
			_, err = conn.Write(block)
		}
	}
}

// drips sends a text byte by byte, for ever.
func drips(text string) func(net.Conn, string) {
	return func(conn net.Conn, _ string) {
		for i := 0; ; i++ {
			if _, err := conn.Write([]byte{text[i%len(text)]}); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

func hangs(conn net.Conn, _ string) { _, _ = conn.Read(make([]byte, 1)) }

func resets(conn net.Conn, _ string) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

// echoes sends back what it got, in the head and in the body, as debug pages do.
func echoes(conn net.Conn, request string) {
	body := "<html>" + request + "</html>"
	line, _, _ := strings.Cut(request, "\r\n")
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 404 Not Found\r\nX-Echo: %s\r\nContent-Length: %d\r\n\r\n%s", line, len(body), body)
}

func hostiles(t *testing.T, elsewhere string) map[string]hostile {
	good := certificate(t, "localhost", time.Hour)
	return map[string]hostile{
		"hangs":                        {serves: hangs},
		"drips a head":                 {serves: drips("HTTP/1.1 200 OK\r\nX: ")},
		"drips a body":                 {serves: func(conn net.Conn, r string) { answers("HTTP/1.1 200 OK\r\n\r\n")(conn, r); drips("x")(conn, r) }},
		"resets":                       {serves: resets},
		"closes":                       {serves: func(net.Conn, string) {}},
		"answers garbage":              {serves: answers("\x00\xff\x16\x03 what is this\r\n\r\n")},
		"answers JSON that is none":    {serves: answers("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{\"a\":")},
		"redirects to itself for ever": {serves: answers("HTTP/1.1 302 Found\r\nLocation: /client/\r\nContent-Length: 0\r\n\r\n")},
		"redirects to another host":    {serves: answers("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://" + elsewhere + "/client/\r\nContent-Length: 0\r\n\r\n")},
		"sends a head without end":     {serves: floods("HTTP/1.1 200 OK\r\n", "X-Filler: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n")},
		"sends a line without end":     {serves: floods("HTTP/1.1 200 OK\r\nX: ", "x")},
		"sends interim answers only":   {serves: floods("", "HTTP/1.1 103 Early Hints\r\n\r\n")},
		"sends a body without end":     {serves: floods("HTTP/1.1 200 OK\r\n\r\n", "xxxxxxxx")},
		"sends chunks without end":     {serves: floods("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "8\r\nxxxxxxxx\r\n")},
		"sends events without end":     {serves: floods("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", "data: xxxxxxxx\r\n\r\n")},
		"switches whatever is asked":   {serves: answers("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")},
		"echoes what it gets":          {serves: echoes},
		"is too busy":                  {serves: answers("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")},
		"speaks plain HTTP to TLS":     {tls: &tls.Config{}, serves: nil},
		"has an expired certificate":   {tls: serving(certificate(t, "localhost", -time.Hour)), serves: echoes},
		"has a foreign certificate":    {tls: serving(certificate(t, "www.example.com", time.Hour)), serves: echoes},
		"signed its own certificate":   {tls: serving(good), serves: echoes},
		"speaks HTTP/2 only":           {tls: &tls.Config{Certificates: []tls.Certificate{good}, NextProtos: []string{"h2"}}, serves: echoes},
	}
}

func serving(c tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{c}} }

// certificate is one that signed itself and ends after a time.
func certificate(t *testing.T, name string, life time.Duration) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(life),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// stand serves a hostile target until the test ends.
func stand(t *testing.T, h hostile) conformance.Endpoint {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	scheme := "http"
	if h.tls != nil {
		scheme = "https"
	}
	go func() {
		for {
			conn, err := socket.Accept()
			if err != nil {
				return
			}
			go h.serve(conn)
		}
	}()
	_, port, _ := net.SplitHostPort(socket.Addr().String())
	e, err := conformance.ParseEndpoint(scheme + "://localhost:" + port + "/")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (h hostile) serve(conn net.Conn) {
	defer conn.Close() //nolint:errcheck // it is hostile
	if h.raw != nil {
		h.raw(conn)
		return
	}
	if h.tls != nil && h.serves == nil {
		_, _ = conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
		return
	}
	if h.tls != nil {
		secure := tls.Server(conn, h.tls)
		if conn = secure; secure.Handshake() == nil && secure.ConnectionState().NegotiatedProtocol == "h2" && h.roots != nil {
			_, _ = io.WriteString(conn, h.http2)
			_, _ = io.Copy(io.Discard, conn) // until the client leaves
			return
		}
	}
	var request bytes.Buffer
	for in := bufio.NewReader(conn); ; {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		if request.WriteString(line); line == "\r\n" {
			break
		}
	}
	h.serves(conn, request.String())
}

// hostileLimit bounds each case of these tests.
const hostileLimit = time.Second

// mostMemory is what a run may hold, the test's own flood included.
const mostMemory = 256 << 20

func TestHostileTargetsEndInVerdictsAndGetNothingOut(t *testing.T) {
	var strayed atomic.Int64
	other := stand(t, hostile{serves: func(net.Conn, string) { strayed.Add(1) }})
	all := hostiles(t, other.Authority())
	most := watchMemory(t)
	for name, h := range all {
		t.Run("a target that "+name, func(t *testing.T) {
			t.Parallel()
			results := driveHostile(t, stand(t, h), nil)
			checkHostile(t, name, results)
		})
	}
	t.Cleanup(func() {
		if n := strayed.Load(); n > 0 {
			t.Errorf("%d connections went to another host than the target's", n)
		}
		if m := most.Load(); m > mostMemory {
			t.Errorf("%d MiB were held, want %d at most", m>>20, mostMemory>>20)
		}
	})
}

// watchMemory looks at the heap until the test ends.
func watchMemory(t *testing.T) *atomic.Uint64 {
	most := &atomic.Uint64{}
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(50 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most.Store(max(most.Load(), m.HeapInuse))
			}
		}
	}()
	return most
}

func driveHostile(t *testing.T, e conformance.Endpoint, roots *x509.CertPool) live.Results {
	t.Helper()
	target, err := live.NewURL(e, live.Credentials{Host: "chat.service.signalr.net", Key: hostileKey}, roots)
	if err != nil {
		t.Fatal(err)
	}
	target.Hurry(hostileLimit)
	begun := time.Now()
	results, err := live.Judge(context.Background(), target, live.All)
	if err != nil {
		t.Fatal(err)
	}
	if err := target.Close(); err != nil {
		t.Error(err)
	}
	if took, limit := time.Since(begun), 2*time.Minute; took > limit {
		t.Errorf("the run took %v, want %v at most", took, limit)
	}
	return results
}

// checkHostile demands that every case has a verdict, that nothing of what a client demands of a service is said to hold, and that nothing
// secret is told.
func checkHostile(t *testing.T, name string, results live.Results) {
	t.Helper()
	judged := 0
	for requirement, cases := range results {
		for _, c := range cases {
			judged++
			if !slices.Contains([]conformance.Verdict{conformance.Holds, conformance.Broken, conformance.Unjudged}, c.Verdict) || c.Verdict != conformance.Holds && c.Message == "" {
				t.Errorf("%s ends with %q (%s)", c.ID, c.Verdict, c.Message)
			}
			if strings.HasPrefix(c.Message, "the case itself failed") {
				t.Errorf("%s: %s", c.ID, c.Message)
			}
			if c.Verdict == conformance.Broken && (!strings.Contains(c.Message, ", seen ") || c.Cause == "") {
				t.Errorf("%s does not say what was expected, seen and likely: %q, %q", c.ID, c.Message, c.Cause)
			}
		}
		if v := results.Verdict(requirement); v == conformance.Holds && slices.Contains(live.Transports(), requirement) {
			t.Errorf("%s is said to hold", requirement)
		}
	}
	if v := results.Verdict("host-override"); v == conformance.Broken && name != "echoes what it gets" {
		t.Errorf("the Host is said to be wrong, of which nothing came back:\n%v", results["host-override"])
	}
	if judged < 20 {
		t.Errorf("only %d cases were told of", judged)
	}
	told := everyReport(t, results)
	for _, secret := range []string{"c4nary", "eyJ"} {
		if i := strings.Index(told, secret); i >= 0 {
			t.Errorf("a target that %s gets %q into a report: …%q…", name, secret, told[max(0, i-200):min(len(told), i+200)])
		}
	}
	raw, err := json.Marshal(results)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) > 1<<20 {
		t.Errorf("the results are %d bytes long", len(raw))
	}
}

// everyReport is what all formats make of results.
func everyReport(t *testing.T, results live.Results) string {
	t.Helper()
	subject := conformance.Subject{Kind: "proxy", Gateway: "target", Endpoint: "https://localhost/"}
	results.Apply(&subject)
	d := reports.New(&conformance.Report{Subjects: []conformance.Subject{subject}}, nil)
	var b strings.Builder
	for _, f := range reports.Formats() {
		if err := f.Write(&b, d); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestServiceThatIsTooBusyIsNoFailure(t *testing.T) {
	var asked atomic.Int64
	e := stand(t, hostile{serves: func(conn net.Conn, _ string) {
		asked.Add(1)
		answers("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")(conn, "")
	}})
	target, err := live.NewURL(e, live.Credentials{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	results, err := live.Judge(context.Background(), target, []*live.Case{live.ByID("LIVE-HOST-02")})
	if err != nil {
		t.Fatal(err)
	}
	got := results["host-override"][0]
	if got.Verdict != conformance.Unjudged || !strings.HasPrefix(got.Message, "inconclusive: ") || !strings.Contains(got.Message, "503") {
		t.Errorf("it ends with %s: %s", got.Verdict, got.Message)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("%d requests were sent, want one and another try", n)
	}
}

func TestTransientFailureIsTriedOnceMore(t *testing.T) {
	var asked atomic.Int64
	e := stand(t, hostile{serves: func(conn net.Conn, _ string) {
		text := "'hub' query parameter is required."
		if asked.Add(1) == 1 {
			answers("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")(conn, "")
			return
		}
		answers(fmt.Sprintf("HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n\r\n%s", len(text), text))(conn, "")
	}})
	target, err := live.NewURL(e, live.Credentials{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	results, err := live.Judge(context.Background(), target, []*live.Case{live.ByID("LIVE-HOST-02")})
	if err != nil || results.Verdict("host-override") != conformance.Holds {
		t.Errorf("%v, %v", results, err)
	}
}

// offering is a proxy that relays negotiate, with some transports, and nothing else.
func offering(t *testing.T, transports ...string) *live.Target {
	t.Helper()
	var list []string
	for _, name := range transports {
		list = append(list, `{"transport":"`+name+`","transferFormats":["Text"]}`)
	}
	body := `{"negotiateVersion":1,"connectionId":"a","connectionToken":"b","availableTransports":[` + strings.Join(list, ",") + `]}`
	e := stand(t, hostile{serves: func(conn net.Conn, request string) {
		if strings.HasPrefix(request, "POST /client/negotiate") {
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
			return
		}
		answers("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")(conn, request)
	}})
	target, err := live.NewURL(e, live.Credentials{Host: "chat.service.signalr.net", Key: hostileKey}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func TestTransportThatIsNotOfferedIsNotBroken(t *testing.T) {
	given := offering(t, "WebSockets", "LongPolling")
	given.Without("websocket")
	cases := []*live.Case{live.ByID("LIVE-NEG-01"), live.ByID("LIVE-WS-01"), live.ByID("LIVE-LP-01")}
	for name, c := range map[string]struct {
		target             *live.Target
		websocket, polling conformance.Verdict
	}{
		"negotiate offers both":              {offering(t, "WebSockets", "LongPolling"), conformance.Broken, conformance.Broken},
		"negotiate offers long polling only": {offering(t, "LongPolling"), conformance.NotOffered, conformance.Broken},
		"the design does without WebSocket":  {given, conformance.NotOffered, conformance.Broken},
	} {
		results, err := live.Judge(context.Background(), c.target, cases)
		if err != nil || results.Verdict("websocket") != c.websocket || results.Verdict("long-polling") != c.polling || results.Verdict("negotiate") != conformance.Holds {
			t.Errorf("%s: %v, %v", name, results, err)
		}
	}
}
