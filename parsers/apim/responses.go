package apim

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// returnResponse ends the request with an answer of the gateway ("Return response"). In outbound the service has had the request by then.
func (l *lowering) returnResponse(s statement) []routing.Step {
	status := routing.DefaultOf("200", "return-response")
	if a, ok := s.Attribute("response-variable-name"); ok {
		status = routing.UnknownOf("the answer is that in variable "+a.Value, s.span())
	}
	var steps []routing.Step
	var location routing.Expr
	for _, n := range s.inside() {
		switch n.Name {
		case "set-status":
			status = l.attribute(n, "code").Or(status)
		case "set-header":
			v := l.valued(n)
			if strings.EqualFold(v.name.Text(), "Location") && len(v.values) > 0 {
				location = v.values[0]
				continue
			}
			if v.name.State() == routing.Known {
				steps = append(steps, v.steps(routing.Place{Kind: routing.InResponseHeader, Name: v.name.Text()}, n.span())...)
			}
		}
	}
	if l.section == "outbound" {
		return append(steps, set(answeredAs, routing.Lit{Value: status}, s.span()))
	}
	if location != nil && strings.HasPrefix(status.Text(), "3") {
		return append(steps, l.answered(&routing.Redirect{Status: status, To: location, Span: s.span()}))
	}
	return append(steps, l.answered(&routing.Respond{Status: status, Label: "return-response", Span: s.span()}))
}

// mock answers in place of the backend ("Mock response").
func (l *lowering) mock(s statement) []routing.Step {
	status := l.attribute(s, "status-code").Or(routing.DefaultOf("200", "mock-response"))
	if l.section == "outbound" {
		return []routing.Step{set(answeredAs, routing.Lit{Value: status}, s.span())}
	}
	return []routing.Step{l.answered(&routing.Respond{Status: status, Label: "mock-response", Span: s.span()})}
}

// answered is an answer that a policy gives: its line decides about it, unless a branch around it does.
func (l *lowering) answered(do routing.Step) routing.Step {
	if l.branch > 0 {
		return do
	}
	return decided("operation "+l.op.name, do)
}

// setStatus changes the status of the answer.
func (l *lowering) setStatus(s statement) []routing.Step {
	if l.section != "outbound" {
		return nil
	}
	return []routing.Step{set(answeredAs, routing.Lit{Value: l.attribute(s, "code")}, s.span())}
}

// cacheLookup serves stored answers, where cache-store stores them; those to requests with a token only if it says so ("Get from cache").
func (l *lowering) cacheLookup(s statement) []routing.Step {
	if !l.stores {
		return nil
	}
	private := l.attribute(s, "allow-private-response-caching").Or(routing.DefaultOf("false", "cache-lookup"))
	when := routing.Any{routing.Given{Value: private}, routing.Not{Cond: sent(routing.Read(routing.InHeader, "Authorization"))}}
	get := routing.All{routing.Equal{Of: routing.Read(routing.InMethod, ""), To: routing.Text("GET")}, when}
	said := routing.Of("holds", s.span()).With(s.span(), "answers are kept whole for the cache")
	return []routing.Step{&routing.Match{Span: s.span(), Arms: []routing.Arm{{When: get, Label: "cache-lookup", Span: s.span(), Do: []routing.Step{
		set(cached, routing.Lit{Value: routing.Of("true", s.span())}, s.span()), set(held, routing.Lit{Value: said}, s.span()),
	}}}}}
}
