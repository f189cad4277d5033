package firewall

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// rule is one custom rule that may decide something.
type rule struct {
	priority int
	action   string // allow, block, redirect, or what goes on
	rate     bool   // it counts requests
	when     routing.Cond
	label    string
	unsure   string // what may turn requests away for which the condition holds; empty where it is certain
	at       routing.Span
}

// customRules are the enabled ones by priority. Some of which nothing is known may turn anything away.
func customRules(in azure.Object, name string, read func(azure.Object) condition) []rule {
	var out []rule
	if n := in.Get(name); n.Kind() == jsontree.Unknown {
		return []rule{{when: routing.Always{}, unsure: "custom rules, which are not known: " + n.Text(), at: n.Span()}}
	}
	for _, o := range in.List(name) {
		if strings.EqualFold(cmp.Or(o.Get("state").Text(), o.Get("enabledState").Text()), "Disabled") {
			continue
		}
		out = append(out, customRule(o, read))
	}
	slices.SortStableFunc(out, func(x, y rule) int { return cmp.Compare(x.priority, y.priority) })
	return out
}

// customRule compiles one. Its conditions must all hold; a part of them that hangs on who the client is, or on what the model has no word
// for, leaves open whether the rule applies. A rule that allows and may not apply is left out: then the managed rules have their say.
func customRule(o azure.Object, read func(azure.Object) condition) rule {
	r := rule{label: fmt.Sprintf("custom rule %.100q", o.Name()), at: nameSpan(o)}
	r.priority, _ = azure.Number(o.Get("priority"))
	r.action = strings.ToLower(o.Get("action").Text())
	r.rate = strings.EqualFold(o.Get("ruleType").Text(), "RateLimitRule")
	var all routing.All
	var why string
	for _, c := range o.List("matchConditions") {
		part := read(c)
		if part.why != "" {
			why = part.why
		}
		if part.when == nil {
			continue
		}
		all = append(all, part.when)
		if !part.at.IsZero() {
			r.at = part.at
		}
	}
	r.when = all
	for _, n := range []*jsontree.Node{o.Node, o.Get("action"), o.Get("priority"), o.Get("state"), o.Get("enabledState"), o.Get("ruleType"), o.Get("matchConditions")} {
		if n.Kind() == jsontree.Unknown {
			why = n.Text()
		}
	}
	switch {
	case r.rate:
		r.label = fmt.Sprintf("%s (%s requests in %s)", r.label, o.Get("rateLimitThreshold").Text(), cmp.Or(o.Get("rateLimitDuration").Text(), o.Get("rateLimitDurationInMinutes").Text()+" minutes"))
	case r.action == "allow" && why != "":
		r.action = "log"
	case why != "" && r.action != "log":
		r.unsure = r.label + ", of which it is not known whether it applies: " + why
	case r.action != "allow" && r.action != "block" && r.action != "redirect" && r.action != "log":
		r.unsure = r.label + fmt.Sprintf(", which has the action %q", r.action)
	}
	return r
}

// condition is one of a rule's conditions, or why it cannot be decided, with what must hold in any case.
type condition struct {
	when routing.Cond
	why  string
	at   routing.Span // of what is searched for
}

// gatewayRule reads a condition of Application Gateway: one of its variables must fit one of its values.
func gatewayRule(c azure.Object) condition {
	var out condition
	var fits routing.Any
	variables, negation := c.List("matchVariables"), cmpNode(c.Get("negationConditon"), c.Get("negationCondition"))
	for _, v := range variables {
		subject, why := subjectOf(v.Get("variableName").Text(), v.Get("selector"), false)
		if why != "" {
			return undecided(why, len(variables) == 1 && asksFor(negation))
		}
		one := compared(c, subject, v.Get("variableName").Text(), "matchValues")
		if one.why != "" {
			return one
		}
		fits, out.at = append(fits, one.when), one.at
	}
	if c.Node.Kind() == jsontree.Unknown || c.Get("matchVariables").Kind() == jsontree.Unknown {
		return condition{why: "a condition of it is not known"}
	}
	out.when = fits
	return negated(out, negation)
}

// frontDoorRule reads a condition of Front Door, which has one variable.
func frontDoorRule(c azure.Object) condition {
	if c.Node.Kind() == jsontree.Unknown {
		return condition{why: c.Node.Text()}
	}
	subject, why := subjectOf(c.Get("matchVariable").Text(), c.Get("selector"), true)
	if why != "" {
		return undecided(why, asksFor(c.Get("negateCondition")))
	}
	return negated(compared(c, subject, c.Get("matchVariable").Text(), "matchValue"), c.Get("negateCondition"))
}

// undecided is a condition that the request does not decide. One that must find something in a body, and has no other way to hold, concerns
// requests with a body.
func undecided(why string, mustFind bool) condition {
	if why == inBodies && mustFind {
		return condition{why: why, when: routing.Over{Of: routing.Read(routing.InBodySize, "")}}
	}
	return condition{why: why}
}

func cmpNode(a, b *jsontree.Node) *jsontree.Node {
	if a.Unset() {
		return b
	}
	return a
}

// asksFor reports whether a condition is known not to be turned around.
func asksFor(negation *jsontree.Node) bool {
	v := azure.Flag(negation)
	return !v.IsUnknown() && v.Text() != "true"
}

func negated(c condition, flag *jsontree.Node) condition {
	switch v := azure.Flag(flag); {
	case c.why != "":
	case v.IsUnknown():
		c.why = v.Why()
	case v.Text() == "true":
		c.when = routing.Not{Cond: c.when}
	}
	return c
}
