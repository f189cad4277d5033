package appgateway

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// host is one host name or mask of a listener. A listener without any takes every host.
type host struct {
	name    routing.Value
	pattern *routing.Pattern // of a mask
}

// hostsOf reads hostName, which is one plain name, or hostNames, which may be masks.
func hostsOf(listener azure.Object) []host {
	if v := azure.Filled(listener.Get("hostName")); v.IsSet() {
		return []host{newHost(v)}
	}
	names := listener.Get("hostNames")
	if v := azure.Filled(names); v.State() == routing.Known || names.Kind() == jsontree.Unknown {
		return []host{newHost(v)} // PowerShell shows a single name without its list
	}
	var out []host
	for n := range names.All() {
		out = append(out, newHost(azure.Text(n)))
	}
	return out
}

// newHost compiles masks: an asterisk stands for several of the letters, digits, dots and hyphens that names are made of, a
// question mark for one ("Hosting multiple sites": wildcard host names in listener).
func newHost(name routing.Value) host {
	h := host{name: azure.Lowered(name)}
	if !strings.ContainsAny(h.name.Text(), "*?") {
		return h
	}
	var expr strings.Builder
	for _, c := range h.name.Text() {
		switch c {
		case '*':
			expr.WriteString(`[a-z0-9.-]*`)
		case '?':
			expr.WriteString(`[a-z0-9.-]`)
		default:
			expr.WriteString(quoteMeta(c))
		}
	}
	if p, err := routing.NewPattern("^"+expr.String()+"$", true); err == nil {
		h.pattern = p
	}
	return h
}

func quoteMeta(c rune) string {
	if strings.ContainsRune(`\.+*?()|[]{}^$`, c) {
		return `\` + string(c)
	}
	return string(c)
}

// when is the condition that a request is for this host.
func (h host) when() routing.Cond {
	switch {
	case h.name.State() != routing.Known:
		return routing.Given{Value: h.name.Or(routing.UnknownOf("the host name is not known", h.name.Span))}
	case h.pattern != nil:
		return routing.Matches{Of: routing.Read(routing.InHost, ""), Pattern: h.pattern}
	}
	return routing.Equal{Of: routing.Read(routing.InHost, ""), To: routing.Lit{Value: h.name}}
}

// arms are the arms of a site, one for each host name, that also ask a further condition.
func (s *site) arms(also routing.Cond) []routing.Arm {
	do := []routing.Step{&routing.Jump{To: s.block, Span: place(s.rule)}}
	if len(s.hosts) == 0 {
		return []routing.Arm{{When: also, Do: do, Label: fmt.Sprintf("rule %.100q (any host)", s.rule.Name()), Span: place(s.rule)}}
	}
	var out []routing.Arm
	for _, h := range s.hosts {
		label := fmt.Sprintf("rule %.100q (%s)", s.rule.Name(), h.name.Text())
		out = append(out, routing.Arm{When: routing.All{h.when(), also}, Do: do, Label: label, Span: h.name.Span})
	}
	return out
}

// overlaps reports whether a request may fit both sites.
func (s *site) overlaps(t *site) bool {
	if len(s.hosts) == 0 || len(t.hosts) == 0 {
		return true
	}
	for _, a := range s.hosts {
		if slices.ContainsFunc(t.hosts, a.overlaps) {
			return true
		}
	}
	return false
}

// overlaps errs on the side of yes for two masks.
func (h host) overlaps(o host) bool {
	switch {
	case h.name.State() != routing.Known || o.name.State() != routing.Known || h.pattern != nil && o.pattern != nil:
		return true
	case h.pattern != nil:
		return h.pattern.MatchString(o.name.Text())
	case o.pattern != nil:
		return o.pattern.MatchString(h.name.Text())
	}
	return h.name.Text() == o.name.Text()
}

// hostEntries tell the names of a site, for finding client endpoints.
func (b *builder) hostEntries(s *site) []routing.HostEntry {
	var out []routing.HostEntry
	for _, h := range s.hosts {
		if h.name.State() == routing.Known {
			out = append(out, routing.HostEntry{Host: h.name.Text(), Block: s.block, MinTLS: b.listenerMinTLS(s.listener), Span: h.name.Span})
		}
	}
	return out
}
