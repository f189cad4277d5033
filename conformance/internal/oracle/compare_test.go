package oracle

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// at is the line that the predictions of these tests rest on.
var at = routing.Span{File: "nginx.conf", Line: 7, Col: 3}

func text(s string) routing.Expr { return routing.Lit{Value: routing.Of(s, at)} }

func setHeader(name, value string) routing.Step {
	return &routing.Set{What: routing.Place{Kind: routing.InHeader, Name: name}, To: text(value), Span: at}
}

// predicted is what a trace says about a WebSocket handshake that ends in some steps.
func predicted(t *testing.T, steps ...routing.Step) *routing.Path {
	t.Helper()
	l := &routing.Listener{Address: "*", Port: 8080, Entry: "start"}
	g := &routing.Gateway{Listeners: []*routing.Listener{l}, Blocks: map[string][]routing.Step{"start": steps}}
	paths := g.Trace(l, &routing.Request{Method: "GET", Scheme: "http", Host: "rt.example.com", Target: "/client/?a=1", Header: []routing.Field{{Name: "Sec-WebSocket-Key", Value: "x"}}})
	if len(paths) != 1 {
		t.Fatalf("the trace has %d paths, want 1", len(paths))
	}
	return &paths[0]
}

func forwarded(t *testing.T) *routing.Path {
	t.Helper()
	return predicted(t, setHeader("Host", "chat.service.signalr.net"), setHeader("Upgrade", "websocket"), setHeader("Connection", "upgrade"),
		&routing.Add{What: routing.Place{Kind: routing.InResponseHeader, Name: "X-Added"}, To: text("1"), Span: at},
		&routing.Forward{
			To: text("chat.service.signalr.net"), Scheme: text("https"), Target: routing.Read(routing.InTarget, ""), Span: at,
			Settings: routing.Settings{routing.Protocol: text("HTTP/1.1"), routing.SNI: text("chat.service.signalr.net"), routing.Upgrade: text("headers")},
		})
}

// arrived is just what forwarded predicts.
func arrived() *Observation {
	return &Observation{
		Answer: &realnginx.Answer{Status: 101, Header: http.Header{"X-Added": {"1"}}},
		Seen: []realnginx.Seen{{
			Host: "chat.service.signalr.net", Port: 443, TLS: true, SNI: "chat.service.signalr.net", Line: "GET /client/?a=1 HTTP/1.1",
			Fields: []routing.Field{{Name: "connection", Value: "upgrade"}, {Name: "Upgrade", Value: "websocket"}, {Name: "Host", Value: "chat.service.signalr.net"}, {Name: "Sec-WebSocket-Key", Value: "x"}},
		}},
	}
}

// differing are the names of what differs.
func differing(list []Difference) string {
	var names []string
	for _, d := range list {
		names = append(names, d.Field)
	}
	return strings.Join(names, ", ")
}

func TestADeliveryThatDiffersIsFoundOut(t *testing.T) {
	tests := map[string]struct {
		change func(o *Observation, s *realnginx.Seen)
		want   string
	}{
		"nothing":     {func(*Observation, *realnginx.Seen) {}, ""},
		"instance":    {func(_ *Observation, s *realnginx.Seen) { s.Host = "other.service.signalr.net" }, "the upstream"},
		"port":        {func(_ *Observation, s *realnginx.Seen) { s.Port = 444 }, "the upstream"},
		"plain":       {func(_ *Observation, s *realnginx.Seen) { s.TLS = false }, "the scheme"},
		"server name": {func(_ *Observation, s *realnginx.Seen) { s.SNI = "" }, "the server name of the handshake"},
		"method":      {func(_ *Observation, s *realnginx.Seen) { s.Line = "POST /client/?a=1 HTTP/1.1" }, "the method"},
		"target":      {func(_ *Observation, s *realnginx.Seen) { s.Line = "GET //client/?a=1 HTTP/1.1" }, "the request target"},
		"protocol":    {func(_ *Observation, s *realnginx.Seen) { s.Line = "GET /client/?a=1 HTTP/1.0" }, "the protocol"},
		"value":       {func(_ *Observation, s *realnginx.Seen) { s.Fields[2].Value = "rt.example.com" }, "header host"},
		"lost header": {func(_ *Observation, s *realnginx.Seen) { s.Fields = s.Fields[1:] }, "header connection"},
		"second Host": {func(_ *Observation, s *realnginx.Seen) { s.Fields = append(s.Fields, s.Fields[2]) }, "header host"},
		"another header": {func(_ *Observation, s *realnginx.Seen) {
			s.Fields = append(s.Fields, routing.Field{Name: "X", Value: "1"})
		}, "header x"},
		"no upgrade":      {func(o *Observation, _ *realnginx.Seen) { o.Answer.Status = 200 }, "the status of what a service answers"},
		"no added header": {func(o *Observation, _ *realnginx.Seen) { o.Answer.Header = nil }, "answer header X-Added"},
		"no answer":       {func(o *Observation, _ *realnginx.Seen) { o.Answer, o.Err = nil, errors.New("EOF") }, "the outcome"},
		"answered":        {func(o *Observation, _ *realnginx.Seen) { o.Seen = nil }, "the outcome"},
		"delivered twice": {func(o *Observation, _ *realnginx.Seen) { o.Seen = append(o.Seen, o.Seen[0]) }, "the outcome"},
	}
	for name, tt := range tests {
		o := arrived()
		tt.change(o, &o.Seen[0])
		if got := differing(Compare(forwarded(t), o)); got != tt.want {
			t.Errorf("%s: what differs is %q, want %q", name, got, tt.want)
		}
	}
}

