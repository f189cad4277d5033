package kubernetes

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// site is a host name with its locations, which is a server block.
type site struct {
	host      string
	aliases   []string
	ingresses []object
	locations []*location
	tls       bool // there is a certificate for it
	at        routing.Span
}

// location is a path of a site as the controller makes it.
type location struct {
	ing        object
	path, kind string
	backend    *backend
	regex      bool // a path of the site is an expression, and therefore all are
	at         routing.Span
}

// sites sorts the paths of all Ingresses by host, as the controller does: what has a path first keeps it.
func (k *controller) sites() []*site {
	byHost := map[string]*site{}
	var out []*site
	for _, ing := range k.ingresses {
		if isTrue(annotation(ing, "canary", isBool).text()) {
			continue
		}
		for _, p := range pathsOf(ing) {
			st := byHost[p.host]
			if st == nil {
				st = &site{host: p.host, at: p.hostAt}
				byHost[p.host], out = st, append(out, st)
			}
			st.take(ing)
			st.add(&location{ing: ing, path: p.path, kind: p.kind, backend: k.service(ing.namespace, p.service, p.port, p.at), at: p.at})
		}
	}
	for _, st := range out {
		st.tls = slices.ContainsFunc(k.ingresses, func(ing object) bool { return certifies(ing, st.host) })
		st.complete()
	}
	return out
}

func (st *site) take(ing object) {
	if slices.ContainsFunc(st.ingresses, func(o object) bool { return o.node == ing.node }) {
		return
	}
	st.ingresses = append(st.ingresses, ing)
	for alias := range strings.SplitSeq(annotation(ing, "server-alias", isWord).text(), ",") {
		if alias = strings.TrimSpace(alias); alias != "" {
			st.aliases = append(st.aliases, alias)
		}
	}
}

func (st *site) add(l *location) {
	if !slices.ContainsFunc(st.locations, func(o *location) bool { return o.path == l.path && o.kind == l.kind }) {
		st.locations = append(st.locations, l)
	}
}

// certifies reports whether an Ingress has a certificate for a host.
func certifies(ing object, host string) bool {
	for entry := range ing.get("spec", "tls").items() {
		for h := range entry.get("hosts").items() {
			if h.text() == host || strings.HasPrefix(h.text(), "*.") && strings.HasSuffix(host, h.text()[1:]) {
				return true
			}
		}
	}
	return false
}

// complete makes the locations what NGINX gets: a prefix that is no expression takes the path itself and what is below it, long paths come
// first (updateServerLocations and getBackendServers of the controller).
func (st *site) complete() {
	st.split()
	regex := slices.ContainsFunc(st.locations, (*location).wantsRegex)
	for _, l := range st.locations {
		l.regex = regex
	}
	slices.SortStableFunc(st.locations, func(a, b *location) int { return strings.Compare(b.path, a.path) })
	slices.SortStableFunc(st.locations, func(a, b *location) int { return len(b.path) - len(a.path) })
}

func (st *site) split() {
	var out []*location
	for _, l := range st.locations {
		if l.path == "/" || l.kind != "Prefix" || l.wantsRegex() {
			out = append(out, l)
			continue
		}
		exact := *l
		exact.kind = "Exact"
		l.path = strings.TrimSuffix(l.path, "/") + "/"
		out = append(out, l)
		if !slices.ContainsFunc(st.locations, func(o *location) bool { return o.path == exact.path && o.kind == "Exact" }) && exact.path != l.path {
			out = append(out, &exact)
		}
	}
	st.locations = out
}

// rewrite is the rewrite-target of a location.
func (l *location) rewrite() value { return annotation(l.ing, "rewrite-target", isWord) }

// wantsRegex reports whether a location makes all paths of its site expressions (enforceRegexModifier).
func (l *location) wantsRegex() bool {
	target := l.rewrite().text()
	return target != "" && target != l.path || isTrue(annotation(l.ing, "use-regex", isBool).text())
}

// name is how the location is written (buildLocation). Quotes and backslashes in paths are kept from ending the word.
func (l *location) name() string {
	path := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(l.path)
	switch {
	case l.regex:
		return `~* "^` + path + `"`
	case l.kind == "Exact":
		return `= "` + path + `"`
	}
	return `"` + path + `"`
}
