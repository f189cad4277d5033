package rules

import "github.com/asrscheck/asrscheck/conformance"

var wrongPort = &conformance.Rule{
	ID: "ASRS-UP-002", Requirement: "negotiate", Severity: conformance.Error,
	Title: "TLS is spoken to the plain port of the service, or the other way round",
	Why:   "The service speaks TLS on port 443 and plain HTTP on port 80. Scheme and port are often written in two places: the proxy takes the port of one, and the scheme of the other.",
	Fix: map[string]string{
		"":           "Send requests over https to port 443.",
		"nginx":      "Write the port into the upstream block: `server NAME.service.signalr.net:443;`. Without one NGINX takes 80 there, also under `proxy_pass https://…`.",
		"appgateway": "Portal: Backend settings > Backend protocol: HTTPS, port 443. az: `az network application-gateway http-settings update … --protocol Https --port 443`. Terraform: `protocol = \"Https\"`, `port = 443`. ARM and Bicep: `protocol: 'Https'`, `port: 443`.",
		"akamai":     "In the origin behavior set `\"httpsPort\": 443` and `\"httpPort\": 80`; the edge takes the one of the scheme in which it asks. Terraform: `https_port = 443`.",
	},
	Bad: "nginx/err/negotiate_port_80.conf", Good: "nginx/ok/inherited.conf",
	Sources: []string{"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server", "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass"},
}
