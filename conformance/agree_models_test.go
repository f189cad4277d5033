package conformance_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestReadingAndTrafficAgreeOnEveryChange(t *testing.T) {
	t.Parallel()
	id := routing.Read(routing.InArgument, "asrs_request_id")
	path := routing.Read(routing.InPath, "")
	tests := []struct {
		name   string
		change func(*program)
	}{
		{"nothing", func(*program) {}},
		{"the client's Host is kept", func(p *program) { p.before = nil }},
		{"another service's Host", func(p *program) { p.before = append(p.before, setHeader("Host", lit(other))) }},
		{"Host in other letters", func(p *program) { p.before = append(p.before, setHeader("Host", lit(strings.ToUpper(chat)))) }},
		{"Host with its port", func(p *program) { p.before = append(p.before, setHeader("Host", lit(chat+":443"))) }},
		{"two Hosts", func(p *program) {
			p.before = append(p.before, &routing.Add{What: routing.Place{Kind: routing.InHeader, Name: "Host"}, To: lit(chat)})
		}},
		{"no Host", func(p *program) { p.before = append(p.before, setHeader("Host", lit(""))) }},
		{"an unknown Host", func(p *program) {
			p.before = []routing.Step{setHeader("Host", routing.Lit{Value: routing.UnknownOf("a parameter has no value", routing.Span{})})}
		}},
		{"plain HTTP to port 80", func(p *program) { p.forward.Scheme = lit("http") }},
		{"plain HTTP to port 443", func(p *program) { p.forward.Scheme, p.forward.To = lit("http"), lit(chat+":443") }},
		{"TLS to port 80", func(p *program) { p.forward.To = lit(chat + ":80") }},
		{"TLS to another port", func(p *program) { p.forward.To = lit(chat + ":8443") }},
		{"plain HTTP to another port", func(p *program) { p.forward.Scheme, p.forward.To = lit("http"), lit(chat+":8080") }},
		{"an address that is the service's", func(p *program) { p.forward.To = lit("10.0.0.4:443") }},
		{"no SNI, not verified", func(p *program) {
			delete(p.forward.Settings, routing.SNI)
			p.set(routing.VerifyChain, "false")
			p.set(routing.VerifyName, "false")
		}},
		{"no SNI, but verified", func(p *program) { delete(p.forward.Settings, routing.SNI) }},
		{"no SNI, but the chain verified", func(p *program) { delete(p.forward.Settings, routing.SNI); p.set(routing.VerifyName, "false") }},
		{"another SNI, not verified", func(p *program) {
			p.set(routing.SNI, "rt.example.com")
			p.set(routing.VerifyChain, "false")
			p.set(routing.VerifyName, "false")
		}},
		{"chain not verified", func(p *program) { p.set(routing.VerifyChain, "false") }},
		{"name not verified", func(p *program) { p.set(routing.VerifyName, "false") }},
		{"another name verified", func(p *program) { p.set(routing.VerifiedName, "rt.example.com") }},
		{"verification unknown", func(p *program) { p.unknown(routing.VerifyChain) }},
		{"whatever the service answers, clients get another status", func(p *program) { p.set(routing.AnswerStatus, "418") }},
		{"clients get another body than the service's", func(p *program) { p.set(routing.AnswerBody, "a template") }},
		{"what body clients get is unknown", func(p *program) { p.unknown(routing.AnswerBody) }},
		{"messages are replaced", func(p *program) { p.set(routing.Body, "a template") }},
		{"what becomes of messages is unknown", func(p *program) { p.unknown(routing.Body) }},
		{"POST is refused", func(p *program) { p.refuse(method("POST")) }},
		{"preflight is refused", func(p *program) { p.refuse(method("OPTIONS")) }},
		{"DELETE is refused", func(p *program) { p.refuse(method("DELETE")) }},
		{"GET is refused", func(p *program) { p.refuse(method("GET")) }},
		{"sends are refused, negotiate is not", func(p *program) {
			p.refuse(routing.All{method("POST"), routing.Suffix{Of: path, Want: "/client/"}})
		}},
		{"only negotiate is routed", func(p *program) { p.when = routing.Equal{Of: path, To: lit("/client/negotiate")} }},
		{"only connect is routed", func(p *program) { p.when = routing.Equal{Of: path, To: lit("/client/")} }},
		{"something unknown may refuse", func(p *program) {
			p.refuse(routing.Given{Value: routing.UnknownOf("a file was not read", routing.Span{})})
		}},
		{"everything is redirected", func(p *program) {
			p.before = append(p.before, &routing.Redirect{Status: routing.Of("301", routing.Span{}), To: lit("https://www.example.com/")})
		}},
		{"preflight is answered by the gateway", func(p *program) {
			p.before = append(p.before, &routing.Match{Arms: []routing.Arm{{When: method("OPTIONS"), Do: []routing.Step{&routing.Respond{Status: routing.Of("204", routing.Span{})}}}}})
		}},
		{"Authorization is dropped", func(p *program) { p.before = append(p.before, setHeader("Authorization", lit(""))) }},
		{"Authorization is replaced", func(p *program) { p.before = append(p.before, setHeader("Authorization", lit("Basic x"))) }},
		{"POST becomes GET", func(p *program) {
			p.before = append(p.before, &routing.Match{Arms: []routing.Arm{{When: method("POST"), Do: []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InMethod}, To: lit("GET")}}}}})
		}},
		{"no upgrade", func(p *program) { p.set(routing.Upgrade, "never") }},
		{"upgrade by headers, dropped", func(p *program) {
			p.set(routing.Upgrade, "headers")
			p.before = append(p.before, setHeader("Connection", lit("close")), setHeader("Upgrade", lit("")))
		}},
		{"upgrade by headers, kept", func(p *program) { p.set(routing.Upgrade, "headers") }},
		{"upgrade by headers, Connection close", func(p *program) {
			p.set(routing.Upgrade, "headers")
			p.before = append(p.before, setHeader("Connection", lit("close")))
		}},
		{"upgrade by headers over HTTP/1.0", func(p *program) { p.set(routing.Upgrade, "headers"); p.set(routing.Protocol, "HTTP/1.0") }},
		{"upgrade unknown", func(p *program) { p.unknown(routing.Upgrade) }},
		{"buffering holds", func(p *program) { p.set(routing.Buffering, "holds") }},
		{"buffering passes", func(p *program) { p.set(routing.Buffering, "passes") }},
		{"buffering unknown", func(p *program) { p.unknown(routing.Buffering) }},
		{"3 seconds to read", func(p *program) { p.set(routing.ReadTimeout, "3s") }},
		{"15 seconds to read", func(p *program) { p.set(routing.ReadTimeout, "15s") }},
		{"20 seconds to read", func(p *program) { p.set(routing.ReadTimeout, "20s") }},
		{"60 seconds to read", func(p *program) { p.set(routing.ReadTimeout, "1m") }},
		{"85 seconds to read", func(p *program) { p.set(routing.ReadTimeout, "85s") }},
		{"90 seconds to read", func(p *program) { p.set(routing.ReadTimeout, "90s") }},
		{"no bound to read", func(p *program) { delete(p.forward.Settings, routing.ReadTimeout) }},
		{"an unknown time to read", func(p *program) { p.unknown(routing.ReadTimeout) }},
		{"15 seconds idle", func(p *program) { p.set(routing.IdleTimeout, "15s") }},
		{"20 seconds idle", func(p *program) { p.set(routing.IdleTimeout, "20s") }},
		{"an unknown time idle", func(p *program) { p.unknown(routing.IdleTimeout) }},
		{"the cache is on", func(p *program) { p.set(routing.Cache, "true") }},
		{"the query is dropped", func(p *program) { p.forward.Target = path }},
		{"the prefix is doubled", func(p *program) {
			p.forward.Target = routing.Concat{Parts: []routing.Expr{lit("/client"), routing.Read(routing.InTarget, "")}}
		}},
		{"an unknown target", func(p *program) {
			p.forward.Target = routing.Lit{Value: routing.UnknownOf("a script computes it", routing.Span{})}
		}},
		{"hash of the request id", func(p *program) { p.pool(routing.Pick{How: "hash", Key: id}, chat+":443", other+":443") }},
		{"round robin over two services", func(p *program) { p.pool(routing.Pick{How: "round robin"}, chat+":443", other+":443") }},
		{"hash of the client address", func(p *program) {
			p.pool(routing.Pick{How: "ip_hash", Key: routing.Read(routing.InClientIP, "")}, chat+":443", other+":443")
		}},
		{"hash of a cookie", func(p *program) {
			p.pool(routing.Pick{How: "cookie", Key: routing.Read(routing.InCookie, "affinity")}, chat+":443", other+":443")
		}},
		{"hash of the method", func(p *program) {
			p.pool(routing.Pick{How: "hash", Key: routing.Read(routing.InMethod, "")}, chat+":443", other+":443")
		}},
		{"one service twice", func(p *program) { p.pool(routing.Pick{}, chat+":443", chat+":443") }},
		{"a request line of 400 bytes at most", func(p *program) {
			p.refuse(routing.Longer{Of: routing.Read(routing.InRequestLine, ""), Max: 400})
		}},
		{"a request line of 4000 bytes at most", func(p *program) {
			p.refuse(routing.Longer{Of: routing.Read(routing.InRequestLine, ""), Max: 4000})
		}},
		{"a header of 4000 bytes at most", func(p *program) {
			p.refuse(routing.Longer{Of: routing.Read(routing.InHeaders, ""), Max: 4000})
		}},
		{"a file from disk", func(p *program) {
			p.before = append(p.before, &routing.Respond{Status: routing.UnknownOf("what is on the disk", routing.Span{}), Label: "a file from disk"})
		}},
		{"a hop over its own listener", func(p *program) {
			inner := *p.forward
			p.gateway.Listeners = append(p.gateway.Listeners, &routing.Listener{Name: "inner", Address: "127.0.0.1", Port: 9001, Entry: "inner"})
			p.forward = &routing.Forward{To: lit("127.0.0.1:9001"), Scheme: lit("http"), Target: routing.ReadOriginal(routing.InTarget, ""), Settings: routing.Settings{
				routing.Upgrade: lit("native"), routing.Buffering: lit("holds"), routing.ReadTimeout: lit("2m"),
			}}
			p.hop = []routing.Step{setHeader("Host", lit(chat)), &inner}
		}},
	}
	var all []*reading
	for _, tt := range intoAnotherGateway() {
		behind := soundProgram()
		behind.gateway.Listeners[0].Names = []string{"behind.example.com"}
		if tt.behind != nil {
			tt.behind(behind)
		}
		estate := &routing.Estate{Gateways: []*routing.Gateway{behind.build(), frontOf(tt.change)}}
		estate.Connect()
		estate.Gateways = estate.Gateways[1:]
		found := readings("through another gateway, "+tt.name, estate, edge())
		if len(found) != 1 {
			t.Errorf("%s: rules judge %d subjects", tt.name, len(found))
		}
		all = append(all, found...)
	}
	for _, tt := range tests {
		p := soundProgram()
		tt.change(p)
		found := readings(tt.name, &routing.Estate{Gateways: []*routing.Gateway{p.build()}}, edge())
		if len(found) != 1 {
			t.Errorf("%s: rules judge %d subjects", tt.name, len(found))
		}
		all = append(all, found...)
	}
	agree(t, all)
}

