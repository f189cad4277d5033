// Package frontdoor compiles an Azure Front Door into the common model: the profile of Standard and Premium with its children, and the
// classic resource.
//
// What the product does is taken from Microsoft's documents, which the functions name by their page titles on learn.microsoft.com under
// "Azure Front Door". Where they leave something open, the program gets an unknown value with the question as its reason, never a guess.
package frontdoor

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// product is whose defaults apply.
const product = "Front Door"

// bounds are of all tiers ("Azure subscription and service limits": Azure Front Door, other limits). The arguments beside the token take some 150
// bytes.
const bounds = "Front Door takes a query of at most 4096 bytes, so that the access token of a WebSocket or an event stream of a browser does not fit into one from about 3900 characters on; " +
	"whether your app issues such is not known"

// Lower compiles a profile of Standard or Premium when the estate is closed: its children are resources of their own, which other inputs
// may hold. It returns nil for a profile of Azure CDN, which is of the same type.
func Lower(r *azure.Resource, estate *azure.Estate) *routing.Gateway {
	if sku := azure.Text(r.Child("sku").Get("name")); sku.State() == routing.Known && !strings.HasSuffix(strings.ToLower(sku.Text()), "azurefrontdoor") {
		return nil
	}
	b := newBuilder(r, estate)
	estate.Later(func() {
		b.gather()
		if !slices.ContainsFunc(b.parts["origins"], func(o part) bool { return !o.Get("sharedPrivateLinkResource").Unset() }) {
			b.g.Outside = outside
		}
		b.listen(b.doors())
		b.timeInBounds(b.r.Get("originResponseTimeoutSeconds"))
	})
	return b.g
}

// LowerClassic compiles a classic Front Door.
func LowerClassic(r *azure.Resource, estate *azure.Estate) *routing.Gateway {
	b := newBuilder(r, estate)
	b.classic, b.g.Outside = true, outside
	b.g.Retired = routing.Note{Span: r.Span(), Text: "the classic tier of Front Door is retired on 31 March 2027: migrate to Standard or Premium"}
	for _, rule := range b.r.List("routingRules") {
		b.oneOf(rule.Get("enabledState"), "enabledState", states)
		b.oneOf(rule.Child("routeConfiguration").Get("forwardingProtocol"), "forwardingProtocol", forwarding)
	}
	b.listen(b.classicDoors())
	b.g.LimitsKnown = true // the link to a firewall policy stands in the endpoint
	b.timeInBounds(b.r.Child("backendPoolsSettings").Get("sendRecvTimeoutSeconds"))
	return b.g
}

var outside = routing.Note{Text: "Front Door stands in no network of anybody's"}

func newBuilder(r *azure.Resource, estate *azure.Estate) *builder {
	return &builder{r: r, estate: estate, parts: map[string][]part{}, g: &routing.Gateway{
		Kind: "frontdoor", Name: r.Title, Span: r.Span(), Problems: r.Problems,
		Pools: map[string]*routing.Pool{}, Blocks: map[string][]routing.Step{}, Bounds: bounds,
	}, shields: map[string]*routing.Match{}}
}

// builder compiles one Front Door.
type builder struct {
	r       *azure.Resource
	estate  *azure.Estate
	g       *routing.Gateway
	parts   map[string][]part         // by the last word of their type, in lower case
	shields map[string]*routing.Match // of the firewall, by policy
	classic bool
}

func (b *builder) problem(kind routing.ProblemKind, at routing.Span, message, fix string) {
	const enough = 100
	p := routing.Problem{Kind: kind, Span: at, Message: message, Fix: fix}
	if len(b.g.Problems) < enough && !slices.Contains(b.g.Problems, p) {
		b.g.Problems = append(b.g.Problems, p)
	}
}
