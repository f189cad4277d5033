package kubernetes

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// manifest is an Ingress with annotations and paths, the Service that they lead to, and the ConfigMap of the controller.
func manifest(annotations, paths string) string {
	lines := ""
	for line := range strings.SplitSeq(annotations, "\n") {
		if strings.HasPrefix(line, " ") {
			lines += line + "\n"
		} else if line != "" {
			lines += "    " + prefix + line + "\n"
		}
	}
	return fmt.Sprintf(`apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: signalr}, spec: {type: ExternalName, externalName: chat.service.signalr.net, ports: [{name: tls, port: 443}]}}
- {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: ingress-nginx-controller}, data: {}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: rt
  annotations:
    a: b
%sspec:
  ingressClassName: nginx
  rules:
  - host: rt.example.com
    http:
      paths:
      %s
`, lines, strings.ReplaceAll(paths, "\n", "\n      "))
}

func to(path, kind, service string) string {
	port := "443"
	if service == "web" {
		port = "80"
	}
	return fmt.Sprintf("- {path: %q, pathType: %s, backend: {service: {name: %s, port: {number: %s}}}}\n", path, kind, service, port)
}

func TestIngressesGoWhereTheControllerSendsThem(t *testing.T) {
	const there = "http://chat.service.signalr.net:443"
	for _, tt := range []struct{ name, annotations, paths, request, want string }{
		{"a prefix takes the path itself", "", to("/client", "Prefix", "signalr"), "GET https://rt.example.com/client", there + "/client as rt.example.com"},
		{"a prefix takes what is below it", "", to("/client", "Prefix", "signalr"), "GET https://rt.example.com/client/negotiate?a=b", there + "/client/negotiate?a=b as rt.example.com"},
		{"a prefix is one of whole segments", "", to("/client", "Prefix", "signalr"), "GET https://rt.example.com/clientele", "404 "},
		{"an exact path takes nothing else", "", to("/client", "Exact", "signalr"), "GET https://rt.example.com/client/", "404 "},
		{"the longest path counts", "", to("/", "Prefix", "web") + to("/client", "Prefix", "signalr"), "GET https://rt.example.com/client/", there + "/client/ as rt.example.com"},
		{"another host", "", to("/", "Prefix", "signalr"), "GET https://other.example.com/", "404 "},
		{"a path without a type", "", strings.Replace(to("/client", "Prefix", "signalr"), "pathType: Prefix, ", "", 1), "GET https://rt.example.com/client/", there + "/client/ as rt.example.com"},
		{"an expression ignores case", `use-regex: "true"`, to("/CLIENT/.*", "ImplementationSpecific", "signalr"), "GET https://rt.example.com/client/x", there + "/client/x as rt.example.com"},
		{"an expression makes all paths of the host expressions", `use-regex: "true"`, to("/client", "Exact", "signalr"), "GET https://rt.example.com/clientele", there + "/clientele as rt.example.com"},
		{"a rewrite", "rewrite-target: /$2", to("/asrs1(/|$)(.*)", "ImplementationSpecific", "signalr"), "GET https://rt.example.com/asrs1/client/?a=b", there + "/client/?a=b as rt.example.com"},
		{"TLS by name of the port", "backend-protocol: HTTPS\nupstream-vhost: chat.service.signalr.net", strings.Replace(to("/", "Prefix", "signalr"), "number: 443", "name: tls", 1), "GET https://rt.example.com/client/", "https://chat.service.signalr.net:443/client/ as chat.service.signalr.net"},
		{"a redirect to HTTPS", `force-ssl-redirect: "true"`, to("/", "Prefix", "signalr"), "POST http://rt.example.com/client/negotiate", "308 https://rt.example.com/client/negotiate"},
		{"a redirect elsewhere", `temporal-redirect: https://www.example.com`, to("/", "Prefix", "signalr"), "GET https://rt.example.com/", "302 https://www.example.com"},
		{"allowed networks", `whitelist-source-range: "198.51.100.0/24"`, to("/", "Prefix", "signalr"), "GET https://rt.example.com/", "403 "},
		{"a preflight", `enable-cors: "true"`, to("/", "Prefix", "signalr"), "OPTIONS https://rt.example.com/client/negotiate", "204 "},
		{"a Service that was not given", "", to("/", "Prefix", "gone"), "GET https://rt.example.com/", "unknown: the Service gone in the namespace default was not given"},
		{"a Service with pods", "", to("/", "Prefix", "web"), "GET https://rt.example.com/", "http://web.default.svc:80/ as rt.example.com"},
		{"a quote in a path ends nothing", "", to(`/a"b`, "Prefix", "signalr"), "GET https://rt.example.com/client", "404 "},
	} {
		g := only(t, manifest(tt.annotations, tt.paths))
		if len(g.Problems) > 0 {
			t.Errorf("%s: problems %v", tt.name, g.Problems)
		}
		if got := told(g, tt.request); got != tt.want {
			t.Errorf("%s: told %s instead of %s", tt.name, got, tt.want)
		}
	}
}

