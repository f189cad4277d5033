// Package firewall compiles the policies of Azure Web Application Firewall into steps of the common model: those of Application Gateway and
// of Front Door.
//
// What the product does is taken from Microsoft's documents, which the functions name by their page titles on learn.microsoft.com under "Web
// Application Firewall". Custom rules that the request alone decides become conditions, as do limits of size. What reading cannot decide
// becomes the setting Inspection: whether a managed rule takes an access token for an attack, say, or which clients come from a blocked
// country.
package firewall

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Policy is what one firewall is told to do.
type Policy struct {
	product  string
	name     string
	at       routing.Span
	enabled  routing.Value // "true" or "false"
	mode     routing.Value // Prevention or Detection, in lower case
	custom   []rule
	managed  []managedSet
	excluded []azure.Object
	body     bodyLimit
	status   routing.Value // of what is blocked
}

// bodyLimit is the longest body that is let in.
type bodyLimit struct {
	enforced routing.Value
	kilobyte routing.Value
}

// Variables in which the steps leave what they cannot decide.
var (
	inspected = routing.Place{Kind: routing.InVar, Name: ":firewall inspection"}
	bounded   = routing.Place{Kind: routing.InVar, Name: ":firewall rate"}
)

// Settings are what the steps leave for the Forward behind them.
func Settings(s routing.Settings) {
	s[routing.Inspection] = routing.Part{Of: inspected}
	s[routing.RateLimit] = routing.Part{Of: bounded}
}

// NotRead is for a firewall whose policy could not be read.
func NotRead(name, why string, at routing.Span) []routing.Step {
	return []routing.Step{inspects("firewall policy "+name+", which was not read"+why, at)}
}

// inspects notes that something looks at the request and may turn it away.
func inspects(what string, at routing.Span) routing.Step {
	return &routing.Set{What: inspected, To: routing.Lit{Value: routing.Of(what, at)}, Span: at}
}

// Steps are what the firewall does with a request before the gateway sends it on: custom rules by priority, of which the first that allows or
// blocks ends the search ("Custom rules overview"), then the limit of size, then the managed rules. In detection mode nothing is blocked.
func (p Policy) Steps() []routing.Step {
	switch {
	case p.enabled.Text() == "false" || p.mode.Text() == "detection":
		return nil
	case p.enabled.IsUnknown():
		return []routing.Step{inspects("firewall policy "+p.name+", of which it is not known whether it is enabled ("+p.enabled.Why()+")", p.enabled.Span)}
	case p.mode.IsUnknown():
		return []routing.Step{inspects("firewall policy "+p.name+", of which it is not known whether it blocks ("+p.mode.Why()+")", p.mode.Span)}
	}
	return p.rules(p.custom)
}

// rules are the custom rules from one on, and what comes behind them all.
func (p Policy) rules(list []rule) []routing.Step {
	if len(list) == 0 {
		return append(p.tooLong(), p.inspection()...)
	}
	first, rest := list[0], p.rules(list[1:])
	arm := routing.Arm{When: first.when, Label: first.label, Span: first.at}
	switch {
	case first.unsure != "":
		arm.Label = ""
		arm.Do = []routing.Step{inspects(first.unsure, first.at)}
	case first.rate:
		arm.Do = []routing.Step{&routing.Set{What: bounded, To: routing.Lit{Value: routing.Of(first.label, first.at)}, Span: first.at}}
	case first.action == "allow":
		otherwise := routing.Arm{When: routing.Always{}, Do: rest, Span: first.at}
		return []routing.Step{&routing.Match{Arms: []routing.Arm{arm, otherwise}, Span: first.at}}
	case first.action == "redirect": // "Custom rules for Web Application Firewall with Azure Front Door": action
		arm.Do = []routing.Step{&routing.Respond{Status: routing.Of("302", first.at), Label: "redirected by " + first.label, Reason: routing.Blocked, Span: first.at}}
	case first.action == "block":
		arm.Do = []routing.Step{p.block("blocked by "+first.label, first.at)}
	default: // Log goes on
		return rest
	}
	return append([]routing.Step{&routing.Match{Arms: []routing.Arm{arm}, Span: first.at}}, rest...)
}

func (p Policy) block(label string, at routing.Span) routing.Step {
	return &routing.Respond{Status: p.status, Label: label, Reason: routing.Blocked, Span: at}
}

// tooLong turns bodies away that exceed the limit ("Web Application Firewall request and file upload size limits").
func (p Policy) tooLong() []routing.Step {
	limit, enforced := p.body.kilobyte, p.body.enforced
	n, ok := parseSize(limit.Text())
	switch {
	case enforced.Text() == "false" || !limit.IsSet():
		return nil
	case enforced.IsUnknown():
		return []routing.Step{inspects("firewall policy "+p.name+", of which it is not known whether it bounds bodies ("+enforced.Why()+")", enforced.Span)}
	case !ok:
		return []routing.Step{inspects("firewall policy "+p.name+", whose limit of bodies is not known", limit.Span)}
	}
	at := limit.Span
	if at.IsZero() {
		at = p.at
	}
	const kilobyte = 1024
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{
		When: routing.Over{Of: routing.Read(routing.InBodySize, ""), Max: n * kilobyte}, Span: at,
		Label: "firewall policy " + p.name + " takes bodies of " + limit.Text() + " KB at most",
		Do:    []routing.Step{&routing.Respond{Status: routing.DefaultOf("413", p.product), Label: "blocked for its size", Reason: routing.TooLong, Span: at}},
	}}}}
}

// lowered is a text property in lower case, with a default.
func lowered(o azure.Object, name string, otherwise routing.Value) routing.Value {
	return azure.Lowered(azure.Filled(o.Get(name))).Or(otherwise)
}

// switched is a state that is Enabled or Disabled, as a boolean.
func switched(v routing.Value) routing.Value {
	switch {
	case v.State() != routing.Known:
		return v
	case strings.EqualFold(v.Text(), "Disabled"), strings.EqualFold(v.Text(), "false"):
		return v.Became("false")
	}
	return v.Became("true")
}
