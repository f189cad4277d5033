package rules

import (
	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var serverSentEvents = &conformance.Rule{
	ID: "ASRS-BUF-001", Requirement: "server-sent-events", Severity: conformance.Error,
	Title: "Server-sent events do not work through this proxy",
	Why: "A proxy that buffers the answer keeps events back until its buffer is full or the stream ends: the client connects, waits for the " +
		"handshake and hangs, without falling back to another transport. A short read time-out cuts quiet streams.",
	Fix: map[string]string{
		"": "Do not buffer, compress or cache the answer of GET /client/, and wait 30 seconds or more between two reads.",
		"nginx": "In the location: `proxy_http_version 1.1; proxy_buffering off; proxy_read_timeout 120s;`. " +
			"`add_header X-Accel-Buffering no` does nothing here: only the upstream's header counts.",
		"appgateway": "Turn response buffering off for the whole gateway, and raise the request time-out to 120 seconds. Portal: not offered for buffering at the time of writing; Backend settings > Request time-out: 120. az: `az network application-gateway update … --set globalConfiguration.enableResponseBuffering=false globalConfiguration.enableRequestBuffering=true`. " +
			"Terraform: `global { response_buffering_enabled = false request_buffering_enabled = true }`. ARM and Bicep: `globalConfiguration: { enableResponseBuffering: false }`.",
		"frontdoor":     "Turn caching off on the route, and let no gateway behind it buffer answers.",
		"ingress-nginx": "Leave proxy-buffering off, as it is by default, do not set proxy-http-version, and set `proxy-read-timeout: \"120\"`, a number without a unit.",
		"gateway-api":   "Set `timeouts.request: 0s` in the rule, and switch response buffering off in the policy that the implementation has for it.",
		"apim":          "On the operation GET / of the API put `<forward-request timeout=\"240\" buffer-response=\"false\" />` into backend (portal: Design > GET > Backend > policy code; az: `az rest --method put --url …/apis/API/operations/GET/policies/policy?api-version=2024-05-01 --body …`; Terraform: azurerm_api_management_api_operation_policy; ARM and Bicep: apis/operations/policies), let no policy or diagnostic read the body of its answers (validate-content, cache-lookup, redirect-content-urls, body bytes above 0), and use no tier Consumption.",
		"akamai":        "In the rule of `/client/*` set `{\"name\": \"readTimeout\", \"options\": {\"value\": \"120s\", \"firstByteTimeout\": \"120s\"}}` (Terraform: `read_timeout { value = \"120s\" first_byte_timeout = \"120s\" }`) and add `{\"name\": \"optimizeTextStreaming\", \"options\": {\"enable\": true}}`, which the account team unlocks; without it whether events pass as they come is not documented. Leave gzipResponse ALWAYS off that rule: `{\"name\": \"gzipResponse\", \"options\": {\"behavior\": \"NEVER\"}}`; Terraform: `gzip_response { behavior = \"NEVER\" }`.",
	},
	Bad: "nginx/err/server_sent_events.conf", Good: "nginx/ok/single.conf",
	Sources: []string{"https://learn.microsoft.com/azure/application-gateway/use-server-sent-events", "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering"},
	Contrary: []conformance.Contrary{{
		Tool: "Gixy-Next (proxy_buffering_off)", Says: "Leave proxy_buffering on, as slow clients hold connections to the upstream.",
		Why:    "Event streams hold theirs for as long as they live; buffered, they deliver nothing. Keep `proxy_buffering off;` to the location of clients.",
		Waiver: "`gixy --skips proxy_buffering_off`",
	}},
	Check: func(p *conformance.Pass) {
		if givenUp(p, conformance.Events, routing.OnlySockets, "WebSockets") {
			return
		}
		p.Judge([]conformance.ProbeKind{conformance.Events}, ifConnected(eventsPass(p)))
		p.Judge([]conformance.ProbeKind{conformance.Events}, alsoWhereItFails(streamFlows(p)))
		p.Judge([]conformance.ProbeKind{conformance.Send}, ifConnected(messagesCanBeSent(p, "POST")))
		p.Judge([]conformance.ProbeKind{conformance.Events}, letInBeside(p, conformance.Send))
		p.Judge([]conformance.ProbeKind{conformance.Send}, letInTogether(p, routing.InARow, conformance.Negotiate, conformance.Events, conformance.Send))
		leaveLongTokens(p, conformance.Events)
	},
}

func eventsPass(p *conformance.Pass) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		if o, ended := arrives(a); ended {
			return o
		}
		if o, ended := unchanged(a, "GET"); ended {
			return o
		}
		if o, ended := otherStream(a); ended {
			return o
		}
		return streamFlows(p)(a)
	}
}

// streamFlows judges what every delivery of an event stream does with it.
func streamFlows(p *conformance.Pass) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		held, ended := onTheWay(a, func(d *routing.Delivery) (conformance.Opinion, bool) { return notHeldBack(p, d) })
		if ended && held.Breaks() {
			return held
		}
		if quiet := outlivesPings(p, a, routing.ReadTimeout, "event stream"); !ended || quiet.Breaks() {
			return quiet
		}
		return held
	}
}

// held says what holds events back: buffering alone, or what comes on top of it.
func held(v routing.Value, d *routing.Delivery) conformance.Opinion {
	f := conformance.Finding{Message: "events are held back by response buffering" + defaultOf(v), Span: at(v, d.Forward.Span)}
	for _, n := range v.Related {
		if n.Span.IsZero() || n.Span == f.Span {
			f.Message += ", as " + n.Text
			continue
		}
		f.Related = append(f.Related, n)
	}
	return conformance.Bad(f)
}

// notHeldBack ends the judgement where a delivery's answer is buffered.
func notHeldBack(p *conformance.Pass, d *routing.Delivery) (conformance.Opinion, bool) {
	v := d.Setting(routing.Buffering)
	switch {
	case v.IsUnknown():
		return cannotTell(v, d.Forward.Span), true
	case v.Text() == "holds":
		return held(v, d), true
	case v.Text() == "passes":
		p.Advise(conformance.Finding{
			Message: "response buffering is on" + defaultOf(v) + ": events pass only because the service answers in chunks. Turn it off",
			Span:    at(v, d.Forward.Span), Related: v.Related,
		})
	}
	return conformance.Opinion{}, false
}
