package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var sharedPool = &conformance.Rule{
	ID: "ASRS-HOST-002", Requirement: "host-override", Severity: conformance.Error,
	Title: "One pool holds several services, and all of them get one name",
	Why: "Each service answers only to its own name in Host and in the TLS handshake. A proxy that fixes those before it picks the member of a pool cannot name the one it picked: " +
		"whatever name it is, every request to another member is lost. So with several services in one pool either affinity or host override fails, whichever way it is balanced.",
	Fix: map[string]string{
		"": "Give each service a pool, a Host and a client endpoint of its own.",
		"nginx": "Choose the name instead of the member. Best one location or server for each service, with a ClientEndpoint for each: " +
			"`location /chat/client/ { proxy_pass https://NAME.service.signalr.net/client/; proxy_set_header Host NAME.service.signalr.net; … }`. " +
			"For replicas of one resource behind one client endpoint choose by the id, and name Host and SNI by the choice: " +
			"`split_clients $arg_asrs_request_id $service { 50% NAME.service.signalr.net; * OTHER.service.signalr.net; }` in http{}, with an `upstream` block of that name for each (or a resolver), and in the location " +
			"`proxy_pass https://$service; proxy_set_header Host $service; proxy_ssl_server_name on; proxy_ssl_name $service;`. " +
			"Or in two tiers: `hash $arg_asrs_request_id consistent;` over servers of your own on loopback, each of which leads to one service.",
		"appgateway": "Give each service a backend pool with it alone, a backend setting with its name, and a listener or path rule of its own. Portal: Backend pools, Backend settings, Rules. az: `az network application-gateway address-pool create … --servers NAME.service.signalr.net`, `… http-settings create … --host-name NAME.service.signalr.net`, `… url-path-map rule create …`. " +
			"Terraform: one backend_address_pool, backend_http_settings and path_rule for each. ARM and Bicep: `backendAddressPools`, `backendHttpSettingsCollection`, `urlPathMaps[].pathRules`.",
		"frontdoor": "Give each origin its own origin host header, or better each service an origin group, a route and a domain of its own.",
	},
	Bad: "nginx/err/host_override_two_services.conf", Good: "nginx/ok/split_clients.conf",
	Sources: []string{
		"https://nginx.org/en/docs/http/ngx_http_split_clients_module.html", "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#hash",
		"https://learn.microsoft.com/azure/azure-signalr/signalr-howto-reverse-proxy-overview",
	},
}

// oneNameForAll is the finding for a name that fits one member of a pool of several services, or none. It is the same for Host and for
// SNI: one change mends both.
func oneNameForAll(a *conformance.Arrival, name routing.Value) (conformance.Opinion, bool) {
	d := a.Delivery
	if d.Pool == nil {
		return conformance.Opinion{}, false
	}
	var services []string
	for _, m := range d.Pool.Members {
		if service := a.ServiceOf(m.Address.Text()); service != "" && !slices.Contains(services, service) {
			services = append(services, service)
		}
	}
	if len(services) < 2 {
		return conformance.Opinion{}, false
	}
	f := conformance.Finding{
		Message: fmt.Sprintf("pool %s holds %d services (%s), but each of them answers only to its own name, and requests to all of them carry the same", d.Pool.Name, len(services), strings.Join(services, ", ")),
		Fix:     strings.NewReplacer("NAME.service.signalr.net", services[0], "OTHER.service.signalr.net", services[1]).Replace(sharedPool.Fix[d.Gateway.Kind]),
		Span:    d.Pool.Span,
	}
	for _, m := range d.Pool.Members {
		f.Related = append(f.Related, routing.Note{Span: m.Span, Text: "a member"})
	}
	if !name.Span.IsZero() {
		f.Related = append(f.Related, routing.Note{Span: name.Span, Text: fmt.Sprintf("names all of them %q", name.Text())})
	}
	return conformance.Bad(f).Because(sharedPool), true
}
