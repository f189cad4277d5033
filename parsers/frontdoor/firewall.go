package frontdoor

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/azure/firewall"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// guard puts the firewall before the routes of every host that a security policy ties to it ("Routing architecture overview": the firewall's
// rules are evaluated before a route is looked for). A profile without security policies may have some in what was not read; of one all of
// whose hosts are tied to a policy, that is all there is.
func (b *builder) guard(all []*door) {
	b.g.LimitsKnown = len(all) > 0
	for _, d := range all {
		for _, p := range b.parts["securitypolicies"] {
			d.guards = append(d.guards, b.guards(p, d)...)
		}
		b.g.LimitsKnown = b.g.LimitsKnown && len(d.guards) > 0
	}
}

// guards are the firewall of a security policy, where it is for a host or may be.
func (b *builder) guards(p part, d *door) []routing.Step {
	parameters := p.Child("parameters")
	id := parameters.Reference("wafPolicy")
	unsure := func(why string, at routing.Span) []routing.Step {
		return []routing.Step{maybe(routing.UnknownOf(why, at), "a firewall policy may be for this host", b.shield(id))}
	}
	switch n := parameters.Get("associations"); {
	case parameters.Node.Kind() == jsontree.Unknown || n.Kind() == jsontree.Unknown:
		why := fmt.Sprintf("for which hosts security policy %.100q is, is not known", p.Own())
		return unsure(why, place(p.Object))
	case id.Unset():
		return nil
	}
	for _, a := range parameters.List("associations") {
		covers, why := b.covers(a, d)
		switch {
		case why != "":
			return unsure(why, place(p.Object))
		case covers:
			return b.onPaths(a, b.shield(id))
		}
	}
	return nil
}

// covers reports whether an association is for a host, or why that cannot be told.
func (b *builder) covers(a azure.Object, d *door) (yes bool, why string) {
	domains := a.Get("domains")
	if domains.Kind() == jsontree.Unknown {
		return false, domains.Text()
	}
	for _, o := range a.List("domains") {
		id := o.Get("id")
		if id.Kind() != jsontree.String {
			why = azure.ReasonOf(azure.Text(id), "a domain of the security policy has no id")
			continue
		}
		kind, _ := azure.SplitID(id.Text())
		if d.domain != "" && d.domain == domainKey(azure.LastSegment(kind), azure.LastSegment(id.Text())) {
			return true, ""
		}
	}
	if d.domain == "" && why == "" {
		why = "whether a security policy is for this host is not known, because the host is not"
	}
	return false, why
}

// onPaths bounds a firewall to the patterns of its association, of which Azure takes /* only so far.
func (b *builder) onPaths(a azure.Object, shield routing.Step) []routing.Step {
	var arms []routing.Arm
	for _, p := range patternsOf(a) {
		if p.text.Text() == "/*" {
			return []routing.Step{shield}
		}
		arms = append(arms, routing.Arm{When: p.when(), Do: []routing.Step{shield}, Span: p.at})
	}
	return []routing.Step{&routing.Match{Arms: arms, Span: a.Span()}}
}

// domainKey names an endpoint or a custom domain.
func domainKey(kind, name string) string { return strings.ToLower(kind + "/" + name) }

// shield is the step of a firewall policy. It is filled in when the policy, which may stand in another input, is read.
func (b *builder) shield(id *jsontree.Node) routing.Step {
	key := strings.ToLower(id.Text())
	if s := b.shields[key]; s != nil {
		return s
	}
	name, why := azure.LastSegment(id.Text()), ""
	if id.Kind() != jsontree.String {
		name, why = "that is not named", " ("+azure.ReasonOf(azure.Text(id), "there is no reference to it")+")"
	}
	s := &routing.Match{Span: id.Span(), Arms: []routing.Arm{{When: routing.Always{}, Do: firewall.NotRead(name, why, id.Span()), Span: id.Span()}}}
	b.shields[key] = s
	b.use(azure.FrontDoorFirewallPolicy, "firewall policy", id, func(r *azure.Resource) {
		s.Arms[0].Do = firewall.OfFrontDoor(r.Object).Steps()
	})
	return s
}
