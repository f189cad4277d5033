package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var cors = &conformance.Rule{
	ID: "ASRS-CORS-001", Requirement: "cors", Severity: conformance.Error,
	Title: "Browsers refuse the answers",
	Why: "The page of an app and the client endpoint are mostly of different origins. SignalR clients send credentials, so that a browser wants its origin " +
		"back, once, in Access-Control-Allow-Origin (\"*\" does not count), and \"true\", once, in Access-Control-Allow-Credentials; preflights must also " +
		"allow the headers authorization, x-requested-with and x-signalr-user-agent. The service answers so itself: a second header from the proxy, or a " +
		"preflight that the proxy answers halfway, shuts browsers out. Native clients do not notice.",
	Fix: map[string]string{
		"": "Leave preflights and Access-Control headers to the service; say there which origins are allowed.",
		"nginx": "Remove add_header Access-Control-… and the `if ($request_method = OPTIONS)` from the location that leads to the service. Where the proxy must say it itself, " +
			"hide the service's headers (`proxy_hide_header Access-Control-Allow-Origin;` and the like), send `$http_origin` of the origins that you allow with \"always\", " +
			"Access-Control-Allow-Credentials true, and in preflights Access-Control-Allow-Headers \"authorization, x-requested-with, x-signalr-user-agent\" and Access-Control-Allow-Methods \"GET, POST, DELETE\".",
		"appgateway": "Take the response headers Access-Control-… off the rewrite rules of the SignalR routes. Portal: Rewrites > set > rule > Response header: delete. az: `az network application-gateway rewrite-rule update … --remove actionSet.responseHeaderConfigurations`. " +
			"Terraform: remove the response_header_configuration blocks. ARM and Bicep: `rewriteRules[].actionSet.responseHeaderConfigurations`.",
		"ingress-nginx": "Leave out enable-cors: the service answers preflights itself. Where the proxy must, name the origins in cors-allow-origin (the default, an asterisk, does not go with credentials) and put x-signalr-user-agent into cors-allow-headers.",
		"gateway-api":   "Leave out the CORS filter and ResponseHeaderModifier for Access-Control headers: the service answers preflights itself.",
		"apim":          "Best: no cors policy for these APIs, and operations `OPTIONS /` and `OPTIONS /negotiate`, so that the service answers preflights itself. Else name the origins (an asterisk does not go with credentials, nor does a slash at the end), set `allow-credentials=\"true\"`, and allow the headers authorization, x-requested-with and x-signalr-user-agent and the methods GET, POST and DELETE; with a cors policy at the API leave out operations for OPTIONS. The policy stands in the portal at APIs > API > Design > policy code; az: `az rest --method put --url …/apis/API/policies/policy?api-version=2024-05-01 --body …`; Terraform: `xml_content` of azurerm_api_management_api_policy; ARM and Bicep: `apis/policies` with `properties.value`.",
		"akamai":        "Leave corsSupport, and modifyOutgoingResponseHeader and modifyIncomingResponseHeader for Access-Control headers, off the rule of `/client/*` (`{\"name\": \"corsSupport\", \"options\": {\"enabled\": false}}`; Terraform: `cors_support { enabled = false }`), and let no constructResponse answer OPTIONS there: the service answers preflights itself.",
	},
	Bad: "nginx/err/cors.conf", Good: "nginx/ok/cors_by_the_proxy.conf",
	Sources: []string{
		"https://fetch.spec.whatwg.org/#cors-check", "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
		"https://learn.microsoft.com/aspnet/core/signalr/security#cross-origin-resource-sharing",
	},
	Check: checkCORS,
}

// scripted are the requests of a browser whose answers are refused without permission; WebSocket needs none.
var scripted = []conformance.ProbeKind{conformance.Negotiate, conformance.Events, conformance.Poll, conformance.Send, conformance.Delete}

func checkCORS(p *conformance.Pass) {
	p.Judge([]conformance.ProbeKind{conformance.Preflight}, preflightAllows(p))
	p.JudgeWays(p.Send(conformance.NewSendPreflight(p.Endpoint, conformance.DefaultSample())), preflightOfSendIsLetThrough(p))
	p.JudgeWays(p.Send(conformance.NewDeletePreflight(p.Endpoint, conformance.DefaultSample())), asWarning(preflightAllowsDelete(p)))
	p.Judge(scripted, answerIsLetIn(p))
	judgeNamedOrigins(p)
}

// judgeNamedOrigins is for gateways that name the origins that they let in. Which of them is that of the app is not known, but what is wrong for
// every one of them is wrong for the app.
func judgeNamedOrigins(p *conformance.Pass) {
	var judgeFirst func()
	for _, origin := range p.Origins() {
		s := conformance.DefaultSample()
		s.Origin = origin
		asked := questionsFor(p, s)
		if !slices.ContainsFunc(asked, question.breaks) {
			return
		}
		if judgeFirst == nil {
			judgeFirst = func() {
				for _, q := range asked {
					p.JudgeWays(q.ways, q.ask)
				}
			}
		}
	}
	if judgeFirst != nil {
		judgeFirst()
	}
}

