package appgateway

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// ruleSteps lower a request routing rule: one destination for all requests, or a path map.
func (b *builder) ruleSteps(rule azure.Object) []routing.Step {
	steps := b.guards(rule)
	around := b.shieldOf(b.resolve(rule, "httpListener", "httpListeners").Object, b.shield)
	paths := b.resolve(rule, "urlPathMap", "urlPathMaps")
	switch {
	case paths.found:
		return append(steps, &routing.Jump{To: b.pathMap(paths.Object, around), Span: paths.at})
	case paths.set():
		return append(steps, &routing.Opaque{Why: paths.why, Span: paths.at})
	case strings.EqualFold(rule.Get("ruleType").Text(), "PathBasedRouting"):
		b.problem(routing.Truncated, place(rule), fmt.Sprintf("rule %.100q is path-based and has no path map", rule.Name()), "export the gateway again, whole")
		return append(steps, &routing.Opaque{Why: "the rule is path-based and has no path map", Span: place(rule)})
	}
	return append(steps, b.destination(rule, route{shield: around})...)
}

// guards are what a rule asks before it routes.
func (b *builder) guards(rule azure.Object) []routing.Step {
	listener := b.resolve(rule, "httpListener", "httpListeners")
	steps := b.entra(rule)
	if demanded := b.demandsCertificate(listener.Object); demanded.IsSet() {
		at := demanded.Span
		steps = append(steps, &routing.Match{Span: at, Arms: []routing.Arm{{
			When: routing.Given{Value: demanded}, Label: "client without a trusted certificate", Span: at,
			Do: []routing.Step{&routing.Respond{Status: routing.DefaultOf("400", product), Label: "no client certificate", Span: at}},
		}}})
	}
	return steps
}

// entra lowers token validation: requests without a token that Entra issued for this gateway are refused, unless the action is
// Allow ("JSON Web Token validation"). SignalR's tokens are issued by the app server or the service.
func (b *builder) entra(rule azure.Object) []routing.Step {
	config := b.resolve(rule, "entraJWTValidationConfig", "entraJWTValidationConfigs")
	if !config.set() {
		return nil
	}
	action := chosen("entraJWTValidationConfigs", config.Object, "unAuthorizedRequestAction")
	switch {
	case !config.found:
		return []routing.Step{&routing.Opaque{Why: config.why, Span: config.at}}
	case action.IsUnknown():
		return []routing.Step{&routing.Opaque{Why: action.Why(), Span: action.Span}}
	case strings.EqualFold(action.Text(), "Allow"):
		return nil
	}
	at := action.Span
	if at.IsZero() {
		at = config.at
	}
	return []routing.Step{&routing.Respond{Status: routing.Of("401", at), Label: "Entra did not issue the token", Span: at}}
}

// pathMap lowers a path map into a block: its patterns in listed order, then the default. Several rules may share one, unless a firewall of
// their listeners tells them apart.
func (b *builder) pathMap(o azure.Object, around shield) string {
	name := "path map " + o.Name()
	if around.key != b.shield.key {
		name += " behind " + around.key
	}
	if _, done := b.g.Blocks[name]; done {
		return name
	}
	b.g.Blocks[name] = nil
	var arms, near []routing.Arm
	if rules := o.Get("pathRules"); rules.Kind() == jsontree.Unknown {
		arms = append(arms, mayEnd(rules.Text(), rules.Span()))
	}
	b.uniquePaths(o)
	otherwise := b.destination(o, route{prefix: "default", pathMap: name, inMap: true, shield: around})
	for _, rule := range o.List("pathRules") {
		if rule.Node.Kind() == jsontree.Unknown {
			arms = append(arms, mayEnd(rule.Node.Text(), rule.Span()))
			continue
		}
		shield := b.shieldOf(rule, around)
		for n := range listed(rule.Get("paths")) {
			p := b.pattern(n)
			label := fmt.Sprintf("path rule %.100q (%s)", rule.Name(), p.text)
			arms = append(arms, routing.Arm{When: p.when, Label: label, Span: n.Span(), Do: b.destination(rule, route{pathMap: name, inMap: true, literal: p.literal, shield: shield})})
			near = append(near, p.nearMiss(label, otherwise)...)
		}
	}
	arms = append(arms, near...)
	arms = append(arms, routing.Arm{When: routing.Always{}, Label: fmt.Sprintf("default of path map %.100q", o.Name()), Span: place(o), Do: otherwise})
	b.g.Blocks[name] = []routing.Step{&routing.Match{Arms: arms, Span: place(o)}}
	return name
}

// listed are the items of a list, or a single value that stands without its list.
func listed(n *jsontree.Node) func(func(*jsontree.Node) bool) {
	if n.Kind() == jsontree.List {
		return n.All()
	}
	return func(yield func(*jsontree.Node) bool) {
		if !n.Unset() {
			yield(n)
		}
	}
}
