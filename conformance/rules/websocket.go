package rules

import (
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var websocket = &conformance.Rule{
	ID: "ASRS-WS-001", Requirement: "websocket", Severity: conformance.Error,
	Title: "WebSocket does not work through this proxy",
	Why: "Clients try WebSocket first. When its handshake does not arrive as an upgrade they silently fall back to another transport after a second " +
		"negotiate; when quiet connections are cut they reconnect all day.",
	Fix: map[string]string{
		"": "Relay the WebSocket handshake on /client/, and keep quiet connections open for 30 seconds or more.",
		"nginx": "In the location: `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;` with " +
			"`map $http_upgrade $connection_upgrade { default upgrade; '' close; }` in http, and `proxy_read_timeout 120s;`.",
		"appgateway": "WebSocket needs no setting; route `GET /client/` to the service and raise the request time-out. Portal: Backend settings > Request time-out: 120. az: `az network application-gateway http-settings update … --timeout 120`. Terraform: `request_timeout = 120`. ARM and Bicep: `requestTimeout: 120`. " +
			"Every change of the gateway cuts its WebSockets when connection draining ends (at most an hour, 30 seconds unless it is set): let clients reconnect automatically.",
		"frontdoor":     "Turn caching off on the route: with it Front Door does not forward the upgrade (portal: Route > Enable caching: off; `az afd route update … --enable-caching false`; Terraform: no cache block; ARM: no `cacheConfiguration`). The classic tier knows no WebSocket: migrate to Standard or Premium.",
		"ingress-nginx": "ingress-nginx relays WebSocket by itself: leave out connection-proxy-header and proxy-http-version, and set `proxy-read-timeout: \"120\"`, a number without a unit.",
		"gateway-api":   "Give the port of the Service `appProtocol: kubernetes.io/wss` where the implementation knows it, and set the implementation's idle time-out to 120 seconds or more.",
		"apim":          "Add a WebSocket API at `client` with the URL wss://NAME.service.signalr.net/client beside an HTTP API at `client/negotiate` (portal: Add API > WebSocket; `az apim api create … --api-type websocket --protocols wss`; Terraform `api_type = \"websocket\"`, `protocols = [\"wss\"]`; ARM and Bicep `type: 'websocket'`), without subscription, in any tier but Consumption. One path cannot serve WebSocket and the other transports: clients must be pinned to WebSockets then.",
		"akamai":        "Add `{\"name\": \"webSockets\", \"options\": {\"enabled\": true}}` to the rule of `/client/*`, below every rule that switches it off. Terraform: `behavior { web_sockets { enabled = true } }`. Akamai offers WebSocket as it is and may drop connections: let clients reconnect automatically.",
	},
	Bad: "nginx/err/websocket.conf", Good: "nginx/ok/single.conf",
	Sources: []string{"https://nginx.org/en/docs/http/websocket.html", "https://learn.microsoft.com/azure/application-gateway/application-gateway-websocket", "https://github.com/dotnet/aspnetcore/issues/17081"},
	Check: func(p *conformance.Pass) {
		if givenUp(p, conformance.WebSocket, routing.OnlyRequests, "ServerSentEvents | LongPolling") {
			return
		}
		p.Judge([]conformance.ProbeKind{conformance.WebSocket, conformance.NodeSocket}, ifConnected(handshakeIsRelayed(p)))
		p.Judge([]conformance.ProbeKind{conformance.WebSocket, conformance.NodeSocket}, alsoWhereItFails(socketLives(p)))
		p.Judge([]conformance.ProbeKind{conformance.WebSocket}, letInTogether(p, routing.InARow, conformance.Negotiate, conformance.WebSocket))
		leaveLongTokens(p, conformance.WebSocket)
		adviseOnUpgradeOfAll(p)
		adviseOnCuts(p)
	},
}

// adviseOnUpgradeOfAll is for requests that ask for an upgrade although the client did not. ASP.NET Core answered those with a body with
// 400 until early in 2021 (dotnet/aspnetcore#17081); whether the service minds is not documented.
func adviseOnUpgradeOfAll(p *conformance.Pass) {
	for _, a := range p.Arrivals(conformance.Send) {
		if !a.Arrived() || len(a.Assumed) > 0 {
			continue
		}
		for _, v := range a.Delivery.Header("Connection") {
			if strings.EqualFold(v.Text(), "upgrade") {
				p.Advise(conformance.Finding{
					Message: "every request asks for an upgrade, also the POST that sends messages without WebSocket; servers of ASP.NET Core have answered that with 400. " +
						"Send Connection: upgrade only where the client did, by a map of $http_upgrade",
					Span: at(v, a.Delivery.Forward.Span), Probes: []string{string(conformance.Send)},
				})
				return
			}
		}
	}
}

func handshakeIsRelayed(p *conformance.Pass) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		if o, ended := arrives(a); ended {
			return o
		}
		if o, ended := unchanged(a, "GET"); ended {
			return o
		}
		if o, ended := otherHandshake(a); ended {
			return o
		}
		return socketLives(p)(a)
	}
}

// socketLives judges what every delivery of a WebSocket does with it.
func socketLives(p *conformance.Pass) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		if o, ended := onTheWay(a, upgraded); ended {
			return o
		}
		return outlivesPings(p, a, routing.IdleTimeout, "WebSocket")
	}
}

// upgraded ends the judgement where a delivery does not ask for the upgrade.
func upgraded(d *routing.Delivery) (conformance.Opinion, bool) {
	if u := d.Upgrades(); u.Is != routing.Yes {
		return notUpgraded(u, d), true
	}
	return conformance.Opinion{}, false
}

func notUpgraded(u routing.Upgrading, d *routing.Delivery) conformance.Opinion {
	if u.Is == routing.Maybe {
		return conformance.CannotTell(u.Why, at(u.Value, d.Forward.Span))
	}
	if cut, ok := linesHidden(u.Value); ok {
		return cut
	}
	return wrong(u.Value, d.Forward.Span, "the WebSocket handshake does not arrive as an upgrade: "+u.Why)
}
