package apim

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// openProduct is the product through which requests without a key reach an API ("Subscriptions in Azure API Management": open products); nil
// where there is none.
func (b *builder) openProduct(a *api) *azure.Part {
	for i, p := range b.parts["products"] {
		if azure.Flag(p.Get("subscriptionRequired")).Text() == "false" && b.holds(p, a) {
			return &b.parts["products"][i]
		}
	}
	return nil
}

// mayBeOpen is why it is not known whether a product that holds the API is open.
func (b *builder) mayBeOpen(a *api) routing.Value {
	for _, p := range b.parts["products"] {
		if v := azure.Flag(p.Get("subscriptionRequired")); v.IsUnknown() && b.holds(p, a) {
			return v
		}
	}
	switch {
	case b.unlisted("products"):
		return routing.UnknownOf("whether an open product holds the API is not known: no products were read", a.span)
	case b.unlisted("products/apis", "products/apilinks") && slices.ContainsFunc(b.parts["products"], func(p azure.Part) bool { return azure.Flag(p.Get("subscriptionRequired")).Text() != "true" }):
		return routing.UnknownOf("whether an open product holds the API is not known: which APIs products hold was not read", a.span)
	}
	return routing.Value{}
}

// holds reports whether an API is among those of a product. The link is a resource below the product, which is named for the API or refers to it.
func (b *builder) holds(product azure.Part, a *api) bool {
	base, _, _ := strings.Cut(a.Own(), ";rev=")
	links := append(slices.Clip(b.parts["products/apis"]), b.parts["products/apilinks"]...)
	return slices.ContainsFunc(links, func(link azure.Part) bool {
		if !link.Under(product) {
			return false
		}
		name := link.Own()
		if id := link.Get("apiId").Text(); id != "" {
			name = azure.LastSegment(id)
		}
		name, _, _ = strings.Cut(name, ";rev=")
		return strings.EqualFold(name, base)
	})
}

// admission turns requests without a subscription key away, which SignalR clients have nowhere to put: browsers cannot send a header with a
// WebSocket handshake, and the URL of a client endpoint takes no query.
func (b *builder) admission(a *api) []routing.Step {
	n := a.Get("subscriptionRequired")
	required := azure.Flag(n).Or(routing.DefaultOf("true", product))
	at := n.Span()
	if at.IsZero() {
		at = a.span
	}
	key := routing.Any{}
	names := a.Child("subscriptionKeyParameterNames")
	header, query := "Ocp-Apim-Subscription-Key", "subscription-key"
	if v := names.Get("header").Text(); v != "" {
		header = v
	}
	if v := names.Get("query").Text(); v != "" {
		query = v
	}
	key = append(key, sent(routing.Read(routing.InHeader, header)), sent(routing.Read(routing.InArgument, query)))
	refused := &routing.Respond{Status: routing.DefaultOf("401", product), Label: "a subscription key is required", Span: at}
	switch {
	case required.IsUnknown():
		return []routing.Step{maybe(required, "subscription key required", refused)}
	case required.Text() == "false", b.openProduct(a) != nil:
		return nil
	}
	otherwise := routing.Cond(routing.Always{})
	if v := b.mayBeOpen(a); v.IsUnknown() {
		otherwise = routing.Given{Value: v}
	}
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{
		{When: key, Label: "with a subscription key", Span: at},
		{When: otherwise, Label: "no subscription key", Span: at, Do: []routing.Step{refused}},
	}}}
}

// sent reports that a place of the request holds something.
func sent(of routing.Expr) routing.Cond {
	return routing.Not{Cond: routing.Equal{Of: of, To: routing.Text("")}}
}
