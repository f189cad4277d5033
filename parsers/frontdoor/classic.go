package frontdoor

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// classicDoors are the frontend endpoints of the classic tier, with the routing rules that name them.
func (b *builder) classicDoors() []*door {
	var all []*door
	for _, endpoint := range b.r.List("frontendEndpoints") {
		host := azure.Lowered(azure.Filled(endpoint.Get("hostName"))).Or(routing.UnknownOf("the frontend endpoint has no host name", place(endpoint)))
		d := &door{host: host, minTLS: minTLS(azure.Object{Node: endpoint.Get("customHttpsConfiguration")}), span: host.Span}
		cookie := strings.EqualFold(endpoint.Get("sessionAffinityEnabledState").Text(), "Enabled")
		for _, rule := range b.r.List("routingRules") {
			if names(rule, endpoint) && !strings.EqualFold(rule.Get("enabledState").Text(), "Disabled") {
				d.routes = append(d.routes, b.classicRoute(rule, endpoint, cookie))
			}
		}
		if id := endpoint.Reference("webApplicationFirewallPolicyLink"); !id.Unset() {
			d.guards = []routing.Step{b.shield(id)}
		}
		all = append(all, d)
	}
	return all
}

// names reports whether a rule is for an endpoint, as far as can be told.
func names(rule, endpoint azure.Object) bool {
	if rule.Get("frontendEndpoints").Kind() == jsontree.Unknown {
		return true
	}
	for _, ref := range rule.List("frontendEndpoints") {
		if id := ref.Get("id"); id.Kind() == jsontree.Unknown || strings.EqualFold(azure.LastSegment(id.Text()), endpoint.Name()) {
			return true
		}
	}
	return false
}

func (b *builder) classicRoute(rule, endpoint azure.Object, cookie bool) *route {
	config := rule.Child("routeConfiguration")
	r := &route{
		key: rule.Name() + " of " + endpoint.Name(), name: rule.Name(), patterns: patternsOf(rule), protocols: rule.Get("acceptedProtocols"),
		originPath: azure.Filled(config.Get("customForwardingPath")), span: place(rule),
	}
	r.steps = func(scheme string) []routing.Step {
		if !config.Get("redirectType").Unset() {
			return []routing.Step{redirect(config, redirectNames{"redirectProtocol", "customHost"})}
		}
		steps := pathSteps(r, &ruleSteps{})
		if engine := rule.Reference("rulesEngine"); !engine.Unset() {
			why := routing.UnknownOf("the rules engine of the route was not read", engine.Span())
			steps = append(steps, maybe(why, "rules that were not read", &routing.Opaque{Why: why.Why(), Span: why.Span}))
		}
		return append(steps, b.forward(b.classicDestination(rule, config, cookie), scheme)...)
	}
	return r
}

func (b *builder) classicDestination(rule, config azure.Object, cookie bool) destination {
	d := destination{protocol: azure.OneOf(config.Get("forwardingProtocol"), forwarding...), cache: cached(config.Get("cacheConfiguration")), at: place(rule)}
	if config.Node.Kind() == jsontree.Unknown {
		d.lost = azure.Text(config.Node)
		return d
	}
	pool, why := b.item("backendPools", config.Reference("backendPool"))
	if why != "" {
		d.lost = routing.UnknownOf(why, d.at)
		return d
	}
	d.group = &group{name: pool.Name(), cookie: cookie, span: place(pool), picked: place(pool)}
	if cookie {
		d.group.name += " with a cookie"
	}
	if settings, why := b.item("healthProbeSettings", pool.Reference("healthProbeSettings")); why == "" && !strings.EqualFold(settings.Get("enabledState").Text(), "Disabled") {
		d.group.probe = classicProbe(settings)
	}
	check := azure.Filled(b.r.Child("backendPoolsSettings").Get("enforceCertificateNameCheck"))
	for _, backend := range pool.List("backends") {
		if strings.EqualFold(backend.Get("enabledState").Text(), "Disabled") {
			continue
		}
		o := readOrigin(backend, "address", "backendHostHeader")
		if check.IsSet() {
			o.nameCheck = check
			if check.State() == routing.Known {
				o.nameCheck = check.Became(fmt.Sprint(!strings.EqualFold(check.Text(), "Disabled")))
			}
		}
		d.group.origins = append(d.group.origins, o)
	}
	return d
}

// item is an entry of one of the resource's own lists.
func (b *builder) item(list string, id *jsontree.Node) (azure.Object, string) {
	if id.Kind() != jsontree.String {
		return azure.Object{}, azure.ReasonOf(azure.Text(id), "there is no reference to one of the "+list)
	}
	for _, o := range b.r.List(list) {
		if strings.EqualFold(o.Name(), azure.LastSegment(id.Text())) {
			return o, ""
		}
	}
	why := fmt.Sprintf("%.100q is not among the %s", azure.LastSegment(id.Text()), list)
	b.problem(routing.Truncated, id.Span(), why, "correct the reference, or export the Front Door again, whole")
	return azure.Object{}, why
}

// classicProbe gives the settings the names that the other tiers have.
func classicProbe(o azure.Object) azure.Object {
	return azure.Object{Node: jsontree.NewObject(
		o.Node.Place(), jsontree.Member{Name: "probePath", Value: o.Get("path")}, jsontree.Member{Name: "probeProtocol", Value: o.Get("protocol")},
	)}
}