// passedOn is a change to a gateway that forwards to another one of its estate, or to that other one.
type passedOn struct {
	name           string
	change, behind func(*program)
}

func intoAnotherGateway() []passedOn {
	return []passedOn{
		{name: "nothing"},
		{name: "20 seconds to read in front", change: func(p *program) { p.set(routing.ReadTimeout, "20s") }},
		{name: "20 seconds to read behind", behind: func(p *program) { p.set(routing.ReadTimeout, "20s") }},
		{name: "15 seconds idle in front", change: func(p *program) { p.set(routing.IdleTimeout, "15s") }},
		{name: "15 seconds idle behind", behind: func(p *program) { p.set(routing.IdleTimeout, "15s") }},
		{name: "buffering holds in front", change: func(p *program) { p.set(routing.Buffering, "holds") }},
		{name: "buffering unknown in front, holds behind", change: func(p *program) { p.unknown(routing.Buffering) }, behind: func(p *program) { p.set(routing.Buffering, "holds") }},
		{name: "no upgrade in front", change: func(p *program) { p.set(routing.Upgrade, "never") }},
		{name: "no upgrade behind", behind: func(p *program) { p.set(routing.Upgrade, "never") }},
		{name: "the cache is on in front", change: func(p *program) { p.set(routing.Cache, "true") }},
		{name: "Host decided in front only", change: func(p *program) { p.before = []routing.Step{setHeader("Host", lit(other))} }},
		{name: "Host kept behind", behind: func(p *program) { p.before = nil }},
		{name: "Host of the service set in front, kept behind", change: func(p *program) { p.before = []routing.Step{setHeader("Host", lit(chat))} }, behind: func(p *program) { p.before = nil }},
		{name: "the prefix doubled in front", change: func(p *program) {
			p.forward.Target = routing.Concat{Parts: []routing.Expr{lit("/client"), routing.Read(routing.InTarget, "")}}
		}},
		{name: "TLS spoken to a plain listener", behind: func(p *program) { p.gateway.Listeners[0].TLS = false }},
		{name: "everything but clients passed on, and shut out behind", change: func(p *program) { p.when = routing.Always{} }},
	}
}

// frontOf is a sound gateway that forwards to the one at behind.example.com.
func frontOf(change func(*program)) *routing.Gateway {
	p := soundProgram()
	p.gateway.Name, p.before = "front", nil
	p.forward.To = lit("behind.example.com:443")
	p.forward.Settings[routing.SNI], p.forward.Settings[routing.VerifiedName] = lit("behind.example.com"), lit("behind.example.com")
	if change != nil {
		change(p)
	}
	return p.build()
}
