package firewall

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// managedSet is a set of rules that Microsoft keeps.
type managedSet struct {
	kind, version string
	at            routing.Span
}

func managedSets(o azure.Object) []managedSet {
	var out []managedSet
	list := o.Child("managedRules").Get("managedRuleSets")
	if list.Kind() == jsontree.Unknown {
		return []managedSet{{kind: "a managed rule set that is not known: " + list.Text(), at: list.Span()}}
	}
	for _, set := range o.Child("managedRules").List("managedRuleSets") {
		out = append(out, managedSet{set.Get("ruleSetType").Text(), set.Get("ruleSetVersion").Text(), set.Get("ruleSetType").Span()})
	}
	return out
}

// looksAtArguments reports whether a set searches arguments for attacks. The one that tells bots looks at who asks.
func (s managedSet) looksAtArguments() bool {
	return !strings.Contains(strings.ToLower(s.kind), "bot") && !strings.Contains(strings.ToLower(s.kind), "ddos")
}

// suspicious are the arguments of SignalR's requests whose values look like attacks to managed rules: a token in base64url has dashes in
// pairs, which rules take for comments of SQL, and the id of a connection is base64 too.
var suspicious = []string{"access_token", "id"}

// inspection is that of the managed rules: which values of an argument trip one, reading cannot tell. Arguments that are excluded are not
// looked at ("Web Application Firewall exclusion lists").
func (p Policy) inspection() []routing.Step {
	i := slices.IndexFunc(p.managed, managedSet.looksAtArguments)
	if i < 0 {
		return nil
	}
	set := p.managed[i]
	var out []routing.Step
	for _, argument := range suspicious {
		if slices.ContainsFunc(p.excluded, func(e azure.Object) bool { return excludes(e, set, argument) }) {
			continue
		}
		given := routing.Longer{Of: routing.Read(routing.InArgument, argument)}
		unset := routing.Equal{Of: routing.Part{Of: inspected}, To: routing.Text("")}
		name := strings.TrimSpace(set.kind + " " + set.version)
		out = append(out, &routing.Match{Span: set.at, Arms: []routing.Arm{{
			When: routing.All{unset, given}, Span: set.at,
			Do: []routing.Step{inspects("firewall policy "+p.name+", whose managed rules ("+name+") look for attacks in the argument "+argument+" and block what they take for one", set.at)},
		}}})
	}
	return out
}

// excludes reports whether an exclusion keeps every rule of a set from the value of an argument.
func excludes(e azure.Object, set managedSet, argument string) bool {
	switch strings.ToLower(e.Get("matchVariable").Text()) {
	case "requestargnames", "requestargvalues", "querystringargnames":
	default:
		return false
	}
	if !concerns(e, set) {
		return false
	}
	selector := e.Get("selector").Text()
	switch strings.ToLower(e.Get("selectorMatchOperator").Text()) {
	case "equals":
		return selector == argument
	case "startswith":
		return strings.HasPrefix(argument, selector)
	case "endswith":
		return strings.HasSuffix(argument, selector)
	case "contains":
		return strings.Contains(argument, selector)
	case "equalsany":
		return true
	}
	return false
}

// concerns reports whether an exclusion is for a rule set as a whole: for all sets, or for that one and not only for groups of its rules.
func concerns(e azure.Object, set managedSet) bool {
	list := e.Get("exclusionManagedRuleSets")
	if list.Len() == 0 {
		return list.Kind() != jsontree.Unknown
	}
	return slices.ContainsFunc(e.List("exclusionManagedRuleSets"), func(o azure.Object) bool {
		groups := o.Get("ruleGroups")
		return strings.EqualFold(o.Get("ruleSetType").Text(), set.kind) && o.Get("ruleSetVersion").Text() == set.version && groups.Len() == 0 && groups.Kind() != jsontree.Unknown
	})
}
