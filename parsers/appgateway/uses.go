package appgateway

import (
	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// use notes a reference to another resource, and does more with that resource if it is read.
func (b *builder) use(kind, called string, id *jsontree.Node, more func(*azure.Resource)) {
	if id.Unset() || id.Kind() == jsontree.String && id.Text() == "" {
		return
	}
	g, at, name := b.g, len(b.g.Uses), ""
	if id.Kind() == jsontree.String {
		name = azure.LastSegment(id.Text())
	}
	g.Uses = append(g.Uses, routing.Use{Kind: called, Name: name, At: id.Span()})
	b.estate.When(kind, id, func(r *azure.Resource) {
		if r == nil {
			return
		}
		g.Uses[at].Name, g.Uses[at].Read = r.Title, r.Span()
		if more != nil {
			more(r)
		}
	})
}

// publicName gives the sites that take every host the name of the public address, by which clients can reach them.
func (b *builder) publicName(l *routing.Listener, frontend azure.Object, sites []*site) {
	var open []string
	for _, s := range sites {
		if len(s.hosts) == 0 {
			open = append(open, s.block)
		}
	}
	b.use(azure.PublicIPAddress, "public address", frontend.Reference("publicIPAddress"), func(ip *azure.Resource) {
		name := azure.Filled(ip.Child("dnsSettings").Get("fqdn"))
		for _, v := range []routing.Value{name, azure.Filled(ip.Get("ipAddress"))} {
			if v.State() == routing.Known {
				l.Names = append(l.Names, v.Text())
			}
		}
		if name.State() != routing.Known {
			return
		}
		for _, block := range open {
			l.Hosts = append(l.Hosts, routing.HostEntry{Host: name.Text(), Block: block, Span: name.Span})
		}
	})
}

// network notes the virtual network that the gateway stands in.
func (b *builder) network() {
	g := b.g
	for _, c := range b.r.List("gatewayIPConfigurations") {
		b.estate.WhenIn(c.Reference("subnet"), func(network string) { g.Network = network })
	}
}
