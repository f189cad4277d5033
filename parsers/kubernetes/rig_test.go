package kubernetes

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// read reads one manifest.
func read(t testing.TB, text string) Report {
	t.Helper()
	return Read([]File{{"manifest.yaml", []byte(text)}}, Options{NginxVersion: "1.28.0"})
}

// only is the only gateway of a manifest that has no problem.
func only(t testing.TB, text string) *routing.Gateway {
	t.Helper()
	r := read(t, text)
	if len(r.Gateways) != 1 || len(r.Problems) > 0 {
		t.Fatalf("there are %d gateways, and the problems %v", len(r.Gateways), r.Problems)
	}
	return r.Gateways[0]
}

// told follows a request to a gateway: "GET https://host/path".
func told(g *routing.Gateway, request string) string {
	method, url, _ := strings.Cut(request, " ")
	scheme, rest, _ := strings.Cut(url, "://")
	host, path, _ := strings.Cut(rest, "/")
	port := map[string]int{"http": 80, "https": 443, "http8080": 8080}[scheme]
	scheme = strings.TrimSuffix(scheme, "8080")
	for _, l := range g.Listeners {
		if l.Port != port {
			continue
		}
		var out []string
		for _, p := range g.Trace(l, &routing.Request{Method: method, Scheme: scheme, Host: host, Target: "/" + path, SNI: host, ClientIP: "192.0.2.1"}) {
			out = append(out, ending(p))
		}
		return strings.Join(out, "; ")
	}
	return "no listener"
}

func ending(p routing.Path) string {
	switch d := p.Delivery; {
	case d != nil && len(d.Header("Host")) > 0:
		return fmt.Sprintf("%s://%s%s as %s", d.Scheme.Text(), d.Address.Text(), d.Target.Text(), d.Header("Host")[0].Text())
	case d != nil:
		return "delivered without Host"
	case p.Response != nil:
		return p.Response.Status.Text() + " " + p.Response.Location.Text()
	}
	return "unknown: " + p.Unknown.Why()
}
