package kubernetes

import (
	"cmp"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// policies follow both possibilities of what policies do that are attached to the Gateway of a rule, to its route or to one of its backends
// (GEP-713): each implementation has its own, for access, time-outs, retries and the like. BackendTLSPolicy is the only one that is read.
func (l *routeLowering) policies(r routeRule) []routing.Step {
	var out []routing.Step
	for _, p := range l.objects {
		if p.kind == "BackendTLSPolicy" || p.kind == "ReferenceGrant" || !l.attached(p, r) {
			continue
		}
		out = append(out, maybe("what the "+p.kind+" "+p.name+" does"+depends, p.get("metadata", "name").span()))
	}
	return out
}

// selected reports whether the labels of an object are those that a policy selects its targets by, where it selects any.
func selected(p object, kind string, target object) bool {
	return slices.ContainsFunc(slices.Collect(p.get("spec", "targetSelectors").items()), func(s value) bool {
		return s.get("kind").text() == kind && labeled(target.get("metadata", "labels"), s.get("matchLabels"))
	})
}

// labeled reports whether labels hold all that are wanted.
func labeled(labels, wanted value) bool {
	for name, v := range wanted.members() {
		if labels.get(name).text() != v.text() {
			return false
		}
	}
	return true
}

// attached reports whether a policy names the Gateway, the route or a backend of a rule as its target.
func (l *routeLowering) attached(p object, r routeRule) bool {
	targets := slices.Collect(p.get("spec", "targetRefs").items())
	if one := p.get("spec", "targetRef"); !one.isZero() {
		targets = append(targets, one)
	}
	namespace, name, _ := strings.Cut(l.id, "/")
	gateway, _ := l.find("Gateway", namespace, name)
	if selected(p, "Gateway", gateway) || selected(p, r.route.kind, r.route) {
		return true
	}
	return slices.ContainsFunc(targets, func(t value) bool {
		namespace, kind, name := cmp.Or(t.get("namespace").text(), p.namespace), t.get("kind").text(), t.get("name").text()
		if kind == "Gateway" {
			return l.id == namespace+"/"+name
		}
		if kind == r.route.kind && name == r.route.name && namespace == r.route.namespace {
			return true
		}
		return slices.ContainsFunc(r.backends(), func(ref value) bool {
			return kind == cmp.Or(ref.get("kind").text(), "Service") && name == ref.get("name").text() && namespace == cmp.Or(ref.get("namespace").text(), r.route.namespace)
		})
	})
}
