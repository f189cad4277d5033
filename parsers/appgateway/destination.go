package appgateway

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// route is where in the rules a destination stands.
type route struct {
	prefix  string // "default" for a path map's own destination
	pathMap string // block of the path map, for "Reevaluate path map"
	inMap   bool
	literal string // of the path pattern
	shield  shield
}

// property is the name of a property in that place: backendAddressPool, or defaultBackendAddressPool.
func (r route) property(name string) string {
	if r.prefix == "" {
		return name
	}
	return r.prefix + strings.ToUpper(name[:1]) + name[1:]
}

// destination lowers what a rule, a path rule or a path map's default does with a request. Redirects are not rewritten
// ("Rewrite HTTP headers and URL": limitations); of others, the firewall sees what became of them ("Rewrite HTTP headers and URL": with Web
// Application Firewall).
func (b *builder) destination(o azure.Object, r route) []routing.Step {
	if redirect := b.resolve(o, r.property("redirectConfiguration"), "redirectConfigurations"); redirect.set() {
		b.redirectsOnly(o, r)
		return append(r.shield.steps(), b.redirect(redirect))
	}
	settings := b.resolve(o, r.property("backendHttpSettings"), "backendHttpSettingsCollection")
	rewrites := b.resolve(o, r.property("rewriteRuleSet"), "rewriteRuleSets")
	pool, lost := b.poolFor(o, r, settings)
	if lost != nil {
		return []routing.Step{lost}
	}
	if rewrites.set() && !rewrites.found {
		return []routing.Step{&routing.Opaque{Why: rewrites.why, Span: rewrites.at}}
	}
	override := azure.Filled(settings.Get("path"))
	rw := b.rewrites(rewrites, r, override)
	var steps []routing.Step
	if len(rw.steps) > 0 { // in one step, because all that use the set share it
		steps = append(steps, &routing.Match{Span: rewrites.at, Arms: []routing.Arm{{When: routing.Always{}, Do: rw.steps, Span: rewrites.at}}})
	}
	steps = append(steps, r.shield.steps()...)
	if override.IsSet() {
		steps = append(steps, overridePath(override, r.literal))
	}
	return append(steps, b.forward(pool, settings.Object, rw.setsHost))
}

// poolFor is the key of the pool that a destination names, or the step that ends what can be told.
func (b *builder) poolFor(o azure.Object, r route, settings link) (string, routing.Step) {
	policy := b.resolve(o, r.property("loadDistributionPolicy"), "loadDistributionPolicies")
	pool := b.resolve(o, r.property("backendAddressPool"), "backendAddressPools")
	for _, l := range []link{settings, pool, policy} {
		if l.set() && !l.found {
			return "", &routing.Opaque{Why: l.why, Span: l.at}
		}
	}
	switch {
	case !settings.found:
		return "", b.incomplete(o, "backend setting")
	case policy.found:
		return b.balanced(policy.Object, settings.Object), nil
	case !pool.found:
		return "", b.incomplete(o, "backend pool")
	}
	return b.pool(pool.Object, settings.Object), nil
}

func (b *builder) incomplete(o azure.Object, lacks string) routing.Step {
	why := fmt.Sprintf("%.100q has neither a redirect nor a %s", o.Name(), lacks)
	b.refuse(place(o), why, "give it a backend pool and a backend setting, or a redirect")
	return &routing.Opaque{Why: why, Span: place(o)}
}

// redirectsOnly: what redirects has no backend (error "cannot reference a BackendAddressPool when Redirect Setting is specified").
func (b *builder) redirectsOnly(o azure.Object, r route) {
	for _, property := range []string{"backendAddressPool", "backendHttpSettings"} {
		if id := o.Reference(r.property(property)); id.Kind() == jsontree.String && id.Text() != "" {
			b.refuse(id.Span(), fmt.Sprintf("%.100q has a redirect and a %s", o.Name(), r.property(property)), "leave out one of them")
		}
	}
}
