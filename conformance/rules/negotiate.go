package rules

import (
	"fmt"
	"strconv"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var negotiate = &conformance.Rule{
	ID: "ASRS-PATH-001", Requirement: "negotiate", Severity: conformance.Error,
	Title: "POST /client/negotiate does not reach the service",
	Why: "Every connection begins with a POST to /client/negotiate that carries the access token in Authorization; browsers of another origin " +
		"send a preflight OPTIONS before it. Without it no transport is tried at all.",
	Fix: map[string]string{
		"":      "Route OPTIONS and POST of /client/negotiate to the service, without redirect, and leave Authorization alone.",
		"nginx": "Let one `location /client/ { … }` serve negotiate and connect alike, without return, limit_except, auth or redirect on it. Where several if blocks hold the last one decides alone, and takes no proxy_pass from another: put proxy_pass into the location itself.",
		"appgateway": "Use one path rule `/client/*` for negotiate and connect, with the SignalR pool and its backend setting, above rules that match more, without a redirect, without Entra JWT validation and without a rewrite of Authorization. Give basic and wildcard listeners rules with bigger priority numbers. " +
			"Portal: Rules > rule > Backend targets. az: `az network application-gateway url-path-map rule create … --paths \"/client/*\" --address-pool signalr --http-settings signalr`; `az network application-gateway rule update … --priority N`. " +
			"Terraform: `path_rule { paths = [\"/client/*\"] … }`, and priority in request_routing_rule. ARM and Bicep: `urlPathMaps[].pathRules`, `requestRoutingRules[].priority`, no `entraJWTValidationConfig`.",
		"frontdoor":     "Tie one enabled route with the patterns `/client` and `/client/*` to the domain that clients use, with HTTPS among its protocols, and let no rule redirect it. Clients must use https: `az afd route update … --patterns-to-match /client \"/client/*\"`.",
		"ingress-nginx": "Use one path `/client` of type Prefix for negotiate and connect, without auth-url, auth-type or redirects on that Ingress.",
		"gateway-api":   "Use one match `type: PathPrefix, value: /client` for negotiate and connect, without RequestRedirect.",
		"apim":          "Give the API at `client` the operations `OPTIONS /negotiate` and `POST /negotiate` (or an API at `client/negotiate` with both on `/`), require no subscription (portal: API > Settings > Subscription required: off; `az apim api update … --subscription-required false`; Terraform `subscription_required = false`; ARM and Bicep `subscriptionRequired: false`), keep `<base />` in backend where `<forward-request />` stands above, and let no policy check or replace the token.",
		"akamai":        "In the rule whose path criterion is `[\"/client\", \"/client/*\"]` add `{\"name\": \"allowPost\", \"options\": {\"enabled\": true, \"allowWithoutContentLength\": true}}` (Terraform: `behavior { allow_post { enabled = true allow_without_content_length = true } }`): without it POST is answered 403. Leave allowOptions on, and let no redirect, denyAccess or constructResponse apply there; rules further down count, too.",
	},
	Bad: "nginx/err/negotiate.conf", Good: "nginx/ok/single.conf",
	Sources: []string{"https://learn.microsoft.com/azure/azure-signalr/signalr-howto-reverse-proxy-overview"},
	Check:   checkNegotiate,
}

func checkNegotiate(p *conformance.Pass) {
	for _, l := range p.Listeners() {
		if !l.Fronted.IsZero() {
			p.Leave("listener "+l.Name+" takes connections only from something in front of it that speaks the PROXY protocol, which was not read", l.Fronted)
		}
	}
	p.Judge([]conformance.ProbeKind{conformance.Negotiate}, ifConnected(negotiateArrives))
	p.Judge([]conformance.ProbeKind{conformance.Preflight}, ifConnected(preflightIsLetThrough))
	p.Judge([]conformance.ProbeKind{conformance.Negotiate}, letInTogether(p, routing.InARow, conformance.Preflight, conformance.Negotiate))
	leaveLongTokens(p, conformance.Negotiate)
}

func negotiateArrives(a *conformance.Arrival) conformance.Opinion {
	if o, ended := arrives(a); ended {
		return o
	}
	if o, ended := unchanged(a, "POST"); ended {
		return o
	}
	if o := inTime(a, 5*time.Second); o != conformance.Fine() {
		return o
	}
	return refusalsComeBack(a)
}

// refusalsComeBack wants what the service refuses to come back as refused: clients go by the status, and take a page for an answer.
func refusalsComeBack(a *conformance.Arrival) conformance.Opinion {
	o, ended := onTheWay(a, func(on *routing.Delivery) (conformance.Opinion, bool) {
		open, where := 0, routing.Value{}
		for _, status := range conformance.Refusals {
			switch as, by := restated(on, status); {
			case as == 0:
				open, where = status, by
			case as < 400:
				return conformance.Bad(conformance.Finding{
					Message: fmt.Sprintf("the service's %d reaches clients as %d: they do not learn that they were refused", status, as),
					Fix:     "Let errors of the service through as they are. NGINX: `proxy_intercept_errors off;` in the location of /client/. API Management: no set-status in outbound or on-error.",
					Span:    at(by, on.Forward.Span),
				}).AsWarning(), true
			}
		}
		if open != 0 {
			return conformance.CannotTell(fmt.Sprintf("what the page answers that takes the place of the service's %d", open), at(where, on.Forward.Span)), true
		}
		return conformance.Opinion{}, false
	})
	if ended {
		return o
	}
	return conformance.Fine()
}

// restated is the status with which clients get an error of the service, and what decides that; 0 where that is not known.
func restated(on *routing.Delivery, status int) (as int, by routing.Value) {
	if v := on.Setting(routing.AnswerStatus); v.Text() != "" {
		as, _ = strconv.Atoi(v.Text()) // 0 for what is no status
		return as, v
	}
	pages := on.Setting(routing.ErrorStatuses)
	return routing.ErrorStatus(pages, status), pages
}

// preflightIsLetThrough accepts a gateway that answers preflights itself; whether its answer admits browsers is what the cors
// requirement asks.
func preflightIsLetThrough(a *conformance.Arrival) conformance.Opinion {
	if a.Kind == conformance.Refused && a.Response.Status.State() == routing.Known {
		if status, err := strconv.Atoi(a.Response.Status.Text()); err == nil && status >= 200 && status < 300 {
			return conformance.Fine()
		}
	}
	if o, ended := arrives(a); ended {
		return o
	}
	if o, ended := otherMethod(a, "OPTIONS"); ended {
		return o
	}
	for _, name := range []string{"Origin", "Access-Control-Request-Method"} { // Fetch standard, "CORS-preflight request"
		if o, ended := changedHeader(a, name, "without which the service takes a preflight for a request that lacks its token", isFilled); ended {
			return o
		}
	}
	return conformance.Fine()
}

// otherMethod ends the judgement of a probe that arrives with another method than was sent, or with an unknown one.
func otherMethod(a *conformance.Arrival, method string) (conformance.Opinion, bool) {
	m := a.Delivery.Method
	switch {
	case m.IsUnknown():
		return cannotTell(m, a.Delivery.Forward.Span), true
	case m.Text() != method:
		return wrong(m, a.Delivery.Forward.Span, fmt.Sprintf("the %s arrives as %s instead of %s", a.Probe.Kind, m.Text(), method)), true
	}
	return conformance.Opinion{}, false
}

// unchanged ends the judgement of a probe whose method or token does not arrive as sent.
func unchanged(a *conformance.Arrival, method string) (conformance.Opinion, bool) {
	if o, ended := otherMethod(a, method); ended {
		return o, true
	}
	return otherToken(a)
}

// inTime wants the first byte to be waited for long enough.
func inTime(a *conformance.Arrival, least time.Duration) conformance.Opinion {
	o, ended := onTheWay(a, func(on *routing.Delivery) (conformance.Opinion, bool) {
		timeout := firstByteTimeout(on)
		if d, ok := timeout.Duration(); ok && d < least {
			return wrong(timeout, on.Forward.Span, fmt.Sprintf("the answer is waited for only %s", seconds(d))), true
		}
		return conformance.Opinion{}, false
	})
	if ended {
		return o
	}
	return conformance.Fine()
}
