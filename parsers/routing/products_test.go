package routing

import (
	"fmt"
	"strings"
	"testing"
)

// These programs are written by hand, one for each product, as the package comment says that it lowers.

func pattern(t *testing.T, expr string, fold bool) *Pattern {
	t.Helper()
	p, err := NewPattern(expr, fold)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func at(line int) Span { return Span{File: "conf", Line: line, Col: 1} }

func pathBegins(prefix string, fold bool) Cond {
	return Prefix{Of: Read(InPath, ""), Want: prefix, Fold: fold}
}

func headerFrom(name string, to Expr) Step { return &Set{What: Place{InHeader, name}, To: to} }

func nginxProgram(t *testing.T) *Gateway {
	svc := Read(InVar, "svc")
	location := []Step{
		&Set{What: Place{InVar, "svc"}, To: Text("demo.service.signalr.net")},
		&Match{Arms: []Arm{{When: Matches{Of: Read(InArgument, "asrs_request_id"), Pattern: pattern(t, "^[89a-f]", false)}, Do: []Step{
			&Set{What: Place{InVar, "svc"}, To: Text("demo2.service.signalr.net")},
		}}}},
		headerFrom("Host", svc),
		headerFrom("Upgrade", ReadOriginal(InHeader, "Upgrade")),
		headerFrom("Connection", Lookup{Key: ReadOriginal(InHeader, "Upgrade"), Exact: map[string]Expr{"": Text("close")}, Default: Text("upgrade")}),
		&Forward{To: svc, Scheme: Text("https"), Target: Read(InTarget, ""), Settings: Settings{
			SNI: svc, Protocol: Text("HTTP/1.1"), Upgrade: Text("headers"),
		}, Span: at(9)},
	}
	return &Gateway{
		Kind: "nginx", Listeners: []*Listener{{Name: "*:443", Address: "*", Port: 443, TLS: true, Entry: "443"}},
		Blocks: map[string][]Step{
			"443": {
				&Table{Key: Read(InHost, ""), To: map[string]TableEntry{"edge.example.com": {Block: "edge", Label: "server edge.example.com"}}},
				&Respond{Status: Of("444", Span{})},
			},
			"edge": {&Match{Arms: []Arm{
				{When: Matches{Of: Read(InPath, ""), Pattern: pattern(t, "^/old/(.*)$", false)}, Do: []Step{
					&Set{What: Place{InPath, ""}, To: Concat{Parts: []Expr{Text("/client/"), Read(InCapture, "1")}}},
					&Jump{To: "edge", Max: 10, Label: "rewrite … last"},
				}},
				{When: pathBegins("/loop", false), Do: []Step{&Jump{To: "edge", Max: 10}}},
				{When: pathBegins("/client/", false), Do: []Step{&Jump{To: "client"}}},
				{When: Always{}, Do: []Step{&Respond{Status: Of("404", Span{})}}},
			}}},
			"client": location,
		},
	}
}

func appGatewayProgram(t *testing.T, host Value) *Gateway {
	return &Gateway{
		Kind: "appgateway", Listeners: []*Listener{{Name: "public", Address: "*", Port: 443, TLS: true, Entry: "public"}},
		Pools: map[string]*Pool{"signalr": {Name: "signalr", Members: []Member{{Address: Of("demo.service.signalr.net:443", at(3))}}}},
		Blocks: map[string][]Step{"public": {&Match{Arms: []Arm{
			{When: Matches{Of: Read(InPath, ""), Pattern: pattern(t, "^/asrs1/(.*)$", true)}, Do: []Step{
				&Set{What: Place{InPath, ""}, To: Concat{Parts: []Expr{Text("/"), Read(InCapture, "1")}}},
				headerFrom("Host", Lit{host}),
				&Forward{To: Text("signalr"), Scheme: Text("https"), Target: Read(InTarget, ""), Settings: Settings{
					SNI: Lit{host}, Upgrade: Lit{DefaultOf("native", "Application Gateway")}, Buffering: Lit{DefaultOf("holds", "Application Gateway")},
				}},
			}},
			{When: Always{}, Do: []Step{&Respond{Status: Of("502", Span{})}}},
		}}}},
	}
}

func apimProgram() *Gateway {
	to := func(host string) []Step { return []Step{&Set{What: Place{InVar, "backend"}, To: Text(host)}} }
	return &Gateway{
		Kind: "apim", Listeners: []*Listener{{Port: 443, TLS: true, Entry: "api"}},
		Blocks: map[string][]Step{"api": {
			&Set{What: Place{InVar, "backend"}, To: Text("b.service.signalr.net")},
			&Match{Arms: []Arm{{When: Given{UnknownOf("policy expression @(Custom(context))", at(4))}, Do: to("a.service.signalr.net"), Span: at(4)}}},
			headerFrom("Host", Read(InVar, "backend")),
			&Forward{To: Read(InVar, "backend"), Scheme: Text("https"), Target: Read(InTarget, ""), Settings: Settings{Upgrade: Text("never")}},
		}},
	}
}

func akamaiProgram() *Gateway {
	set := func(name string, to Expr) Step { return &Set{What: Place{InVar, name}, To: to} }
	return &Gateway{
		Kind: "akamai", Listeners: []*Listener{{Port: 443, TLS: true, Entry: "default"}},
		Blocks: map[string][]Step{"default": {
			set("origin", Text("www.example.com")), set("host", Read(InHost, "")), set("webSockets", Text("never")),
			&Match{Arms: []Arm{{When: pathBegins("/client", true), Do: []Step{
				set("origin", Text("demo.service.signalr.net")), set("host", Read(InVar, "origin")), set("webSockets", Text("native")),
				&Match{Arms: []Arm{{When: Equal{Of: Read(InMethod, ""), To: Text("POST")}, Do: []Step{set("host", Read(InHost, ""))}}}},
			}}}},
			headerFrom("Host", Read(InVar, "host")),
			&Forward{To: Read(InVar, "origin"), Scheme: Text("https"), Target: Read(InTarget, ""), Settings: Settings{
				SNI: Read(InVar, "host"), Upgrade: Read(InVar, "webSockets"),
			}},
		}},
	}
}

// show tells the paths of one request in a line each.
func show(paths []Path) string {
	var lines []string
	for i := range paths {
		p := &paths[i]
		line := ""
		for _, a := range p.Assumed {
			line += fmt.Sprintf("if %v [%s]: ", a.Holds, a.Why)
		}
		line += p.Outcome()
		if d := p.Delivery; d != nil {
			line += fmt.Sprintf(" host %s target %s upgrade %v", d.Header("Host")[0], d.Target, d.Upgrades().Is == Yes)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestEachProductLowersIntoTheModel(t *testing.T) {
	ws := []Field{{"Upgrade", "websocket"}, {"Connection", "Upgrade"}}
	tests := []struct {
		name    string
		gateway *Gateway
		req     Request
		want    string
	}{
		{
			"NGINX picks the service by request id", nginxProgram(t),
			Request{Target: "/client/negotiate?hub=chat&asrs_request_id=f00", Method: "POST"},
			"delivered to demo2.service.signalr.net:443 host demo2.service.signalr.net target /client/negotiate?hub=chat&asrs_request_id=f00 upgrade false",
		},
		{
			"NGINX searches again after a rewrite", nginxProgram(t),
			Request{Target: "/old/x?hub=chat&asrs_request_id=1", Method: "GET", Header: ws},
			"delivered to demo.service.signalr.net:443 host demo.service.signalr.net target /client/x?hub=chat&asrs_request_id=1 upgrade true",
		},
		{
			"NGINX gives up after ten rewrites", nginxProgram(t),
			Request{Target: "/loop", Method: "GET"},
			"answered by the gateway: 500 rewritten more than 10 times",
		},
		{
			"Application Gateway replaces the matched prefix", appGatewayProgram(t, Of("demo.service.signalr.net", at(7))),
			Request{Target: "/ASRS1/client/?hub=chat", Method: "GET"},
			"delivered to demo.service.signalr.net:443 host demo.service.signalr.net target /client/?hub=chat upgrade true",
		},
		{
			"Application Gateway with a parameter that has no value", appGatewayProgram(t, UnknownOf("parameter signalrHost has no value", at(7))),
			Request{Target: "/asrs1/client/", Method: "GET"},
			"delivered to demo.service.signalr.net:443 host unknown (parameter signalrHost has no value) target /client/ upgrade true",
		},
		{
			"API Management follows both answers of an expression it cannot evaluate", apimProgram(),
			Request{Target: "/client/?hub=chat", Method: "GET"},
			"if false [policy expression @(Custom(context))]: delivered to b.service.signalr.net:443 host b.service.signalr.net target /client/?hub=chat upgrade false\n" +
				"if true [policy expression @(Custom(context))]: delivered to a.service.signalr.net:443 host a.service.signalr.net target /client/?hub=chat upgrade false",
		},
		{
			"Akamai applies every matching rule and the last setting wins", akamaiProgram(),
			Request{Target: "/client/negotiate", Method: "POST"},
			"delivered to demo.service.signalr.net:443 host edge.example.com target /client/negotiate upgrade true",
		},
		{
			"Akamai without the second rule", akamaiProgram(),
			Request{Target: "/client/", Method: "GET", Header: ws},
			"delivered to demo.service.signalr.net:443 host demo.service.signalr.net target /client/ upgrade true",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.req.Host, tt.req.Scheme, tt.req.ClientIP = "edge.example.com", "https", "192.0.2.7"
			if got := show(tt.gateway.Trace(tt.gateway.Listeners[0], &tt.req)); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func BenchmarkTrace(b *testing.B) {
	g := akamaiProgram()
	req := &Request{Method: "POST", Scheme: "https", Host: "edge.example.com", Target: "/client/negotiate?hub=chat", ClientIP: "192.0.2.7"}
	b.ReportAllocs()
	for b.Loop() {
		g.Trace(g.Listeners[0], req)
	}
}
