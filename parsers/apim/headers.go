package apim

import (
	"net/url"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// valued is a header or a query parameter that a policy sets.
type valued struct {
	name   routing.Value
	action string // override, skip, append, delete
	values []routing.Expr
}

func (l *lowering) valued(s statement) valued {
	v := valued{name: l.attribute(s, "name"), action: "override"}
	if action := l.attribute(s, "exists-action"); action.IsSet() {
		v.action = action.Text()
		if action.IsUnknown() {
			v.name = action
		}
	}
	for _, n := range s.inside() {
		if n.Name == "value" {
			text, start, end := n.Content()
			v.values = append(v.values, l.text(text, n.at(start, end)))
		}
	}
	return v
}

// steps set a place as exists-action says ("Set header", "Set query parameter").
func (v valued) steps(what routing.Place, at routing.Span) []routing.Step {
	if v.action == "delete" || len(v.values) == 0 {
		return []routing.Step{&routing.Remove{What: what, Span: at}}
	}
	var steps []routing.Step
	for i, value := range v.values {
		if i == 0 && v.action != "append" {
			steps = append(steps, set(what, value, at))
			continue
		}
		steps = append(steps, &routing.Add{What: what, To: value, Span: at})
	}
	if v.action == "skip" {
		return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: routing.Not{Cond: sent(routing.Part{Of: what})}, Do: steps}}}}
	}
	return steps
}

// setHeader changes a header of the request, or of the answer. On a WebSocket API the Host stays that of the backend, whatever is set ("Import a
// WebSocket API"). Of the answer to a handshake only those headers count that browsers are let in by.
func (l *lowering) setHeader(s statement) []routing.Step {
	v := l.valued(s)
	at := s.span()
	if v.name.IsUnknown() {
		return []routing.Step{&routing.Opaque{Why: v.name.Why(), Span: v.name.Span}}
	}
	name := v.name.Text()
	switch {
	case l.section == "outbound":
		if l.socket && !strings.HasPrefix(strings.ToLower(name), "access-control-") || v.action == "skip" { // the service sends what clients need
			return nil
		}
		return v.steps(routing.Place{Kind: routing.InResponseHeader, Name: name}, at)
	case !strings.EqualFold(name, "Host"):
		return v.steps(routing.Place{Kind: routing.InHeader, Name: name}, at)
	case l.socket:
		return []routing.Step{&routing.Ignore{
			What: routing.Place{Kind: routing.InHeader, Name: name}, Span: at, Text: "the Host that is set here counts for nothing: on a WebSocket API it stays that of the service URL",
		}}
	case v.action == "delete" || v.action == "skip": // there is always one
		return nil
	}
	return v.steps(hostHeader, at)
}

func (l *lowering) setQuery(s statement) []routing.Step {
	v := l.valued(s)
	if v.name.IsUnknown() {
		return []routing.Step{&routing.Opaque{Why: v.name.Why(), Span: v.name.Span}}
	}
	for i, value := range v.values {
		v.values[i] = routing.Call{Name: "escaped", Args: []routing.Expr{value}, Fn: func(args ...string) string { return url.QueryEscape(args[0]) }}
	}
	return v.steps(routing.Place{Kind: routing.InArgument, Name: v.name.Text()}, s.span())
}
