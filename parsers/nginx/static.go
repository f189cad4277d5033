package nginx

import (
	"net"
	"strings"
)

// staticNames are the hosts and ports that proxy_pass directives name without variables. NGINX finds a computed name among them
// without a resolver (ngx_http_upstream_init_request).
func (w *lowering) staticNames() map[string]bool {
	names := map[string]bool{}
	for d := range w.everyPass() {
		https, authority, _, ok := splitURL(d.Value(1))
		if !ok || strings.Contains(authority, "$") {
			continue
		}
		host, port := splitPort(lower(authority))
		if port == "" {
			port = defaultPort(https)
		}
		names[net.JoinHostPort(strings.Trim(host, "[]"), port)] = true
	}
	return names
}

// everyPass visits the proxy_pass directives of all locations, and of the blocks in them.
func (w *lowering) everyPass() func(func(Directive) bool) {
	return func(yield func(Directive) bool) {
		for _, s := range w.servers {
			var all []*location
			all = s.level.gather(all)
			for _, loc := range s.named {
				all = append(all, loc)
			}
			for _, loc := range all {
				for _, inside := range loc.scopes() {
					for _, d := range w.own(inside, "proxy_pass") {
						if !yield(d) {
							return
						}
					}
				}
			}
		}
	}
}

// scopes are the level of a location, and those of the blocks in it that have no name.
func (loc *location) scopes() []*scope {
	out := append([]*scope{loc.scope}, loc.ifs...)
	if loc.limit != nil {
		out = append(out, loc.limit)
	}
	return out
}

func (v *level) gather(into []*location) []*location {
	for _, list := range [][]*location{v.exact, v.prefix, v.regex} {
		for _, loc := range list {
			into = loc.level.gather(append(into, loc))
		}
	}
	return into
}
