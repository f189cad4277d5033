package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

const chat = "chat.service.signalr.net"

func line(n int) routing.Span { return routing.Span{File: "gateway", Line: n, Col: 1} }

// program is a sound gateway in parts that the tests change one at a time.
type program struct {
	gateway  *routing.Gateway
	forward  *routing.Forward
	location *routing.Arm
	headers  []routing.Step // before forwarding
}

func lit(text string, n int) routing.Expr { return routing.Lit{Value: routing.Of(text, line(n))} }

func soundProgram() *program {
	p := &program{}
	p.forward = &routing.Forward{
		To: lit(chat, 20), Scheme: lit("https", 20), Target: routing.ReadOriginal(routing.InTarget, ""), Span: line(20),
		Settings: routing.Settings{
			routing.SNI: lit(chat, 21), routing.VerifyChain: lit("true", 22), routing.VerifyName: lit("true", 22), routing.VerifiedName: lit(chat, 22),
			routing.Protocol: lit("HTTP/1.1", 23), routing.Upgrade: lit("native", 24), routing.Buffering: lit("off", 25),
			routing.ReadTimeout: lit("120s", 26), routing.IdleTimeout: lit("120s", 26),
		},
		Probe: &routing.Probe{Scheme: routing.Of("https", line(30)), Host: routing.Of(chat, line(30)), Path: routing.Of("/api/health", line(31)), Statuses: routing.Of("200-399", line(31)), Span: line(30)},
	}
	p.headers = []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "Host"}, To: lit(chat, 19), Span: line(19)}}
	p.location = &routing.Arm{When: routing.Prefix{Of: routing.Read(routing.InPath, ""), Want: "/client/"}, Label: "location /client/", Span: line(18)}
	p.gateway = &routing.Gateway{
		Kind: "test", Name: "edge", LogsKnown: true, LimitsKnown: true,
		Listeners: []*routing.Listener{{Name: "*:443", Address: "*", Port: 443, TLS: true, MinTLS: routing.Of("TLS1.2", line(2)), Entry: "edge", Hosts: []routing.HostEntry{{Host: "rt.example.com", Block: "edge"}}}},
		Pools:     map[string]*routing.Pool{},
	}
	return p
}

func (p *program) build() *routing.Gateway {
	p.location.Do = append(slices.Clip(p.headers), p.forward)
	p.gateway.Blocks = map[string][]routing.Step{"edge": {
		&routing.Match{Arms: []routing.Arm{*p.location}},
		&routing.Respond{Status: routing.Of("404", line(40)), Span: line(40)},
	}}
	return p.gateway
}

func (p *program) set(s routing.Setting, v routing.Value) {
	p.forward.Settings[s] = routing.Lit{Value: v}
}

func (p *program) header(name, text string, n int) {
	p.headers = append(p.headers, &routing.Set{What: routing.Place{Kind: routing.InHeader, Name: name}, To: lit(text, n), Span: line(n)})
}

// refuse puts an arm in front of forwarding.
func (p *program) refuse(when routing.Cond, n int) {
	p.headers = append(p.headers, &routing.Match{Arms: []routing.Arm{{When: when, Label: "if", Span: line(n), Do: []routing.Step{&routing.Respond{Status: routing.Of("403", line(n)), Span: line(n)}}}}})
}

// answerHeader edits the answers of the service.
func (p *program) answerHeader(name, text string, add bool) {
	place := routing.Place{Kind: routing.InResponseHeader, Name: name}
	if add {
		p.headers = append(p.headers, &routing.Add{What: place, To: lit(text, 16), Span: line(16)})
		return
	}
	p.headers = append(p.headers, &routing.Set{What: place, To: lit(text, 16), Span: line(16)})
}

func allow(what, value string) routing.Field {
	return routing.Field{Name: "Access-Control-Allow-" + what, Value: value}
}