func TestSnippetsAreReadInTheirPlacesAndCountOnlyWhereTheyAreAllowed(t *testing.T) {
	text := manifest("configuration-snippet: |\n      return 418;\n      proxy_ssl_nam x;", to("/", "Prefix", "signalr"))
	g := only(t, strings.Replace(text, "data: {}", `data: {allow-snippet-annotations: "true", annotations-risk-level: Critical}`, 1))
	if got := told(g, "GET https://rt.example.com/"); got != "418 " || len(g.Variants) > 0 {
		t.Errorf("where they are allowed: told %s, with %d variants", got, len(g.Variants))
	}
	if len(g.Problems) != 1 || g.Problems[0].Span.Line != 16 || g.Problems[0].Span.Col != 7 {
		t.Errorf("the problems are %v", g.Problems)
	}
	g = only(t, strings.Replace(text, "data: {}", `data: {allow-snippet-annotations: "false"}`, 1))
	if got := told(g, "GET https://rt.example.com/"); !strings.HasPrefix(got, "http://chat") || len(g.Variants) > 0 {
		t.Errorf("where they are not: told %s", got)
	}
	g = only(t, text)
	if len(g.Variants) != 1 || g.Version == g.Variants[0].Version {
		t.Fatalf("where nothing is said there are %d variants", len(g.Variants))
	}
	if one, other := told(g, "GET https://rt.example.com/"), told(g.Variants[0], "GET https://rt.example.com/"); one == other {
		t.Errorf("the variants are both %s", one)
	}
}

func TestWithoutTheConfigMapOfTheControllerItsSettingsAreUnknown(t *testing.T) {
	text := strings.Replace(manifest("backend-protocol: HTTPS", to("/", "Prefix", "signalr")), "ingress-nginx-controller", "other", 1)
	g := only(t, text)
	d := g.Trace(g.Listeners[0], &routing.Request{Method: "GET", Scheme: "http", Host: "rt.example.com", Target: "/"})[0].Delivery
	for _, s := range []routing.Setting{routing.ReadTimeout, routing.Buffering, routing.Protocol, routing.SNI} {
		if v := d.Setting(s); !v.IsUnknown() || !strings.Contains(v.Why(), "ConfigMap of the controller") {
			t.Errorf("%s is %v", s, v)
		}
	}
}

func TestIngressesOfOtherControllersAreNamedAndNotJudged(t *testing.T) {
	sound := manifest("backend-protocol: HTTPS", to("/", "Prefix", "signalr"))
	for _, tt := range []struct{ name, old, new, want string }{
		{"another class", "ingressClassName: nginx", "ingressClassName: azure-application-gateway", "this Ingress is for the controller of the class azure-application-gateway"},
		{"another class by annotation", "  ingressClassName: nginx\n", "", ""},
		{"another controller by its annotations", "    nginx.ingress.kubernetes.io/backend-protocol: HTTPS", "    nginx.org/ssl-services: signalr", "this Ingress is for F5's NGINX Ingress Controller"},
		{"an IngressClass", "- {apiVersion: v1, kind: ConfigMap,", "- {apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: nginx}, spec: {controller: nginx.org/ingress-controller}}\n- {apiVersion: v1, kind: ConfigMap,", "this Ingress is for nginx.org/ingress-controller"},
		{"no class at all", "  ingressClassName: nginx\n", "# no class\n", ""},
	} {
		r := read(t, strings.Replace(sound, tt.old, tt.new, 1))
		if tt.want == "" {
			if len(r.Gateways) != 1 || len(r.Problems) > 0 {
				t.Errorf("%s: %d gateways, problems %v", tt.name, len(r.Gateways), r.Problems)
			}
			continue
		}
		if len(r.Gateways) > 0 || len(r.Problems) != 1 || !strings.HasPrefix(r.Problems[0].Message, tt.want) || r.Problems[0].Kind != routing.NotWhole {
			t.Errorf("%s: %d gateways, problems %v", tt.name, len(r.Gateways), r.Problems)
		}
	}
}
