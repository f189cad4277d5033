package frontdoor

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// door is one host name that clients use, with the routes that are tied to it.
type door struct {
	host   routing.Value // a name, or a mask with one asterisk
	minTLS routing.Value
	routes []*route
	span   routing.Span
	domain string         // the endpoint or custom domain that the firewall knows it by: its kind and name, in lower case
	guards []routing.Step // the firewall before its routes
}

// doors are the host names of all enabled endpoints: their own, and the custom domains of their routes.
func (b *builder) doors() []*door {
	byHost := map[string]*door{}
	var all []*door
	add := func(host, minTLS routing.Value, at routing.Span, r *route, domain string) {
		key := host.Text() + host.Why()
		if byHost[key] == nil {
			byHost[key] = &door{host: host, minTLS: minTLS, span: at, domain: domain}
			all = append(all, byHost[key])
		}
		byHost[key].routes = append(byHost[key].routes, r)
	}
	for _, endpoint := range b.parts["afdendpoints"] {
		if strings.EqualFold(endpoint.Get("enabledState").Text(), "Disabled") {
			continue
		}
		for _, p := range b.parts["routes"] {
			if !p.below(endpoint) || strings.EqualFold(p.Get("enabledState").Text(), "Disabled") {
				continue
			}
			r := b.route(p)
			r.within = azure.OneOf(endpoint.Get("enabledState"), states...)
			b.ownDomain(endpoint, r, p, add)
			b.customDomains(p, r, add)
		}
	}
	b.guard(all)
	return all
}

type addDoor func(host, minTLS routing.Value, at routing.Span, r *route, domain string)

// ownDomain ties a route to the endpoint's own host name, unless it is not linked to it. Azure makes that name of the endpoint's and a hash
// ("Endpoints in Azure Front Door"), so that templates do not hold it.
func (b *builder) ownDomain(endpoint part, r *route, p part, add addDoor) {
	linked := azure.OneOf(p.Get("linkToDefaultDomain"), states...)
	if strings.EqualFold(linked.Text(), "Disabled") || !linked.IsSet() {
		return
	}
	host := azure.Lowered(azure.Filled(endpoint.Get("hostName")))
	if host.State() != routing.Known {
		host = routing.Of(strings.ToLower(azure.LastSegment(endpoint.Own()))+"-*.azurefd.net", place(endpoint.Object))
	}
	if linked.IsUnknown() {
		r = r.onlyIf(linked)
	}
	add(host, routing.UnknownOf("which versions of TLS an endpoint's own host name offers is not in its description", place(endpoint.Object)), place(endpoint.Object), r, domainKey("afdEndpoints", endpoint.Own()))
}

func (b *builder) customDomains(p part, r *route, add addDoor) {
	list := p.Get("customDomains")
	if list.Kind() == jsontree.Unknown {
		add(azure.Text(list), routing.Value{}, list.Span(), r, "")
		return
	}
	for _, o := range p.List("customDomains") {
		id := o.Get("id")
		domain, why := b.find(id, "customDomains")
		if why != "" {
			add(routing.UnknownOf(why, id.Span()), routing.Value{}, id.Span(), r, "")
			continue
		}
		host := azure.Lowered(azure.Filled(domain.Get("hostName"))).Or(routing.UnknownOf("the custom domain has no host name", place(domain.Object)))
		add(host, minTLS(domain.Object), host.Span, r, domainKey("customDomains", domain.Own()))
	}
}

// minTLS is the lowest version of TLS that a custom domain offers.
func minTLS(domain azure.Object) routing.Value {
	n := domain.Child("tlsSettings").Get("minimumTlsVersion")
	v := azure.Filled(n)
	if version, ok := map[string]string{"tls10": "TLS1.0", "tls1_0": "TLS1.0", "tls12": "TLS1.2", "tls1_2": "TLS1.2", "tls13": "TLS1.3"}[strings.ToLower(v.Text())]; ok {
		return v.Became(version)
	}
	if v.State() == routing.Known {
		return azure.UnknownAs(n, fmt.Sprintf("no TLS version is called %.20q", v.Text()))
	}
	return v.Or(routing.UnknownOf("the custom domain states no lowest version of TLS", place(domain)))
}

// when is the condition that a request is for this host.
func (d *door) when() routing.Cond {
	host := routing.Read(routing.InHost, "")
	before, after, mask := strings.Cut(d.host.Text(), "*")
	switch {
	case d.host.State() != routing.Known:
		return routing.Given{Value: d.host.Or(routing.UnknownOf("the host name is not known", d.span))}
	case mask:
		return routing.All{routing.Prefix{Of: host, Want: before}, routing.Suffix{Of: host, Want: after}}
	}
	return routing.Equal{Of: host, To: routing.Lit{Value: d.host}}
}

// rank orders host names: what cannot be decided may come first, exact names come before masks, and long masks before short ones.
func (d *door) rank() int {
	switch {
	case d.host.State() != routing.Known:
		return 0
	case !strings.Contains(d.host.Text(), "*"):
		return 1
	}
	const longest = 1000
	return longest - len(d.host.Text())
}