// preflight answers preflights with headers.
func (p *program) preflight(headers ...routing.Field) {
	var do []routing.Step
	for _, h := range headers {
		do = append(do, &routing.Add{What: routing.Place{Kind: routing.InResponseHeader, Name: h.Name}, To: lit(h.Value, 11), Span: line(11)})
	}
	do = append(do, &routing.Respond{Status: routing.Of("204", line(13)), Span: line(13)})
	p.headers = append(p.headers, &routing.Match{Arms: []routing.Arm{{When: method("OPTIONS"), Label: "if", Span: line(12), Do: do}}})
}

func method(m string) routing.Cond {
	return routing.Equal{Of: routing.Read(routing.InMethod, ""), To: routing.Text(m)}
}

func (p *program) pool(pick routing.Pick, members ...string) {
	pool := &routing.Pool{Name: "signalr", Pick: pick, Span: line(10)}
	for i, m := range members {
		pool.Members = append(pool.Members, routing.Member{Address: routing.Of(m, line(11+i)), Span: line(11 + i)})
	}
	p.gateway.Pools["signalr"] = pool
	p.forward.To = lit("signalr", 20)
	p.forward.Then = []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "Host"}, To: routing.Read(routing.InUpstreamHost, "")}}
	p.forward.Settings[routing.SNI] = routing.Read(routing.InUpstreamHost, "")
	p.forward.Settings[routing.VerifiedName] = routing.Read(routing.InUpstreamHost, "")
	p.forward.Probe = nil
}

func judge(g *routing.Gateway) conformance.Subject {
	r := conformance.Check(&routing.Estate{Gateways: []*routing.Gateway{g}}, conformance.Options{Rules: All})
	if len(r.Subjects) != 1 {
		return conformance.Subject{}
	}
	return r.Subjects[0]
}

// open are requirements that hang on more than a gateway: apps, and the settings of the service.
var open = []string{"client-endpoint", "private-access"}

// verdicts are the requirements with a verdict.
func verdicts(s conformance.Subject, want conformance.Verdict) []string {
	var out []string
	for _, r := range s.Results {
		if r.Verdict == want && !slices.Contains(open, r.Requirement) && slices.ContainsFunc(All, func(rule *conformance.Rule) bool { return rule.Requirement == r.Requirement }) {
			out = append(out, r.Requirement)
		}
	}
	slices.Sort(out)
	return out
}

