package refproxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance/internal/testca"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// upstream is a server that keeps the bytes of request heads and answers what it is told.
type upstream struct {
	address string
	heads   chan string
	bodies  chan string
	sni     chan string
}

// serve starts an upstream; answer gets the connection behind each request's body.
func serve(t *testing.T, config *tls.Config, answer func(net.Conn, *bufio.Reader)) *upstream {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	u := &upstream{socket.Addr().String(), make(chan string, 64), make(chan string, 64), make(chan string, 64)}
	go func() {
		for {
			conn, err := socket.Accept()
			if err != nil {
				return
			}
			go u.handle(conn, config, answer)
		}
	}()
	return u
}

func (u *upstream) handle(conn net.Conn, config *tls.Config, answer func(net.Conn, *bufio.Reader)) {
	defer func() { _ = conn.Close() }()
	if config != nil {
		secure := tls.Server(conn, config)
		if secure.Handshake() != nil {
			return
		}
		u.sni <- secure.ConnectionState().ServerName
		conn = secure
	}
	in := bufio.NewReader(conn)
	var head strings.Builder
	for !strings.HasSuffix(head.String(), "\r\n\r\n") {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		head.WriteString(line)
	}
	u.heads <- head.String()
	r, err := http.ReadRequest(bufio.NewReader(io.MultiReader(strings.NewReader(head.String()), in)))
	if err == nil && r.ContentLength > 0 {
		body, _ := io.ReadAll(r.Body)
		u.bodies <- string(body)
	}
	answer(conn, in)
}

func saying(text string) func(net.Conn, *bufio.Reader) {
	return func(c net.Conn, _ *bufio.Reader) { _, _ = io.WriteString(c, text) }
}

const fine = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"

// trust makes a CA and a TLS configuration with a certificate of it for some names.
func trust(t *testing.T, names ...string) (*x509.CertPool, *tls.Config) {
	t.Helper()
	ca, err := testca.New("test CA")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ca.Issue(names...)
	if err != nil {
		t.Fatal(err)
	}
	return ca.Pool(), &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{leaf.Certificate}}
}

const service = "chat.service.signalr.net"

// forwarding is a gateway that sends everything to the service over plain HTTP, unless told otherwise.
func forwarding(change ...func(*routing.Forward)) *routing.Gateway {
	f := &routing.Forward{
		To: routing.Text(service), Scheme: routing.Text("http"), Target: routing.ReadOriginal(routing.InTarget, ""),
		Settings: routing.Settings{},
	}
	for _, c := range change {
		c(f)
	}
	return program(&routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "Host"}, To: routing.Text(service)}, f)
}

// program is a gateway with one plain listener that runs some steps.
func program(steps ...routing.Step) *routing.Gateway {
	return &routing.Gateway{
		Kind: "nginx", Listeners: []*routing.Listener{{Name: "in", Address: "*", Port: 80, Entry: "in"}},
		Blocks: map[string][]routing.Step{"in": steps},
	}
}

func with(name routing.Setting, to string) func(*routing.Forward) {
	return func(f *routing.Forward) { f.Settings[name] = routing.Text(to) }
}

func withUnknown(name routing.Setting) func(*routing.Forward) {
	return func(f *routing.Forward) {
		f.Settings[name] = routing.Lit{Value: routing.UnknownOf("a parameter has no value", routing.Span{})}
	}
}

func asHTTPS(f *routing.Forward) { f.Scheme = routing.Text("https") }

// start runs a gateway in front of an upstream.
func start(t *testing.T, g *routing.Gateway, u *upstream, change ...func(*Config)) *Proxy {
	t.Helper()
	config := Config{Gateway: g, Dial: func(ctx context.Context, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", u.address)
	}}
	for _, c := range change {
		c(&config)
	}
	p, err := Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// client is a connection to the proxy's first listener, for raw requests.
type client struct {
	net.Conn
	in *bufio.Reader
}

func connect(t *testing.T, p *Proxy) *client {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr(p.config.Gateway.Listeners[0]))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &client{conn, bufio.NewReader(conn)}
}

// reply is an answer; its body is still to be read.
type reply struct {
	StatusCode int
	Status     string
	Header     http.Header
	Body       io.Reader
}

// ask sends a request, its lines separated by bars, and reads the head of the answer.
func (c *client) ask(t *testing.T, request string) reply {
	t.Helper()
	if _, err := io.WriteString(c, strings.ReplaceAll(request, "|", "\r\n")); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(request, " ")
	response, err := http.ReadResponse(c.in, &http.Request{Method: method})
	if err != nil {
		t.Fatalf("no answer to %q: %v", request, err)
	}
	t.Cleanup(func() { _ = c.Close(); _ = response.Body.Close() })
	return reply{response.StatusCode, response.Status, response.Header, response.Body}
}

func get(t *testing.T, p *Proxy, target string) (reply, string) {
	t.Helper()
	response := connect(t, p).ask(t, "GET "+target+" HTTP/1.1|Host: edge.example.com|Connection: close||")
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}
