package refproxy

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func header(name, value string) routing.Step {
	return &routing.Set{What: routing.Place{Kind: routing.InHeader, Name: name}, To: routing.Text(value)}
}

func unknownHeader(name string) routing.Step {
	return &routing.Set{What: routing.Place{Kind: routing.InHeader, Name: name}, To: routing.Lit{Value: routing.UnknownOf("a script computes it", routing.Span{})}}
}

func anotherHost() routing.Step {
	return &routing.Add{What: routing.Place{Kind: routing.InHeader, Name: "Host"}, To: routing.Text("edge.example.com")}
}

func TestUpstreamGetsTheBytesThatTheProgramSays(t *testing.T) {
	const get = "GET /client/?a=%2F+b&&c HTTP/1.1|Host: edge.example.com"
	const upgrade = get + "|Connection: Upgrade, X-Gone|Upgrade: websocket|X-Gone: 1||"
	forward := func(change ...func(*routing.Forward)) []routing.Step { return forwarding(change...).Blocks["in"] }
	tests := []struct {
		name    string
		steps   []routing.Step
		request string
		want    string
	}{
		{"target and order as they are", forward(), get + "|X-B: 2|X-A: 1||", "GET /client/?a=%2F+b&&c HTTP/1.1|Host: chat.service.signalr.net|X-A: 1|X-B: 2||"},
		{"two Host lines", append([]routing.Step{anotherHost()}, forward()[1:]...), get + "||", "GET /client/?a=%2F+b&&c HTTP/1.1|Host: edge.example.com|Host: edge.example.com||"},
		{"HTTP/1.0", forward(with(routing.Protocol, "HTTP/1.0")), get + "||", "GET /client/?a=%2F+b&&c HTTP/1.0|Host: chat.service.signalr.net||"},
		{"hop-by-hop headers are dropped", forward(), upgrade, "GET /client/?a=%2F+b&&c HTTP/1.1|Host: chat.service.signalr.net||"},
		{"native relaying asks for the upgrade", forward(with(routing.Upgrade, "native")), upgrade, "GET /client/?a=%2F+b&&c HTTP/1.1|Host: chat.service.signalr.net|Connection: Upgrade|Upgrade: websocket||"},
		{"the program manages them itself", append([]routing.Step{header("Connection", "close")}, forward(with(routing.Upgrade, "headers"))...), upgrade, "GET /client/?a=%2F+b&&c HTTP/1.1|Host: chat.service.signalr.net|Connection: close|Upgrade: websocket|X-Gone: 1||"},
		{"an empty POST keeps its length", forward(), "POST / HTTP/1.1|Host: x|Content-Length: 0||", "POST / HTTP/1.1|Host: chat.service.signalr.net|Content-Length: 0||"},
		{"an empty POST whose length the program drops", append([]routing.Step{header("Content-Length", "")}, forward()...), "POST / HTTP/1.1|Host: x|Content-Length: 0||", "POST / HTTP/1.1|Host: chat.service.signalr.net||"},
		{"a header of no consequence whose value is unknown is left out", append([]routing.Step{unknownHeader("X-Forwarded-For")}, forward()...), get + "||", "GET /client/?a=%2F+b&&c HTTP/1.1|Host: chat.service.signalr.net||"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := serve(t, nil, saying(fine))
			if r := connect(t, start(t, program(tt.steps...), u)).ask(t, tt.request); r.StatusCode != 200 {
				t.Fatalf("answered %s", r.Status)
			}
			if got := strings.ReplaceAll(<-u.heads, "\r\n", "|"); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestBodiesArrive(t *testing.T) {
	tests := []struct{ name, request, want string }{
		{"with a length", "POST / HTTP/1.1|Host: x|Content-Length: 5||hello", "hello"},
		{"in chunks", "POST / HTTP/1.1|Host: x|Transfer-Encoding: chunked||5|hello|6| world|0||", "hello world"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := serve(t, nil, saying(fine))
			r := connect(t, start(t, forwarding(), u)).ask(t, tt.request)
			if body, _ := io.ReadAll(r.Body); string(body) != "fine" {
				t.Errorf("answered %s %q", r.Status, body)
			}
			if got := <-u.bodies; got != tt.want {
				t.Errorf("upstream got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestProgramSeesTheRequestAsItCame(t *testing.T) {
	g := program(&routing.Respond{Status: routing.Of("500", routing.Span{})})
	g.Blocks["in"] = []routing.Step{&routing.Match{Arms: []routing.Arm{{
		When: routing.All{
			routing.Equal{Of: routing.Read(routing.InClientIP, ""), To: routing.Text("192.0.2.1")},
			routing.Equal{Of: routing.Read(routing.InTarget, ""), To: routing.Text("//x/../y?%41")},
			routing.Equal{Of: routing.ReadOriginal(routing.InHeader, "x-one"), To: routing.Text("1")},
			routing.Equal{Of: routing.Read(routing.InScheme, ""), To: routing.Text("http")},
			routing.Equal{Of: routing.Read(routing.InProtocol, ""), To: routing.Text("HTTP/1.1")},
		},
		Do: []routing.Step{&routing.Respond{Status: routing.Of("204", routing.Span{})}},
	}}}, g.Blocks["in"][0]}
	p := start(t, g, &upstream{}, func(c *Config) { c.ClientIP = fixedIP })
	if r := connect(t, p).ask(t, "GET //x/../y?%41 HTTP/1.1|Host: edge.example.com|X-One: 1||"); r.StatusCode != 204 {
		t.Errorf("the program saw another request: %s", r.Status)
	}
}

func TestWithoutHopsLeavesOutWhatConnectionNames(t *testing.T) {
	got := withoutHops([]routing.Field{{Name: "Connection", Value: "close, X-One"}, {Name: "x-one", Value: "1"}, {Name: "TE", Value: "trailers"}, {Name: "Accept", Value: "*/*"}})
	if !slices.Equal(got, []routing.Field{{Name: "Accept", Value: "*/*"}}) {
		t.Errorf("got %v", got)
	}
}