// question is what is asked about the ways of one request.
type question struct {
	ways []*conformance.Arrival
	ask  func(*conformance.Arrival) conformance.Opinion
}

func questionsFor(p *conformance.Pass, s conformance.Sample) []question {
	out := []question{
		{p.ArrivalsOf(conformance.Preflight, s), preflightAllows(p)},
		{p.Send(conformance.NewDeletePreflight(p.Endpoint, s)), asWarning(preflightAllowsDelete(p))},
	}
	for _, kind := range scripted {
		out = append(out, question{p.ArrivalsOf(kind, s), answerIsLetIn(p)})
	}
	return out
}

// breaks reports whether something is wrong without any assumption.
func (q question) breaks() bool {
	return slices.ContainsFunc(q.ways, func(a *conformance.Arrival) bool { return len(a.Assumed) == 0 && q.ask(a).Breaks() })
}

// preflightAllows judges the permission for requests by fetch. A preflight that is turned away is told under negotiate.
func preflightAllows(p *conformance.Pass) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		if !answered(a) || !arrivesAtAll(p, conformance.Negotiate) {
			return conformance.CannotTell("negotiate or its preflight does not get through, which is told under negotiate", endOf(a))
		}
		if o, ended := originIsAllowed(p, a); ended {
			return o
		}
		if o, ended := otherPreflight(a); ended {
			return o
		}
		return headersAreAllowed(a)
	}
}

func arrivesAtAll(p *conformance.Pass, kind conformance.ProbeKind) bool {
	return slices.ContainsFunc(p.Arrivals(kind), (*conformance.Arrival).Arrived)
}

// answered reports whether a preflight got an answer that browsers take for one: of the service, or a 2xx of the gateway's own.
func answered(a *conformance.Arrival) bool {
	return a.Arrived() || a.Kind == conformance.Refused && strings.HasPrefix(a.Response.Status.Text(), "2")
}

// preflightOfSendIsLetThrough judges whether browsers may send at all: what turns the preflight of a message away, but not that of negotiate.
func preflightOfSendIsLetThrough(p *conformance.Pass) func(*conformance.Arrival) conformance.Opinion {
	told := refusalsOf(p, conformance.Negotiate, conformance.Preflight)
	return func(a *conformance.Arrival) conformance.Opinion {
		at, related := a.Blame()
		switch {
		case answered(a) || a.Kind == conformance.Lost || slices.Contains(told, at) || !arrivesAtAll(p, conformance.Send):
			return conformance.NoOpinion()
		case a.Response != nil && a.Response.Status.IsUnknown():
			return conformance.CannotTell(a.Response.Status.Why(), at)
		}
		message := "messages can be sent, but their preflight does not get through, so that browsers do not send them: " + a.Why
		return conformance.Bad(conformance.Finding{Message: message, Span: at, Related: related})
	}
}

// preflightAllowsDelete judges the permission to end a connection, where the gateway gives it itself.
func preflightAllowsDelete(p *conformance.Pass) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		methods, _ := a.AnswerHeader("Access-Control-Allow-Methods")
		if !answered(a) || hasUnset(methods) || !arrivesAtAll(p, conformance.Delete) {
			return conformance.NoOpinion()
		}
		if _, told := originIsAllowed(p, a); told {
			return conformance.NoOpinion() // of the preflight of negotiate already
		}
		for _, m := range methods {
			if m.IsUnknown() {
				return cannotTell(m, endOf(a))
			}
			if lists(m.Text(), "DELETE") {
				return conformance.Fine()
			}
		}
		return wrong(first(methods), endOf(a), "the answer to preflights does not allow DELETE, with which polling clients end their connections")
	}
}

func answerIsLetIn(p *conformance.Pass) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		if !a.Arrived() {
			return conformance.NoOpinion()
		}
		if o, ended := originIsAllowed(p, a); ended {
			return o
		}
		return conformance.Fine()
	}
}