func TestOneChangeBreaksExactlyTheRequirementsItConcerns(t *testing.T) {
	two := []string{"a.service.signalr.net:443", "b.service.signalr.net:443"}
	id := routing.Read(routing.InArgument, "asrs_request_id")
	tests := []struct {
		name     string
		change   func(*program)
		broken   string // requirement:line, comma-separated
		unjudged string
	}{
		{"nothing", func(*program) {}, "", ""},
		{"the client's Host is kept", func(p *program) { p.headers = nil }, "host-override:20", ""},
		{"another service's Host", func(p *program) { p.header("Host", "other.service.signalr.net", 19) }, "host-override:19", ""},
		{"Host in other letters", func(p *program) { p.header("Host", "CHAT.service.SIGNALR.net", 19) }, "", ""},
		{"two Hosts", func(p *program) {
			p.headers = append(p.headers, &routing.Add{What: routing.Place{Kind: routing.InHeader, Name: "Host"}, To: lit(chat, 15), Span: line(15)})
		}, "host-override:15", ""},
		{"an unknown Host", func(p *program) {
			p.headers = []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "Host"}, To: routing.Lit{Value: routing.UnknownOf("parameter host has no value", line(19))}}}
		}, "", "host-override"},
		{"plain HTTP", func(p *program) { p.forward.Scheme = lit("http", 20); p.forward.Probe = nil }, "upstream-tls:20", "tls-sni,tls-verify"},
		{"no SNI, not verified", func(p *program) {
			p.set(routing.SNI, routing.Value{Span: line(21)})
			p.set(routing.VerifyChain, routing.DefaultOf("false", "NGINX"))
			p.set(routing.VerifyName, routing.DefaultOf("false", "NGINX"))
		}, "tls-sni:21,tls-verify:20", ""},
		{"no SNI, but verified", func(p *program) { p.set(routing.SNI, routing.Value{}) }, "long-polling:20,negotiate:20,server-sent-events:20,tls-sni:20,websocket:20", "cors,limits"},
		{"not verified", func(p *program) { p.set(routing.VerifyChain, routing.Of("false", line(22))) }, "tls-verify:22", ""},
		{"POST is refused", func(p *program) { p.refuse(method("POST"), 12) }, "negotiate:12", "cors"},
		{"preflight is refused", func(p *program) { p.refuse(method("OPTIONS"), 12) }, "negotiate:12", "cors"},
		{"DELETE is refused", func(p *program) { p.refuse(method("DELETE"), 12) }, "long-polling:12", ""},
		{"sends are refused, negotiate is not", func(p *program) {
			p.refuse(routing.All{method("POST"), routing.Suffix{Of: routing.Read(routing.InPath, ""), Want: "/client/"}}, 12)
		}, "long-polling:12,server-sent-events:12", ""},
		{"Authorization is dropped", func(p *program) { p.header("Authorization", "", 13) }, "long-polling:13,negotiate:13,server-sent-events:13,websocket:13", ""},
		{"an Authorization of the proxy's own", func(p *program) { p.header("Authorization", "Bearer other", 13) }, "long-polling:13,negotiate:13,server-sent-events:13,websocket:13", ""},
		{"the token of the query in Authorization too", func(p *program) {
			p.headers = append(p.headers, &routing.Match{Arms: []routing.Arm{{When: routing.Longer{Of: routing.Read(routing.InArgument, "access_token")}, Do: []routing.Step{
				&routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "Authorization"}, To: routing.Concat{Parts: []routing.Expr{routing.Text("Bearer "), routing.Read(routing.InArgument, "access_token")}}},
			}}}})
		}, "", ""},
		{"a scheme of the proxy's own beside the token in the query", func(p *program) {
			p.headers = append(p.headers, &routing.Match{Arms: []routing.Arm{{When: routing.Longer{Of: routing.Read(routing.InArgument, "access_token")}, Do: []routing.Step{
				&routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "Authorization"}, To: lit("Basic YWJj", 13)},
			}}}})
		}, "", "server-sent-events,websocket"},
		{"the key of a WebSocket is dropped", func(p *program) { p.header("Sec-WebSocket-Key", "", 13) }, "websocket:13", ""},
		{"the version of a WebSocket is replaced", func(p *program) { p.header("Sec-WebSocket-Version", "8", 13) }, "websocket:13", ""},
		{"the answer to a handshake is cut", func(p *program) { p.answerHeader("Sec-WebSocket-Accept", "", false) }, "websocket:16", ""},
		{"Accept is dropped", func(p *program) { p.header("Accept", "", 13) }, "server-sent-events:13", ""},
		{"Accept asks for more", func(p *program) { p.header("Accept", "text/event-stream, */*;q=0.1", 13) }, "", ""},
		{"events come as another type", func(p *program) { p.answerHeader("Content-Type", "text/plain", false) }, "server-sent-events:16", ""},
		{"events come as their own type", func(p *program) { p.answerHeader("Content-Type", "text/event-stream; charset=utf-8", false) }, "", ""},
		{"Origin is dropped", func(p *program) { p.header("Origin", "", 13) }, "cors:13,negotiate:13", ""},
		{"Origin is replaced", func(p *program) { p.header("Origin", "https://chat.service.signalr.net", 13) }, "cors:13", ""},
		{"Origin is dropped, and the proxy gives permission itself", func(p *program) {
			p.header("Origin", "", 13)
			p.answerHeader("Access-Control-Allow-Origin", "https://app.example.com", false)
			p.answerHeader("Access-Control-Allow-Credentials", "true", false)
			p.answerHeader("Access-Control-Allow-Headers", conformance.PreflightHeaders, false)
			p.answerHeader("Access-Control-Allow-Methods", "GET, POST, DELETE", false)
		}, "negotiate:13", ""},
		{"what a preflight asks for is dropped", func(p *program) { p.header("Access-Control-Request-Headers", "", 13) }, "cors:13", ""},
		{"no upgrade", func(p *program) { p.set(routing.Upgrade, routing.Of("never", line(24))) }, "websocket:24", ""},
		{"upgrade by headers over HTTP/1.0", func(p *program) {
			p.set(routing.Upgrade, routing.Of("headers", line(24)))
			p.set(routing.Protocol, routing.Of("HTTP/1.0", line(23)))
		}, "websocket:23", ""},
		{"buffering holds events", func(p *program) { p.set(routing.Buffering, routing.Of("holds", line(25))) }, "server-sent-events:25", ""},
		{"buffering lets chunks pass", func(p *program) { p.set(routing.Buffering, routing.Of("passes", line(25))) }, "", ""},
		{"60 seconds to read", func(p *program) { p.set(routing.ReadTimeout, routing.Of("60s", line(26))) }, "long-polling:26", ""},
		{"90 seconds to read", func(p *program) { p.set(routing.ReadTimeout, routing.Of("90s", line(26))) }, "", ""},
		{"10 seconds for all", func(p *program) {
			p.set(routing.ReadTimeout, routing.Of("10s", line(26)))
			p.set(routing.IdleTimeout, routing.Of("10s", line(27)))
		}, "long-polling:26,server-sent-events:26,websocket:27", ""},
		{"an unknown time-out", func(p *program) { p.set(routing.ReadTimeout, routing.UnknownOf("not exported", line(26))) }, "", "long-polling,server-sent-events"},
		{"the query is dropped", func(p *program) { p.forward.Target = routing.Read(routing.InPath, "") }, "path:20", ""},
		{"the cache is on", func(p *program) { p.set(routing.Cache, routing.Of("true", line(28))) }, "long-polling:28", ""},
		{"whether answers are cached is unknown", func(p *program) { p.set(routing.Cache, routing.UnknownOf("a script decides", line(28))) }, "", "long-polling"},
		{"the method is unknown", func(p *program) {
			p.headers = append(p.headers, &routing.Set{What: routing.Place{Kind: routing.InMethod}, To: routing.Lit{Value: routing.UnknownOf("a script decides", line(29))}})
		}, "", "long-polling,negotiate,server-sent-events,websocket"},
		{"round robin over two services", func(p *program) { p.pool(routing.Pick{How: "round robin", Span: line(10)}, two...) }, "affinity:10", ""},
		{"hash of the request id", func(p *program) { p.pool(routing.Pick{How: "hash", Key: id, Span: line(10)}, two...) }, "", ""},
		{"hash of the client address", func(p *program) {
			p.pool(routing.Pick{How: "ip_hash", Key: routing.Read(routing.InClientIP, ""), Span: line(9)}, two...)
		}, "affinity:9", ""},
		{"one service twice", func(p *program) { p.pool(routing.Pick{}, two[0], two[0]) }, "", ""},
		{"the probe asks for /", func(p *program) { p.forward.Probe.Path = routing.Of("/", line(31)) }, "health-probe:31", ""},
		{"the probe asks 127.0.0.1", func(p *program) { p.forward.Probe.Host = routing.DefaultOf("127.0.0.1", "Application Gateway") }, "health-probe:30", ""},
		{"the request line is logged", func(p *program) {
			p.headers = append(p.headers, &routing.Log{Line: routing.ReadOriginal(routing.InRequestLine, ""), Sink: "access.log", Span: line(14)})
		}, "token-log:14", ""},
		{"the path is logged", func(p *program) {
			p.headers = append(p.headers, &routing.Log{Line: routing.Read(routing.InPath, ""), Sink: "access.log", Span: line(14)})
		}, "", ""},
		{"a request line of 400 bytes at most", func(p *program) {
			p.refuse(routing.Longer{Of: routing.Read(routing.InRequestLine, ""), Max: 400}, 8)
		}, "limits:8,server-sent-events:8,websocket:8", ""},
		{"a request line of 4000 bytes at most", func(p *program) {
			p.refuse(routing.Longer{Of: routing.Read(routing.InRequestLine, ""), Max: 4000}, 8)
		}, "limits:8", "server-sent-events,websocket"},
		{"a body of 1000 bytes at most", func(p *program) {
			p.refuse(routing.Over{Of: routing.Read(routing.InBodySize, ""), Max: 1000}, 8)
		}, "limits:8", ""},
		{"a body of 32 KiB at most", func(p *program) {
			p.refuse(routing.Over{Of: routing.Read(routing.InBodySize, ""), Max: 32 << 10}, 8)
		}, "", ""},
		{"the number of requests is bounded", func(p *program) { p.set(routing.RateLimit, routing.Of("limit_req zone=one", line(8))) }, "", "limits"},
		{"a firewall may be there", func(p *program) { p.gateway.LimitsKnown = false }, "", "limits"},
		{"TLS 1.0 is offered", func(p *program) { p.gateway.Listeners[0].MinTLS = routing.Of("TLS1.0", line(2)) }, "client-tls:2", ""},
		{"TLS 1.0 is offered, but not for this name", func(p *program) {
			p.gateway.Listeners[0].MinTLS = routing.Of("TLS1.0", line(2))
			p.gateway.Listeners[0].Hosts[0].MinTLS = routing.Of("TLS1.2", line(3))
		}, "", ""},
		{"the TLS policy is unknown", func(p *program) { p.gateway.Listeners[0].MinTLS = routing.UnknownOf("not exported", line(2)) }, "", "client-tls"},
		{"every path is forwarded", func(p *program) { p.location.When = routing.Always{} }, "exposure:18", ""},
		{"all but the REST interface is forwarded", func(p *program) {
			p.location.When = routing.Always{}
			p.refuse(routing.Prefix{Of: routing.Read(routing.InPath, ""), Want: "/api/"}, 12)
		}, "exposure:18", ""},
		{"another name for the interface is forwarded", func(p *program) {
			p.location.When = routing.Any{p.location.When, routing.Prefix{Of: routing.Read(routing.InPath, ""), Want: "/aspnetserver/"}}
		}, "exposure:18", ""},
		{"the health path is forwarded too", func(p *program) {
			p.location.When = routing.Any{p.location.When, routing.Equal{Of: routing.Read(routing.InPath, ""), To: routing.Text("/api/health")}}
		}, "", ""},
		{"every path is forwarded to an unknown target", func(p *program) {
			p.location.When = routing.Always{}
			p.forward.Target = routing.Lit{Value: routing.UnknownOf("a script decides", line(20))}
		}, "", "exposure,path,server-sent-events,websocket"},
		{"an origin is added to that of the service", func(p *program) { p.answerHeader("Access-Control-Allow-Origin", "https://app.example.com", true) }, "cors:16", ""},
		{"permission for credentials is given twice", func(p *program) { p.answerHeader("Access-Control-Allow-Credentials", "true", true) }, "cors:16", ""},
		{"the service's origin is replaced", func(p *program) { p.answerHeader("Access-Control-Allow-Origin", "https://app.example.com", false) }, "", ""},
		{"the service's origin is replaced by *", func(p *program) { p.answerHeader("Access-Control-Allow-Origin", "*", false) }, "cors:16", ""},
		{"the service's origin is taken off", func(p *program) { p.answerHeader("Access-Control-Allow-Origin", "", false) }, "cors:16", ""},
		{"an unknown origin", func(p *program) {
			p.headers = append(p.headers, &routing.Set{What: routing.Place{Kind: routing.InResponseHeader, Name: "Access-Control-Allow-Origin"}, To: routing.Lit{Value: routing.UnknownOf("not exported", line(16))}})
		}, "", "cors"},
		{"preflights are answered, without a word", func(p *program) { p.preflight() }, "cors:12", ""},
		{"preflights are answered wholly", func(p *program) {
			p.preflight(allow("Origin", "https://app.example.com"), allow("Credentials", "true"), allow("Headers", "Authorization, X-Requested-With, X-SignalR-User-Agent"), allow("Methods", "GET, POST, DELETE"))
		}, "", ""},
		{"preflights are answered without credentials", func(p *program) {
			p.preflight(allow("Origin", "https://app.example.com"), allow("Headers", conformance.PreflightHeaders), allow("Methods", "DELETE"))
		}, "cors:12", ""},
		{"preflights are answered with * for headers", func(p *program) {
			p.preflight(allow("Origin", "https://app.example.com"), allow("Credentials", "true"), allow("Headers", "*"), allow("Methods", "DELETE"))
		}, "cors:11", ""},
		{"preflights are answered without DELETE", func(p *program) {
			p.preflight(allow("Origin", "https://app.example.com"), allow("Credentials", "true"), allow("Headers", conformance.PreflightHeaders), allow("Methods", "GET, POST"))
		}, "cors:11", ""},
		{"preflights are answered for some origins", func(p *program) {
			p.preflight()
			p.headers = append(p.headers, &routing.Match{Arms: []routing.Arm{{When: routing.Equal{Of: routing.Read(routing.InHeader, "origin"), To: routing.Text("https://www.example.com")}, Span: line(17)}}})
		}, "", "cors"},
		{"refused by the product", func(p *program) {
			p.gateway.Problems = []routing.Problem{{Message: "unexpected }", Span: line(3), Kind: routing.Refused}}
		}, "configuration:3", ""},
		{"an include is missing", func(p *program) {
			p.gateway.Problems = []routing.Problem{{Message: "extra.conf was not given", Span: line(3), Kind: routing.NotWhole}}
		}, "", "configuration"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := soundProgram()
			tt.change(p)
			s := judge(p.build())
			if got := strings.Join(brokenAt(s), ","); got != tt.broken {
				t.Errorf("broken is %q, want %q", got, tt.broken)
			}
			if got := strings.Join(verdicts(s, conformance.Unjudged), ","); got != tt.unjudged {
				t.Errorf("unjudged is %q, want %q", got, tt.unjudged)
			}
		})
	}
}

