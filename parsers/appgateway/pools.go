package appgateway

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

const roundRobin = "round robin"

// pool lowers a backend pool as one backend setting reaches it: the setting has the port and the affinity.
func (b *builder) pool(pool, settings azure.Object) string {
	return b.keep(pool, settings, func() []routing.Member { return members(pool, settings, 0) }, roundRobin, nil)
}

// balanced lowers a load distribution policy: weighted pools, and an algorithm of its own.
func (b *builder) balanced(policy, settings azure.Object) string {
	all := func() []routing.Member {
		targets := policy.Get("loadDistributionTargets")
		if targets.Kind() == jsontree.Unknown {
			return []routing.Member{{Address: azure.Text(targets), Span: targets.Span()}}
		}
		var out []routing.Member
		for _, target := range policy.List("loadDistributionTargets") {
			weight, _ := azure.Number(target.Get("weightPerServer"))
			pool := b.resolve(target, "backendAddressPool", "backendAddressPools")
			if !pool.found {
				lost := routing.UnknownOf(pool.reason("a target of the policy has no pool"), place(target))
				out = append(out, routing.Member{Address: lost, Weight: weight, Span: lost.Span})
				continue
			}
			out = append(out, members(pool.Object, settings, weight)...)
		}
		return out
	}
	algorithm := chosen("loadDistributionPolicies", policy, "loadDistributionAlgorithm").Or(routing.DefaultOf("RoundRobin", product))
	var key routing.Expr
	switch {
	case algorithm.IsUnknown():
		key = routing.Lit{Value: algorithm}
	case strings.EqualFold(algorithm.Text(), "IpHash"):
		key = routing.ReadOriginal(routing.InClientIP, "")
	}
	return b.keep(policy, settings, all, "load distribution policy: "+algorithm.String(), key)
}

func (b *builder) keep(o, settings azure.Object, all func() []routing.Member, how string, key routing.Expr) string {
	name := strings.ToLower(o.Name() + " with " + settings.Name())
	if how != roundRobin {
		name = "policy " + name
	}
	if _, done := b.g.Pools[name]; done {
		return name
	}
	p := &routing.Pool{Name: o.Name(), Members: all(), Span: place(o), Pick: routing.Pick{How: how, Key: key, Span: place(o)}}
	if cookie := affinityCookie(settings); cookie != "" {
		p.Pick = routing.Pick{How: "cookie " + cookie, Cookie: true, Span: settings.Get("cookieBasedAffinity").Span()}
	}
	b.g.Pools[name] = p
	return name
}

// affinityCookie is the cookie by which the gateway knows clients again ("HTTP settings configuration": cookie-based affinity);
// those who send none are balanced like all others.
func affinityCookie(settings azure.Object) string {
	if !strings.EqualFold(settings.Get("cookieBasedAffinity").Text(), "Enabled") {
		return ""
	}
	if name := settings.Get("affinityCookieName"); name.Kind() == jsontree.String && name.Text() != "" {
		return name.Text()
	}
	return "ApplicationGatewayAffinity"
}

func members(pool, settings azure.Object, weight int) []routing.Member {
	addresses := pool.Get("backendAddresses")
	if addresses.Kind() == jsontree.Unknown {
		return []routing.Member{{Address: azure.Text(addresses), Span: addresses.Span()}}
	}
	port := azure.Text(settings.Get("port"))
	var out []routing.Member
	for _, o := range pool.List("backendAddresses") {
		name := memberName(o)
		out = append(out, routing.Member{Address: azure.AddressWith(name, port), Weight: weight, Span: name.Span})
	}
	return out
}

// memberName is the name or the address of a member.
func memberName(o azure.Object) routing.Value {
	name := azure.Filled(o.Get("fqdn")).Or(azure.Filled(o.Get("ipAddress")))
	return name.Or(routing.UnknownOf("the pool member has neither a name nor an address", o.Span()))
}
