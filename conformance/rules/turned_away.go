package rules

import (
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// arrives ends the judgement of a probe that does not reach a service, or whose answer may be given another status or body. What is said of it is
// the same for every probe that the same line turns away, so that it is told once.
func arrives(a *conformance.Arrival) (conformance.Opinion, bool) {
	switch a.Kind {
	case conformance.AtService:
		for _, setting := range []routing.Setting{routing.AnswerStatus, routing.AnswerBody} {
			v := a.Delivery.Setting(setting)
			if v.IsUnknown() && (setting != routing.AnswerBody || a.Probe.Kind.NeedsAnswer()) {
				return cannotTell(v, a.Delivery.Forward.Span), true
			}
		}
		return conformance.Opinion{}, false
	case conformance.Lost:
		span, _ := a.Blame()
		return conformance.CannotTell(a.Why, span), true
	case conformance.Refused:
		return turnedAway(a), true
	case conformance.Failed:
		return fails(a), true
	case conformance.Elsewhere:
	}
	return notRouted(a), true
}

// ifConnected leaves open what would be fine if the connection to the service succeeded, where that is not known. What is wrong is wrong all the same.
func ifConnected(ask func(*conformance.Arrival) conformance.Opinion) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		o := ask(a)
		if why, at := a.Doubt(); why != "" && o == conformance.Fine() {
			return conformance.CannotTell(why, at)
		}
		return o
	}
}

// fails names the cause for which a connection to a service cannot succeed, at the place that decides it.
func fails(a *conformance.Arrival) conformance.Opinion {
	if o := sniIsTheServices(a); o.Breaks() && a.Delivery.Scheme.Text() == "https" && !conformance.WrongProtocol(a.Delivery) {
		return o.OrBecause(tlsSNI)
	}
	if o := certificateIsVerified(a); o.Breaks() && a.Delivery.Scheme.Text() == "https" && !conformance.WrongProtocol(a.Delivery) {
		return o.OrBecause(tlsVerify)
	}
	span, related := a.Blame()
	f := conformance.Finding{Message: "the request does not reach the service: " + a.Why, Span: span, Related: related}
	if !a.At.IsZero() {
		f.Span, f.Related = a.At, where(a, a.At)
	}
	if conformance.WrongProtocol(a.Delivery) {
		return conformance.Bad(f).Because(wrongPort)
	}
	if most := a.Delivery.Setting(routing.MaxTLS); most.IsSet() && a.At == most.Span {
		f.Fix = "Speak TLS 1.2 or later to the service. NGINX: `proxy_ssl_protocols TLSv1.2 TLSv1.3;`, or no such line: that is the default."
	}
	return conformance.Bad(f)
}

// turnedAway names the cause for which a gateway answers a client itself.
func turnedAway(a *conformance.Arrival) conformance.Opinion {
	switch r := a.Response; {
	case r.Location.IsSet():
		return redirected(a)
	case r.Reason == routing.Unresolvable:
		return unresolved(a)
	case r.Reason == routing.WrongProtocol:
		return conformance.Bad(conformance.Finding{
			Message: "every request is refused: " + r.Label, Span: r.Span, Related: where(a, r.Span),
			Fix: "Speak HTTP/1.1 to the service: WebSocket is asked for by headers that HTTP/2 does not have (RFC 9113, section 8.2.2). NGINX: `proxy_http_version 1.1;`",
		})
	case isTooLong(a):
		return tooLong(a, whatIsLong(a)).Because(limits)
	case isRefusal(r.Status.Text()):
		return refused(a)
	}
	return notRouted(a)
}

// notRouted is for requests that the gateway routes elsewhere, or nowhere: the last decision is what to look at.
func notRouted(a *conformance.Arrival) conformance.Opinion {
	span, related := a.Blame()
	why := a.Why
	if taken := lastDecision(a); taken != "" {
		why = taken + ": " + why
	}
	return conformance.Bad(conformance.Finding{Message: "the request does not reach the service; " + why, Span: span, Related: related})
}

// lastDecision is the gateway's own word for the last choice on the way of a request.
func lastDecision(a *conformance.Arrival) string {
	text := ""
	for _, e := range a.Events() {
		if e.Decision && !e.Span.IsZero() {
			text = strings.TrimSpace(e.Text)
		}
	}
	return text
}

// where names the decisions that led to an answer at a line of its own: related places for a finding at that line.
func where(a *conformance.Arrival, at routing.Span) []routing.Note {
	var out []routing.Note
	for _, e := range a.Events() {
		if e.Decision && e.Span != at && !e.Span.IsZero() {
			out = append(out, routing.Note{Span: e.Span, Text: e.Text})
		}
	}
	return out
}

// isRefusal reports whether a status says that this client, or this method, is not let in.
func isRefusal(status string) bool {
	return strings.Contains("401 403 405 407 501", status) && len(status) == 3
}
