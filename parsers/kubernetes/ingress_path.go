package kubernetes

import "github.com/asrscheck/asrscheck/parsers/routing"

// ingressPath is one path of one rule.
type ingressPath struct {
	host, path, kind string
	service, port    string
	at, hostAt       routing.Span
}

// pathsOf are the paths of an Ingress. Version v1beta1 names the Service beside the path; a type that is missing, or left to the
// implementation, is Prefix to ingress-nginx (its SetDefaultNGINXPathType).
func pathsOf(ing object) []ingressPath {
	var out []ingressPath
	for rule := range ing.get("spec", "rules").items() {
		host := rule.get("host")
		for p := range rule.get("http", "paths").items() {
			path := ingressPath{host: host.text(), path: p.get("path").text(), kind: p.get("pathType").text(), at: p.span(), hostAt: host.span()}
			if host.isZero() {
				path.hostAt = p.span()
			}
			if path.path == "" {
				path.path = "/"
			}
			if path.kind != "Exact" {
				path.kind = "Prefix"
			}
			path.service, path.port = ingressBackend(p.get("backend"))
			if out = append(out, path); len(out) == maxPaths {
				return out
			}
		}
	}
	return out
}

// ingressBackend is the Service of a backend, and its port by number or name.
func ingressBackend(b value) (service, port string) {
	if s := b.get("service"); !s.isZero() {
		port = s.get("port", "number").text()
		if port == "" {
			port = s.get("port", "name").text()
		}
		return s.get("name").text(), port
	}
	return b.get("serviceName").text(), b.get("servicePort").text()
}
