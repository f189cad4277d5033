package appgateway

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// refuse notes that Azure does not accept something.
func (b *builder) refuse(at routing.Span, message, fix string) {
	b.problem(routing.Refused, at, message, fix)
}

// accepted notes what Azure does not accept beside what routing comes across, whether or not a request depends on it: it takes a gateway as a
// whole or not at all.
func (b *builder) accepted() {
	b.inBounds()
	b.inWords()
	b.complete()
	b.oneRuleEach()
	for _, listener := range b.r.List("httpListeners") {
		b.acceptedListener(listener)
	}
	for _, o := range b.r.List("backendHttpSettingsCollection") {
		b.resolveAll(o, "trustedRootCertificates", "trustedRootCertificates")
		b.resolveAll(o, "authenticationCertificates", "authenticationCertificates")
		b.probedAsUsed(o)
	}
	for _, o := range b.r.List("sslProfiles") {
		b.resolveAll(o, "trustedClientCertificates", "trustedClientCertificates")
	}
	for _, o := range b.r.List("redirectConfigurations") {
		b.oneTarget(o)
	}
	for _, o := range b.r.List("probes") {
		if path := o.Get("path"); path.Kind() == jsontree.String && path.Text() != "" && !strings.HasPrefix(path.Text(), "/") {
			b.refuse(path.Span(), fmt.Sprintf("the path of probe %.100q does not begin with a slash", o.Name()), "write it as /api/health")
		}
	}
	b.firewallFits()
	b.fitsGeneration()
}

// fitsGeneration: v1 has neither rewrites nor several or wildcard host names, v2 no certificates of backends (error
// ApplicationGatewayFeatureCannotBeEnabledForSelectedSku; "Rewrite HTTP headers and URL", "Hosting multiple sites").
func (b *builder) fitsGeneration() {
	const fix = "take the tier Standard_v2 or WAF_v2, or leave it out"
	switch b.generation {
	case v1:
		if sets := b.r.Get("rewriteRuleSets"); sets.Len() > 0 {
			b.refuse(sets.Span(), "generation v1 has no rewrite rules", fix)
		}
		for _, o := range b.r.List("httpListeners") {
			if hosts := hostsOf(o); len(hosts) > 1 || len(hosts) == 1 && hosts[0].pattern != nil {
				b.refuse(hosts[0].name.Span, fmt.Sprintf("listener %.100q has several host names, or a mask, and generation v1 takes one plain name", o.Name()), fix)
			}
		}
	case v2:
		if certificates := b.r.Get("authenticationCertificates"); certificates.Len() > 0 {
			b.refuse(certificates.Span(), "generation v2 has no authentication certificates", "give trustedRootCertificates, or none where a public authority signs, as for the service")
		}
	case unknownGeneration:
	}
}

// parts are the lists without which a gateway does not work, by the layer that it works at.
var parts = [][2]string{
	{"requestRoutingRules", "routingRules"},
	{"httpListeners", "listeners"},
	{"backendAddressPools", "backendAddressPools"},
	{"frontendIPConfigurations", "frontendIPConfigurations"},
	{"frontendPorts", "frontendPorts"},
}

// complete notes the lists that are missing altogether: what was read is cut, for Azure keeps no gateway without them.
func (b *builder) complete() {
	for _, names := range parts {
		if isEmpty(b.r.Get(names[0])) && isEmpty(b.r.Get(names[1])) {
			b.problem(routing.Truncated, place(b.r.Object), fmt.Sprintf("the gateway has no %s", names[0]), "export the gateway again, whole")
		}
	}
}

func isEmpty(n *jsontree.Node) bool { return n.Unset() || n.Kind() == jsontree.List && n.Len() == 0 }

