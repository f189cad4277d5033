package oracle

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Trial is a request that is both traced and sent.
type Trial struct {
	Name    string
	Request routing.Request
}

// String names the request in sentences.
func (t Trial) String() string {
	return fmt.Sprintf("%s (%s %s %s, Host %s)", t.Name, t.Request.Method, quote(t.Request.Target), t.Request.Protocol, quote(t.Request.Host))
}

// At is the request as clients send it to a listener: over TLS where that speaks it.
func (t Trial) At(l *routing.Listener) Trial {
	if l.TLS {
		t.Request.Scheme, t.Request.SNI = "https", routing.HostName(t.Request.Host)
	}
	return t
}

// Trials are the requests that a gateway is tried with: those that SignalR clients send through an endpoint, from several clients,
// and those that nobody should send.
func Trials(e conformance.Endpoint) []Trial {
	var out []Trial
	for _, kind := range conformance.ProbeKinds {
		out = append(out, probe(e, kind, conformance.DefaultSample()))
	}
	for i, id := range []string{"g1vFtD4AAAA%3D", "0HN8GVPBVQ2FS%3A00000002", "a", "", "3f2a-0001", "%2B%2F%20"} {
		s := conformance.DefaultSample()
		s.RequestID, s.ClientIP = id, fmt.Sprintf("192.0.2.%d", 20+40*i)
		out = append(out, probe(e, conformance.Negotiate, s), probe(e, conformance.WebSocket, s))
		s.ClientIP = fmt.Sprintf("192.0.2.%d", 21+40*i)
		out = append(out, probe(e, conformance.Poll, s))
	}
	out = append(out, paths(e)...)
	out = append(out, hosts(e)...)
	return append(out, oddities(e)...)
}

func probe(e conformance.Endpoint, kind conformance.ProbeKind, s conformance.Sample) Trial {
	r := conformance.NewProbe(e, kind, s).Request
	r.Protocol = "HTTP/1.1"
	return Trial{string(kind), r}
}

// plain is a request without anything special.
func plain(e conformance.Endpoint, method, target string) routing.Request {
	r := probe(e, conformance.Poll, conformance.DefaultSample()).Request
	r.Method, r.Target = method, target
	return r
}

// tricks are paths below the client endpoint that must be understood as NGINX does: what merges, resolves, decodes or refuses.
var tricks = []string{
	"", "client", "client/", "client//", "/client/negotiate", "client//negotiate", "client/negotiate/", "client/Negotiate", "CLIENT/negotiate",
	"clientele", "client/?", "client/?hub", "client?hub=chat", "client/negotiate?", "client/?a=1?b=2", "client/#part?x=1", "client/;v=1?a=b",
	"client/%2Fnegotiate", "client%2Fnegotiate", "client/%2e%2e/api/v1/hubs/chat", "%2e%2e/client/", "client/../api/v1/hubs/chat",
	"client/..%2fapi/", "client/./negotiate", "client/.", "client/..", "../client/", "../../../client/negotiate?a=b", "client/...", "client/.../x",
	"client/%2E/x", "client/a%20b?c%20d", "client/a+b", "client/%3Fx=1", "client/%23x", "client/%25", "client/%zz", "client/%0", "client/%00",
	"client/%c3%a9", "client/é", "client/%FF", "client/\"<>\\^`{|}", "client/%0d%0aX-Evil:1", "client/a'b(c)*!$&,:;=@~", "client/%7e%41", "client/a;b/../c",
	"api/v1/hubs/chat", "api/", "server/?hub=chat", "server/negotiate?hub=chat", "health", "unknown/thing?x=1", "index.html", "client/index.html",
	"client/?asrs_request_id=a&asrs_request_id=b", "client/?ASRS_Request_Id=a", "client/?asrs_request_id", "client/?access_token=x%2By&id=%zz",
}

func paths(e conformance.Endpoint) []Trial {
	var out []Trial
	for _, t := range tricks {
		out = append(out, Trial{"a path that may be understood in several ways", plain(e, "GET", e.Path+t)})
	}
	if e.Path != "/" {
		for _, t := range []string{"/", "/client/negotiate?hub=chat", strings.TrimSuffix(e.Path, "/"), strings.TrimSuffix(e.Path, "/") + "x/client/"} {
			out = append(out, Trial{"a path beside the client endpoint", plain(e, "GET", t)})
		}
	}
	for _, path := range []string{"", "client", "client/negotiate"} {
		out = append(out, Trial{"a POST without query", plain(e, "POST", e.Path+path)})
	}
	return out
}

func hosts(e conformance.Endpoint) []Trial {
	var out []Trial
	for _, host := range []string{
		strings.ToUpper(e.Authority()), e.Host, e.Host + ".", e.Host + ":1", "other.example.org", "a." + e.Host, "xx" + e.Host, "127.0.0.1", "_", "localhost:8080",
		"chat.service.signalr.net", e.Host + "/x", "a b", "",
	} {
		r := plain(e, "GET", e.Path+"client/?hub=chat")
		r.Host = host
		out = append(out, Trial{"another Host", r})
	}
	absolute := plain(e, "GET", "http://absolute.example.org"+e.Path+"client/?hub=chat")
	same := plain(e, "GET", e.Scheme+"://"+e.Authority()+e.Path+"client/?hub=chat")
	return append(out, Trial{"an absolute target of another host", absolute}, Trial{"an absolute target", same})
}
