package rules

import (
	"fmt"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var longPolling = &conformance.Rule{
	ID: "ASRS-TMO-001", Requirement: "long-polling", Severity: conformance.Error,
	Title: "Long polling does not work through this proxy",
	Why: "The service holds a poll for up to 90 seconds. A proxy that gives up earlier answers 504, and the client closes the connection instead of " +
		"polling again. A cache serves one client's poll to another. Without DELETE, closed connections linger until they time out.",
	Fix: map[string]string{
		"":              "Wait 120 seconds or more for an answer of GET /client/, do not cache it, and let POST and DELETE through.",
		"nginx":         "In the location: `proxy_read_timeout 120s;` (the default is 60s), and no limit_except without DELETE, no proxy_cache.",
		"appgateway":    "Portal: Backend settings > Request time-out: 120. az: `az network application-gateway http-settings update … --timeout 120`. Terraform: `request_timeout = 120`. ARM and Bicep: `requestTimeout: 120`.",
		"frontdoor":     "Set the profile's origin response time-out to 120 seconds or more: `az afd profile update -g GROUP --profile-name PROFILE --origin-response-timeout-seconds 240`; Terraform `response_timeout_seconds = 240`; ARM `originResponseTimeoutSeconds`. Turn caching off on the route.",
		"ingress-nginx": "Annotate the Ingress: `nginx.ingress.kubernetes.io/proxy-read-timeout: \"120\"`, a number without a unit and in quotes; with a unit the default of 60 seconds counts.",
		"gateway-api":   "Set `timeouts.request` and `timeouts.backendRequest` of the rule to 120s or more, or to 0s.",
		"apim":          "On GET / wait long enough: `<forward-request timeout=\"240\" />`, without cache-lookup; add the operations POST / and DELETE / (portal: Design > Add operation; az: `az apim api operation create … --method DELETE --url-template /`; Terraform: azurerm_api_management_api_operation; ARM and Bicep: apis/operations). The tier Consumption ends every request after 30 seconds.",
		"akamai":        "In the rule of `/client/*` set `{\"name\": \"readTimeout\", \"options\": {\"value\": \"120s\", \"firstByteTimeout\": \"120s\"}}` (its template has 5s and 20s), `{\"name\": \"caching\", \"options\": {\"behavior\": \"NO_STORE\"}}`, and `{\"name\": \"allowDelete\", \"options\": {\"enabled\": true}}`. Terraform: `read_timeout { value = \"120s\" first_byte_timeout = \"120s\" }`, `caching { behavior = \"NO_STORE\" }`, `allow_delete { enabled = true }`.",
	},
	Bad: "nginx/err/long_polling.conf", Good: "nginx/ok/single.conf",
	Sources: []string{"https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/TransportProtocols.md", "https://github.com/dotnet/aspnetcore/issues/7741"},
	Check: func(p *conformance.Pass) {
		if givenUp(p, conformance.Poll, routing.OnlySockets, "WebSockets") {
			return
		}
		p.Judge([]conformance.ProbeKind{conformance.Poll}, ifConnected(pollIsHeld(p)))
		p.Judge([]conformance.ProbeKind{conformance.Poll}, alsoWhereItFails(answersAreWaitedFor(p)))
		p.Judge([]conformance.ProbeKind{conformance.Send}, ifConnected(messagesCanBeSent(p, "POST")))
		p.Judge([]conformance.ProbeKind{conformance.Delete}, asWarning(ifConnected(messagesCanBeSent(p, "DELETE"))))
		p.Judge([]conformance.ProbeKind{conformance.Poll}, letInBeside(p, conformance.Send))
		p.Judge([]conformance.ProbeKind{conformance.Poll}, letInTogether(p, routing.InARow, conformance.Negotiate, conformance.Poll, conformance.Send, conformance.Poll))
		p.Judge([]conformance.ProbeKind{conformance.Poll}, letInTogether(p, routing.Beside, conformance.Poll, conformance.Send))
		leaveLongTokens(p, conformance.Poll)
	},
}

// asWarning is for what clients survive: without DELETE, connections end by time-out.
func asWarning(ask func(*conformance.Arrival) conformance.Opinion) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion { return ask(a).AsWarning() }
}

func pollIsHeld(p *conformance.Pass) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		if o, ended := arrives(a); ended {
			return o
		}
		if o, ended := unchanged(a, "GET"); ended {
			return o
		}
		if o := answersAreWaitedFor(p)(a); o != conformance.Fine() {
			return o
		}
		return endComesBack(a)
	}
}

// endComesBack wants the status to come back by which the service tells a poll that its connection has ended (TransportProtocols.md).
func endComesBack(a *conformance.Arrival) conformance.Opinion {
	const ended = 204
	switch as, by := restated(a.Delivery, ended); as {
	case ended:
		return conformance.Fine()
	case 0:
		return conformance.CannotTell("with which status clients learn that the connection has ended", at(by, a.Delivery.Forward.Span))
	default:
		message := fmt.Sprintf("the service's %d, by which clients learn that the connection has ended, reaches them as %d: they poll on", ended, as)
		return wrong(by, a.Delivery.Forward.Span, message).AsWarning()
	}
}

// answersAreWaitedFor judges what every delivery of a poll does with the answer.
func answersAreWaitedFor(p *conformance.Pass) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		if o, ended := onTheWay(a, func(d *routing.Delivery) (conformance.Opinion, bool) {
			if o, ended := notCached(p, d); ended {
				return o, true
			}
			return waitsLongEnough(p, d)
		}); ended {
			return o
		}
		return conformance.Fine()
	}
}

// notCached ends the judgement where a delivery's answer may be served to another client.
func notCached(p *conformance.Pass, d *routing.Delivery) (conformance.Opinion, bool) {
	v := d.Setting(routing.Cache)
	switch {
	case v.IsUnknown():
		return cannotTell(v, d.Forward.Span), true
	case isOn(v) && isOn(d.Setting(routing.CacheHeeds)):
		p.Advise(conformance.Finding{
			Message: "answers are cached: those to polls are not, as long as the service says that they must not be. Turn the cache off for clients of SignalR",
			Span:    at(v, d.Forward.Span),
		})
	case isOn(v):
		return wrong(v, d.Forward.Span, "polls are cached: one client's answer can be served to another"), true
	}
	return conformance.Opinion{}, false
}

func waitsLongEnough(p *conformance.Pass, on *routing.Delivery) (conformance.Opinion, bool) {
	v := firstByteTimeout(on)
	d, ok := v.Duration()
	switch {
	case !v.IsSet():
	case !ok:
		return cannotTell(v, on.Forward.Span), true
	case d < pollHeld:
		return wrong(v, on.Forward.Span, fmt.Sprintf("%s, but a poll is held for up to %s", waits(v, d), seconds(pollHeld))), true
	case d < safePolling:
		p.Advise(conformance.Finding{
			Message: fmt.Sprintf("an answer is waited for %s, and a poll is held for up to %s: little is left. Allow %s or more", seconds(d), seconds(pollHeld), seconds(safePolling)),
			Span:    at(v, on.Forward.Span), Related: v.Related,
		})
	}
	return conformance.Opinion{}, false
}

// waits says how long an answer is waited for, and that nobody said so where it is a default.
func waits(v routing.Value, d time.Duration) string {
	if v.IsDefault() {
		return fmt.Sprintf("how long an answer is waited for is not set; the default of %s is %s", v.Why(), seconds(d))
	}
	return "an answer is waited for only " + seconds(d)
}

func isOn(v routing.Value) bool { on, ok := v.Bool(); return on && ok }