// oneRuleEach: a listener belongs to one rule (error ApplicationGatewayRequestRoutingRulesUsingSameHttpListener).
func (b *builder) oneRuleEach() {
	first := map[string]string{}
	for _, rule := range b.r.List("requestRoutingRules") {
		listener := b.resolve(rule, "httpListener", "httpListeners")
		if !listener.found {
			continue
		}
		name := strings.ToLower(listener.Name())
		if other, taken := first[name]; taken {
			b.refuse(listener.at, fmt.Sprintf("rules %.100q and %.100q use the same listener %.100q", other, rule.Name(), listener.Name()), "give every rule a listener of its own, or make them path rules of one path map")
			continue
		}
		first[name] = rule.Name()
	}
}

// mostHostNames a listener can have ("Hosting multiple sites": wildcard host names in listener).
const mostHostNames = 5

// acceptedListener: one that speaks HTTPS has a certificate, and a listener has few names.
func (b *builder) acceptedListener(listener azure.Object) {
	certificate := b.resolve(listener, "sslCertificate", "sslCertificates")
	if strings.EqualFold(listener.Get("protocol").Text(), "Https") && !certificate.set() {
		b.refuse(place(listener), fmt.Sprintf("listener %.100q speaks HTTPS and has no certificate", listener.Name()), "give it an sslCertificate")
	}
	if names := listener.Get("hostNames"); names.Kind() == jsontree.List && names.Len() > mostHostNames {
		b.refuse(names.Span(), fmt.Sprintf("listener %.100q has %d host names, and %d are accepted", listener.Name(), names.Len(), mostHostNames), "spread them over several listeners")
	}
}

// resolveAll follows the references of a list, for the sake of those that lead nowhere.
func (b *builder) resolveAll(o azure.Object, property, into string) {
	for _, item := range o.List(property) {
		b.follow(item.Get("id"), property, into)
	}
}

// probedAsUsed: a probe speaks the protocol of the backend settings that use it (error
// ApplicationGatewayProbeProtocolMustMatchBackendHttpSettingsProtocol).
func (b *builder) probedAsUsed(settings azure.Object) {
	const list = "backendHttpSettingsCollection"
	probe := b.resolve(settings, "probe", "probes")
	if !probe.found {
		return
	}
	asks, travels := chosen("probes", probe.Object, "protocol"), chosen(list, settings, "protocol")
	if asks.State() == routing.Known && travels.State() == routing.Known && !strings.EqualFold(asks.Text(), travels.Text()) {
		at := asks.Span
		if strings.EqualFold(travels.Text(), "Http") {
			at = travels.Span
		}
		b.refuse(at, fmt.Sprintf("probe %.100q speaks %s and backend setting %.100q, which uses it, %s", probe.Name(), asks.Text(), settings.Name(), travels.Text()),
			"give both the protocol Https")
	}
}

// oneTarget: a redirect leads to a listener or to a URL.
func (b *builder) oneTarget(o azure.Object) {
	listener, url := o.Reference("targetListener"), azure.Filled(o.Get("targetUrl"))
	switch {
	case o.Node.Kind() == jsontree.Unknown:
	case !listener.Unset() && url.State() == routing.Known:
		b.refuse(url.Span, fmt.Sprintf("redirect %.100q leads to a listener and to a URL", o.Name()), "leave out targetListener or targetUrl")
	case listener.Unset() && !url.IsSet():
		b.refuse(place(o), fmt.Sprintf("redirect %.100q leads nowhere", o.Name()), "give it a targetListener or a targetUrl")
	}
}

// firewallFits: only the WAF tiers have a firewall (error ApplicationGatewayFirewallCannotBeEnabledForSelectedSku).
func (b *builder) firewallFits() {
	tier := azure.Text(b.r.Child("sku").Get("tier"))
	if tier.State() != routing.Known || strings.HasPrefix(strings.ToLower(tier.Text()), "waf") {
		return
	}
	if on := b.r.Child("webApplicationFirewallConfiguration").Get("enabled"); azure.On(on) {
		b.refuse(on.Span(), "the tier "+tier.Text()+" has no firewall", "take the tier WAF_v2, or leave out webApplicationFirewallConfiguration")
	}
}
