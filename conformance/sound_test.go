package conformance_test

import (
	"slices"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

const (
	chat  = "chat.service.signalr.net"
	other = "other.service.signalr.net"
)

// program is a sound gateway in parts, which tests change one at a time.
type program struct {
	gateway *routing.Gateway
	forward *routing.Forward
	when    routing.Cond   // which requests are forwarded
	before  []routing.Step // what runs before forwarding
	hop     []routing.Step // what a second listener runs, where there is one
}

func lit(text string) routing.Expr { return routing.Text(text) }

func soundProgram() *program {
	return &program{
		gateway: &routing.Gateway{
			Kind: "test", Name: "edge", LogsKnown: true, LimitsKnown: true, Pools: map[string]*routing.Pool{},
			Listeners: []*routing.Listener{{
				Name: "*:443", Address: "*", Port: 443, TLS: true, HTTP2: true, MinTLS: routing.Of("TLS1.2", routing.Span{}), Entry: "edge", Hosts: []routing.HostEntry{{Host: "rt.example.com", Block: "edge"}},
			}},
		},
		forward: &routing.Forward{
			To: lit(chat), Scheme: lit("https"), Target: routing.ReadOriginal(routing.InTarget, ""),
			Settings: routing.Settings{
				routing.SNI: lit(chat), routing.VerifyChain: lit("true"), routing.VerifyName: lit("true"), routing.VerifiedName: lit(chat),
				routing.Protocol: lit("HTTP/1.1"), routing.Upgrade: lit("native"), routing.Buffering: lit("off"),
				routing.ReadTimeout: lit("2m"), routing.IdleTimeout: lit("2m"),
			},
			Probe: soundProbe(),
		},
		when: routing.Prefix{Of: routing.Read(routing.InPath, ""), Want: "/client/"},
		before: []routing.Step{
			setHeader("Host", lit(chat)), setHeader("X-Forwarded-For", routing.Read(routing.InClientIP, "")),
			&routing.Remove{What: routing.Place{Kind: routing.InHeader, Name: "Cookie"}},
		},
	}
}

// soundProbe asks every member by its own name.
func soundProbe() *routing.Probe {
	at := func(text string) routing.Value { return routing.Of(text, routing.Span{File: "edge", Line: 7, Col: 1}) }
	return &routing.Probe{Scheme: at("https"), Port: at("443"), Path: at("/api/health"), Statuses: at("200-399")}
}

func setHeader(name string, to routing.Expr) routing.Step {
	return &routing.Set{What: routing.Place{Kind: routing.InHeader, Name: name}, To: to}
}

func (p *program) build() *routing.Gateway {
	steps := append(slices.Clip(p.before), p.forward)
	p.gateway.Blocks = map[string][]routing.Step{"edge": {
		&routing.Match{Arms: []routing.Arm{{When: p.when, Do: steps, Label: "location /client/", Span: routing.Span{File: "edge", Line: 3, Col: 1}}}},
		&routing.Respond{Status: routing.Of("404", routing.Span{}), Span: routing.Span{File: "edge", Line: 9, Col: 1}},
	}}
	p.gateway.Blocks["inner"] = p.hop
	return p.gateway
}

func (p *program) set(s routing.Setting, text string) { p.forward.Settings[s] = lit(text) }

// unknown makes a setting one that was not read.
func (p *program) unknown(s routing.Setting) {
	p.forward.Settings[s] = routing.Lit{Value: routing.UnknownOf("a parameter has no value", routing.Span{})}
}

// refuse turns requests away before they are forwarded.
func (p *program) refuse(when routing.Cond) {
	at := routing.Span{File: "edge", Line: 5, Col: 1}
	p.before = append(p.before, &routing.Match{Arms: []routing.Arm{{
		When: when, Label: "if", Span: at, Do: []routing.Step{&routing.Respond{Status: routing.Of("403", at), Span: at}},
	}}})
}

// pool forwards to several members, each with its own name as Host, SNI and in the certificate.
func (p *program) pool(pick routing.Pick, members ...string) {
	pool := &routing.Pool{Name: "signalr", Pick: pick}
	for _, m := range members {
		pool.Members = append(pool.Members, routing.Member{Address: routing.Of(m, routing.Span{})})
	}
	p.gateway.Pools["signalr"] = pool
	p.forward.To = lit("signalr")
	own := routing.Read(routing.InUpstreamHost, "")
	p.forward.Then = []routing.Step{setHeader("Host", own)}
	p.forward.Settings[routing.SNI], p.forward.Settings[routing.VerifiedName] = own, own
}

// twoServices is the sound gateway in front of two services, split by request id.
func twoServices() *program {
	p := soundProgram()
	p.pool(routing.Pick{How: "hash", Key: routing.Read(routing.InArgument, "asrs_request_id")}, chat+":443", other+":443")
	return p
}

func method(m string) routing.Cond {
	return routing.Equal{Of: routing.Read(routing.InMethod, ""), To: lit(m)}
}

func edge() conformance.Endpoint {
	return conformance.Endpoint{Scheme: "https", Host: "rt.example.com", Port: 443, Path: "/"}
}