func TestAnAnswerThatDiffersIsFoundOut(t *testing.T) {
	answer := func(status int) *Observation {
		return &Observation{Answer: &realnginx.Answer{Status: status, Header: http.Header{}}}
	}
	moved := answer(301)
	moved.Answer.Header.Set("Location", "/new")
	respond := func(status string) routing.Step { return &routing.Respond{Status: routing.Of(status, at), Span: at} }
	redirect := &routing.Redirect{Status: routing.Of("301", at), To: text("/new"), Span: at}
	open := &routing.Respond{Status: routing.UnknownOf("what is on the disk", at), Span: at}
	tests := map[string]struct {
		step routing.Step
		seen *Observation
		want string
	}{
		"the same status":            {respond("403"), answer(403), ""},
		"another status":             {respond("403"), answer(404), "the status"},
		"a status that is open":      {open, answer(404), ""},
		"delivered":                  {respond("403"), arrived(), "the outcome"},
		"open, but delivered":        {open, arrived(), "the outcome"},
		"closed":                     {respond("403"), &Observation{}, "the outcome"},
		"closed as predicted":        {respond("444"), &Observation{}, ""},
		"answered instead of closed": {respond("444"), answer(403), "the outcome"},
		"the same Location":          {redirect, moved, ""},
		"another Location":           {redirect, answer(301), "the Location"},
	}
	for name, tt := range tests {
		if got := differing(Compare(predicted(t, tt.step), tt.seen)); got != tt.want {
			t.Errorf("%s: what differs is %q, want %q", name, got, tt.want)
		}
	}
}

func TestAConnectionThatCannotSucceedIsPredictedToFail(t *testing.T) {
	verified := routing.Settings{routing.VerifyName: text("true"), routing.VerifiedName: text("chat.service.signalr.net")}
	tests := map[string]struct {
		forward *routing.Forward
		fails   bool
	}{
		"TLS":                          {&routing.Forward{To: text("a"), Scheme: text("https")}, false},
		"TLS to port 80":               {&routing.Forward{To: text("a:80"), Scheme: text("https")}, true},
		"plain HTTP to port 443":       {&routing.Forward{To: text("a:443"), Scheme: text("http")}, true},
		"nobody on loopback":           {&routing.Forward{To: text("127.0.0.1:9"), Scheme: text("http")}, true},
		"verified without server name": {&routing.Forward{To: text("a"), Scheme: text("https"), Settings: verified}, true},
	}
	for name, tt := range tests {
		tt.forward.Target, tt.forward.Span = text("/"), at
		path := predicted(t, tt.forward)
		failed := &Observation{Answer: &realnginx.Answer{Status: 502}}
		if agrees := len(Compare(path, failed)) == 0; agrees != tt.fails {
			t.Errorf("%s: a 502 is predicted: %v, want %v", name, agrees, tt.fails)
		}
	}
}

func TestADifferenceReadsAsASentence(t *testing.T) {
	d := Difference{Trial: "negotiate", Field: "header host", Predicted: `"a"`, Observed: `"b"`, At: at}
	if got, want := d.String(), `nginx.conf:7:3: for negotiate, the trace predicts "a" as header host, but NGINX has "b"`; got != want {
		t.Errorf("it reads %s, want %s", got, want)
	}
}
