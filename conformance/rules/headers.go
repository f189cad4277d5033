package rules

import (
	"fmt"
	"mime"
	"net/url"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// otherHeader ends the judgement of a probe one of whose headers does not arrive, or not as it was sent; what it is completes "the NAME header of
// the client, …".
func otherHeader(a *conformance.Arrival, name, what string) (conformance.Opinion, bool) {
	sent, carried := a.Probe.Request.Get(name)
	if !carried {
		return conformance.Opinion{}, false
	}
	return changedHeader(a, name, what, func(got string) bool { return got == sent })
}

// changedHeader ends the judgement of a probe one of whose headers does not arrive as something that will do.
func changedHeader(a *conformance.Arrival, name, what string, willDo func(got string) bool) (conformance.Opinion, bool) {
	got, otherwise := a.Delivery.Header(name), a.Delivery.Forward.Span
	switch {
	case len(got) == 0:
		removed := routing.Value{Span: a.HeaderChanged(name)}
		return wrong(removed, otherwise, fmt.Sprintf("the %s header of the client, %s, is not forwarded", name, what)), true
	case got[0].IsUnknown():
		return cannotTell(got[0], otherwise), true
	case len(got) > 1 || !willDo(got[0].Text()):
		return wrong(got[0], otherwise, fmt.Sprintf("the %s header of the client, %s, is replaced", name, what)), true
	}
	return conformance.Opinion{}, false
}

func isFilled(got string) bool { return got != "" }

// otherToken ends the judgement of a probe whose token does not arrive as sent: in Authorization, or in the query, before which a header would be
// taken (Azure SignalR Emulator, AppBuilderExtensions.cs).
func otherToken(a *conformance.Arrival) (conformance.Opinion, bool) {
	if _, inHeader := a.Probe.Request.Get("Authorization"); inHeader {
		return otherHeader(a, "Authorization", "which carries the token")
	}
	added := slices.DeleteFunc(a.Delivery.Header("Authorization"), func(v routing.Value) bool { return v.State() == routing.Known && v.Text() == "" })
	if len(added) == 0 {
		return otherTokenInQuery(a)
	}
	scheme, token, _ := strings.Cut(added[0].Text(), " ")
	switch {
	case added[0].IsUnknown():
		return cannotTell(added[0], a.Delivery.Forward.Span), true
	case token == queryToken(a.Probe.Request.Query()):
		return conformance.Opinion{}, false
	case strings.EqualFold(scheme, "Bearer"):
		return wrong(added[0], a.Delivery.Forward.Span, "an Authorization header is added, and its token is taken before that in the query"), true
	}
	why := "an Authorization header is added, and whether the service takes the token in the query beside it is not documented"
	return conformance.CannotTell(why, at(added[0], a.Delivery.Forward.Span)), true
}

// otherTokenInQuery ends the judgement of a probe whose token does not arrive in the query, where browsers put that of WebSockets and event streams.
func otherTokenInQuery(a *conformance.Arrival) (conformance.Opinion, bool) {
	got := a.Delivery.Query()
	switch {
	case got.IsUnknown():
		return cannotTell(got, a.Delivery.Forward.Span), true
	case !losesToken(got.Text(), a.Probe.Request.Query()):
		return conformance.Opinion{}, false
	}
	return wrong(whereQueryIsChanged(a), a.Delivery.Forward.Span, tokenLost).Because(path), true
}

const tokenLost = "the access_token in the query of /client/ does not arrive, and browsers send the token of WebSockets and event streams nowhere else: the service answers 401"

// losesToken reports whether a query arrives without the token that was in it. Where hub is missing too, the service answers 400 before it looks
// for a token (learn.microsoft.com, "Troubleshooting guide for Azure SignalR Service common issues").
func losesToken(got, sent string) bool {
	_, named := routing.Argument(got, "hub", false)
	return named && queryToken(got) != queryToken(sent)
}

// queryToken is the token in a query: of several the last one (Azure SignalR Emulator, AppBuilderExtensions.cs).
func queryToken(raw string) string {
	query, _ := url.ParseQuery(raw) // what cannot be read of it is left out
	if all := query["access_token"]; len(all) > 0 {
		return all[len(all)-1]
	}
	return ""
}

// otherHandshake ends the judgement of a WebSocket whose handshake does not arrive whole (RFC 6455 section 4.2.1), or whose answer does not come
// back whole.
func otherHandshake(a *conformance.Arrival) (conformance.Opinion, bool) {
	for _, name := range []string{"Sec-WebSocket-Key", "Sec-WebSocket-Version"} {
		if o, ended := otherHeader(a, name, "without which there is no WebSocket"); ended {
			return o, true
		}
	}
	isWebSocket := func(got string) bool { return strings.EqualFold(got, "websocket") }
	if o, ended := otherAnswer(a, "Upgrade", "without which clients give the connection up", isWebSocket); ended {
		return o, true
	}
	return otherAnswer(a, "Sec-WebSocket-Accept", "by which clients know that it is for them", func(string) bool { return false })
}

const eventStream = "text/event-stream"

// otherStream ends the judgement of an event stream that does not arrive as one, or whose answer does not come back as one: ASP.NET Core tells it
// from a poll by Accept (HttpConnectionDispatcher.ExecuteAsync), and browsers give it up for another Content-Type (HTML standard, "EventSource").
func otherStream(a *conformance.Arrival) (conformance.Opinion, bool) {
	isStream := func(list string) bool {
		for part := range strings.SplitSeq(list, ",") {
			if kind, _, err := mime.ParseMediaType(part); err == nil && kind == eventStream {
				return true
			}
		}
		return false
	}
	if o, ended := changedHeader(a, "Accept", "which asks for an event stream", isStream); ended {
		return o, true
	}
	return otherAnswer(a, "Content-Type", "by which browsers know an event stream", isStream)
}

// otherAnswer ends the judgement of a probe to whose answer a header of the service's does not come back, and no other that will do.
func otherAnswer(a *conformance.Arrival, name, what string, willDo func(got string) bool) (conformance.Opinion, bool) {
	fields, taken := a.AnswerHeader(name)
	switch {
	case len(fields) == 0:
		return wrong(taken, endOf(a), fmt.Sprintf("the %s header of the service, %s, is taken off its answers", name, what)), true
	case fields[0].IsUnknown():
		return cannotTell(fields[0], endOf(a)), true
	case fields[0].IsSet() && !willDo(fields[0].Text()):
		return wrong(fields[0], endOf(a), fmt.Sprintf("the %s header of the service, %s, is replaced", name, what)), true
	}
	return conformance.Opinion{}, false
}