// brokenAt lists the broken requirements with the line that the first finding points at.
func brokenAt(s conformance.Subject) []string {
	out := verdicts(s, conformance.Broken)
	for i, id := range out {
		r := s.Result(id)
		j := slices.IndexFunc(r.Findings, func(f conformance.Finding) bool { return !f.Advice })
		_, where, _ := strings.Cut(r.Findings[j].Span.String(), ":")
		where, _, _ = strings.Cut(where, ":")
		out[i] = id + ":" + where
	}
	return out
}

func TestAnAssumptionAboutSomethingUnknownLeavesTheVerdictOpen(t *testing.T) {
	p := soundProgram()
	p.refuse(routing.Given{Value: routing.UnknownOf("extra.conf was not read", line(5))}, 5)
	s := judge(p.build())
	for _, id := range []string{"negotiate", "websocket", "server-sent-events", "long-polling"} {
		if v := s.Result(id).Verdict; v != conformance.Unjudged {
			t.Errorf("%s is %s although an unread file may refuse it", id, v)
		}
	}
}

func TestAVersionThatDecidesIsSaid(t *testing.T) {
	p, old := soundProgram(), soundProgram()
	p.gateway.Version, old.gateway.Version = "NGINX 1.30", "NGINX before 1.29.7"
	old.set(routing.Buffering, routing.DefaultOf("holds", "NGINX before 1.29.7"))
	g := p.build()
	g.Variants = []*routing.Gateway{old.build()}
	s := judge(g)
	r := s.Result("server-sent-events")
	if r.Verdict != conformance.Unjudged || len(r.Versions) != 2 || len(r.Findings) != 1 || r.Findings[0].When != "NGINX before 1.29.7" {
		t.Errorf("got %+v", r)
	}
	if v := s.Result("websocket").Verdict; v != conformance.Holds {
		t.Errorf("websocket is %s although both versions relay it", v)
	}
}

func TestClientEndpointsAreDerivedFromRoutes(t *testing.T) {
	p := soundProgram()
	p.location.When = routing.Prefix{Of: routing.Read(routing.InPath, ""), Want: "/signalr/client/"}
	p.forward.Target = routing.Call{Name: "strip", Args: []routing.Expr{routing.ReadOriginal(routing.InTarget, "")}, Fn: func(a ...string) string {
		return strings.TrimPrefix(a[0], "/signalr")
	}}
	if s := judge(p.build()); s.Endpoint != "https://rt.example.com/signalr/" || len(verdicts(s, conformance.Broken)) != 0 {
		t.Errorf("derived %q, broken %v", s.Endpoint, verdicts(s, conformance.Broken))
	}
}