// originIsAllowed ends the judgement of an answer that a browser refuses because of its origin (Fetch standard, "CORS check").
func originIsAllowed(p *conformance.Pass, a *conformance.Arrival) (conformance.Opinion, bool) {
	const allow, credentials = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
	origins, taken := a.AnswerHeader(allow)
	if len(origins) == 0 && len(taken.Hidden()) == 0 && p.LooksAt(conformance.OriginHeader) {
		return conformance.CannotTell("the gateway tells browsers apart by their Origin header; whether it lets in that of your app is not known", endOf(a)), true
	}
	if o, ended := exactlyOne(a, allow, origins, taken); ended {
		return o, true
	}
	if o, ended := otherOrigin(a, origins[0]); ended {
		return o, true
	}
	if origins[0].Text() == "*" {
		return wrong(origins[0], endOf(a), allow+" is \"*\", which browsers refuse for requests with credentials"), true
	}
	values, taken := a.AnswerHeader(credentials)
	if o, ended := exactlyOne(a, credentials, values, taken); ended {
		return o, true
	}
	if v := values[0]; v.IsSet() && v.Text() != "true" {
		return wrong(v, endOf(a), fmt.Sprintf("%s is %q instead of \"true\"", credentials, v.Text())), true
	}
	return conformance.Opinion{}, false
}

// otherOrigin ends the judgement of an answer in which the service names an origin that is not the browser's, because it was told none or another.
func otherOrigin(a *conformance.Arrival, allowed routing.Value) (conformance.Opinion, bool) {
	if a.Delivery == nil || allowed.IsSet() {
		return conformance.Opinion{}, false
	}
	return otherHeader(a, "Origin", "which the service allows by name")
}

// otherPreflight ends the judgement of a preflight that does not arrive as one (Fetch standard, "CORS-preflight request"), where the service is to
// answer it.
func otherPreflight(a *conformance.Arrival) (conformance.Opinion, bool) {
	if values, _ := a.AnswerHeader("Access-Control-Allow-Headers"); a.Delivery == nil || !hasUnset(values) {
		return conformance.Opinion{}, false
	}
	for _, name := range []string{"Access-Control-Request-Method", "Access-Control-Request-Headers"} {
		if o, ended := otherHeader(a, name, "for which the service gives permission"); ended {
			return o, true
		}
	}
	return conformance.Opinion{}, false
}

// exactlyOne ends the judgement of an answer without a header, with several of that name, or with an unknown one.
func exactlyOne(a *conformance.Arrival, name string, values []routing.Value, taken routing.Value) (conformance.Opinion, bool) {
	for _, v := range values {
		if v.IsUnknown() {
			return cannotTell(v, endOf(a)), true
		}
	}
	if cut, ok := answerLinesHidden(a, name, values, taken); ok {
		return cut, true
	}
	switch {
	case len(values) == 0 && a.Delivery == nil:
		return wrong(taken, endOf(a), "the gateway answers preflights itself, without "+name), true
	case len(values) == 0:
		return wrong(taken, endOf(a), name+" is taken off the service's answers"), true
	case len(values) > 1 && !values[0].IsSet():
		return wrong(values[1], endOf(a), fmt.Sprintf("a second %s (%q) is added to that of the service", name, values[1].Text())), true
	case len(values) > 1:
		return wrong(values[1], endOf(a), "answers get a second "+name), true
	}
	return conformance.Opinion{}, false
}

// answerLinesHidden is the finding for a header that is missing because a line hides those that would have added it.
func answerLinesHidden(a *conformance.Arrival, name string, values []routing.Value, taken routing.Value) (conformance.Opinion, bool) {
	if len(values) > 0 {
		return conformance.Opinion{}, false
	}
	for _, n := range taken.Hidden() {
		if strings.Contains(strings.ToLower(n.Text), strings.ToLower(name)) {
			taken.Span = at(taken, endOf(a))
			return linesHidden(taken)
		}
	}
	return conformance.Opinion{}, false
}

// headersAreAllowed judges the permission to send the token. "*" does not stand for authorization.
func headersAreAllowed(a *conformance.Arrival) conformance.Opinion {
	const name = "Access-Control-Allow-Headers"
	values, _ := a.AnswerHeader(name)
	if hasUnset(values) {
		return conformance.Fine()
	}
	var all []string
	for _, v := range values {
		if v.IsUnknown() {
			return cannotTell(v, endOf(a))
		}
		all = append(all, v.Text())
	}
	for wanted := range strings.SplitSeq(conformance.PreflightHeaders, ",") {
		if !lists(strings.Join(all, ","), wanted) {
			return wrong(first(values), endOf(a), fmt.Sprintf("the answer to preflights does not allow the header %s", wanted))
		}
	}
	return conformance.Fine()
}

// hasUnset reports whether the service's own field is among those of an answer.
func hasUnset(values []routing.Value) bool { return len(values) > 0 && !values[0].IsSet() }

func first(values []routing.Value) routing.Value {
	if len(values) == 0 {
		return routing.Value{}
	}
	return values[0]
}

// lists reports whether a comma-separated list has a member, whatever its letters' case.
func lists(list, member string) bool {
	for part := range strings.SplitSeq(list, ",") {
		if strings.EqualFold(strings.TrimSpace(part), member) {
			return true
		}
	}
	return false
}
