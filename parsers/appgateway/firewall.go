package appgateway

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/azure/firewall"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// shield is the firewall that a request meets: a step that is filled in when the estate is closed, because its policy may stand in another
// input. The key tells it from others.
type shield struct {
	key  string
	step *routing.Match
}

// steps are those of a shield; none where there is no firewall.
func (s shield) steps() []routing.Step {
	if s.step == nil {
		return nil
	}
	return []routing.Step{s.step}
}

// shieldOf is the firewall of a listener or a path rule that has a policy of its own, else the one that stands around it. The most specific
// policy counts, and only that one ("Azure Web Application Firewall policy overview": per-site and per-URI policies).
func (b *builder) shieldOf(o azure.Object, around shield) shield {
	id := o.Reference("firewallPolicy")
	if id.Unset() || id.Kind() == jsontree.String && id.Text() == "" {
		return around
	}
	key := strings.ToLower(id.Text())
	if s, ok := b.shields[key]; ok {
		return s
	}
	s := newShield(key, id.Span(), firewall.NotRead(azure.LastSegment(id.Text()), "", id.Span()))
	b.shields[key] = s
	b.use(azure.FirewallPolicy, "firewall policy", id, func(r *azure.Resource) {
		s.step.Arms[0].Do = firewall.OfGateway(r.Object).Steps()
	})
	return s
}

// around is the firewall of the whole gateway: its policy, or the configuration that stands in it, which a policy replaces.
func (b *builder) around() shield {
	own := shield{}
	if inline := b.r.Child("webApplicationFirewallConfiguration"); !inline.Node.Unset() {
		steps := firewall.Inline(inline).Steps()
		if inline.Node.Kind() == jsontree.Unknown {
			steps = firewall.NotRead("of the gateway itself", " ("+inline.Node.Text()+")", inline.Span())
		}
		own = newShield("inline", inline.Span(), steps)
	}
	return b.shieldOf(b.r.Object, own)
}

func newShield(key string, at routing.Span, do []routing.Step) shield {
	return shield{key, &routing.Match{Span: at, Arms: []routing.Arm{{When: routing.Always{}, Do: do, Span: at}}}}
}
