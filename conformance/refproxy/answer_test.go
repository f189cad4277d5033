package refproxy

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func fixedIP(net.Addr) string { return "192.0.2.1" }

func respond(status, body string) *routing.Respond {
	return &routing.Respond{Status: routing.Of(status, routing.Span{}), Body: body}
}

func answerHeader(name string, v routing.Value, add bool) routing.Step {
	place := routing.Place{Kind: routing.InResponseHeader, Name: name}
	if add {
		return &routing.Add{What: place, To: routing.Lit{Value: v}}
	}
	return &routing.Set{What: place, To: routing.Lit{Value: v}}
}

func TestGatewayAnswersItself(t *testing.T) {
	unknown := routing.UnknownOf("a script decides", routing.Span{})
	tests := []struct {
		name   string
		steps  []routing.Step
		status int
		header string
		want   string
	}{
		{"with text", []routing.Step{respond("403", "no")}, 403, "Content-Type", "text/plain"},
		{"with a header of its own", []routing.Step{answerHeader("X-A", routing.Of("1", routing.Span{}), true), respond("200", "")}, 200, "X-A", "1"},
		{"with a redirect", []routing.Step{&routing.Redirect{Status: routing.Of("301", routing.Span{}), To: routing.Text("https://x/")}}, 301, "Location", "https://x/"},
		{"unknown status", []routing.Step{&routing.Respond{Status: unknown, Label: "a file from disk:"}}, 501, OwnHeader, "a file from disk: unknown (a script decides)"},
		{"no status at all", []routing.Step{respond("no connection", "")}, 501, OwnHeader, "no connection"},
		{"a script", []routing.Step{&routing.Opaque{Why: "content_by_lua"}}, 501, UnknownHeader, "content_by_lua"},
		{"nothing", nil, 501, OwnHeader, "no route unknown (the configuration does not say what happens)"},
		{"no upstream", []routing.Step{&routing.Forward{To: routing.Text(""), Scheme: routing.Text("http"), Target: routing.Text("/")}}, 500, "Content-Type", "text/plain"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, _ := get(t, start(t, program(tt.steps...), &upstream{}), "/")
			if r.StatusCode != tt.status || r.Header.Get(tt.header) != tt.want {
				t.Errorf("got %d, %s: %q", r.StatusCode, tt.header, r.Header.Get(tt.header))
			}
		})
	}
}

func TestStatus444HangsUp(t *testing.T) {
	c := connect(t, start(t, program(respond("444", "")), &upstream{}))
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.in.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want the connection to be closed", err)
	}
}

func TestUnknownsThatDecideAnswer501(t *testing.T) {
	unknown := routing.Lit{Value: routing.UnknownOf("a parameter has no value", routing.Span{})}
	stream := "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:\r\n"
	tests := []struct {
		name   string
		change func(*routing.Forward)
		answer string
	}{
		{"target", func(f *routing.Forward) { f.Target = unknown }, fine},
		{"scheme", func(f *routing.Forward) { f.Scheme = unknown }, fine},
		{"address", func(f *routing.Forward) { f.To = unknown }, fine},
		{"strange scheme", func(f *routing.Forward) { f.Scheme = routing.Text("grpc") }, fine},
		{"Host", func(f *routing.Forward) { f.Then = []routing.Step{unknownHeader("Host")} }, fine},
		{"upgrade", withUnknown(routing.Upgrade), fine},
		{"SNI", func(f *routing.Forward) { asHTTPS(f); withUnknown(routing.SNI)(f) }, fine},
		{"buffering of a stream", withUnknown(routing.Buffering), stream},
		{"time-out of a stream", withUnknown(routing.ReadTimeout), stream},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := start(t, forwarding(tt.change), serve(t, nil, saying(tt.answer)))
			r := connect(t, p).ask(t, "GET / HTTP/1.1|Host: x|Connection: Upgrade|Upgrade: websocket||")
			if r.StatusCode != 501 || r.Header.Get(UnknownHeader) == "" {
				t.Errorf("answered %s, %s: %q", r.Status, UnknownHeader, r.Header.Get(UnknownHeader))
			}
		})
	}
}

func TestUnknownsThatDecideNothingDoNoHarm(t *testing.T) {
	for _, setting := range []routing.Setting{routing.Upgrade, routing.Buffering, routing.ReadTimeout, routing.IdleTimeout, routing.Cache, routing.VerifyChain} {
		r, body := get(t, start(t, forwarding(withUnknown(setting)), serve(t, nil, saying(fine))), "/")
		if r.StatusCode != 200 || body != "fine" {
			t.Errorf("%s unknown: answered %s", setting, r.Status)
		}
	}
}

// forked decides between two lists of steps by something unknown.
func forked(one, other []routing.Step) []routing.Step {
	unknown := routing.Given{Value: routing.UnknownOf("a policy expression", routing.Span{})}
	return append([]routing.Step{&routing.Match{Arms: []routing.Arm{{When: unknown, Do: one}}}}, other...)
}

func TestSeveralWaysThatComeToTheSameAreOne(t *testing.T) {
	same, _ := get(t, start(t, program(forked([]routing.Step{respond("403", "")}, []routing.Step{respond("403", "")})...), &upstream{}), "/")
	if same.StatusCode != 403 {
		t.Errorf("answered %s", same.Status)
	}
	differ, _ := get(t, start(t, program(forked([]routing.Step{respond("403", "")}, []routing.Step{respond("404", "")})...), &upstream{}), "/")
	if differ.StatusCode != 501 || differ.Header.Get(UnknownHeader) != "a policy expression" {
		t.Errorf("answered %s for %q", differ.Status, differ.Header.Get(UnknownHeader))
	}
}

func TestAnswerHeadersAreEdited(t *testing.T) {
	answer := "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Set: a\r\nX-Add: a\r\nX-Gone: a\r\nX-Open: a\r\nConnection: close\r\n\r\n"
	known := func(s string) routing.Value { return routing.Of(s, routing.Span{}) }
	steps := append([]routing.Step{
		answerHeader("X-Set", known("b"), false), answerHeader("X-Add", known("b"), true), answerHeader("X-Gone", routing.Value{}, false),
		answerHeader("X-Open", routing.UnknownOf("a script", routing.Span{}), false),
	}, forwarding().Blocks["in"]...)
	r := connect(t, start(t, program(steps...), serve(t, nil, saying(answer)))).ask(t, "GET / HTTP/1.1|Host: x||")
	for name, want := range map[string]string{"X-Set": "b", "X-Add": "a,b", "X-Gone": "", "X-Open": "a", "Connection": ""} {
		if got := strings.Join(r.Header.Values(name), ","); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
