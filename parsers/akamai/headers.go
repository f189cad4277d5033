package akamai

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// direction says at which of the edge server's sides a header is changed: where it comes in, or where it goes out.
type direction int

const (
	incoming direction = iota
	outgoing
)

// phase orders the changes to headers: what comes in is changed before what goes out, wherever the behaviors stand. Unlike others, these
// behaviors add up.
type phase int

const (
	requestIn phase = iota
	requestOut
	responseIn
	responseOut
	phases
)

// requestHeader changes a header of the request.
func requestHeader(d direction) func(*builder, behavior) []routing.Step {
	return func(b *builder, o behavior) []routing.Step { return b.header(o, requestIn+phase(d), routing.InHeader) }
}

// responseHeader changes a header of the answer.
func responseHeader(d direction) func(*builder, behavior) []routing.Step {
	return func(b *builder, o behavior) []routing.Step {
		return b.header(o, responseIn+phase(d), routing.InResponseHeader)
	}
}

func (b *builder) header(o behavior, in phase, kind routing.PlaceKind) []routing.Step {
	action := text(o.option("action"))
	name := headerName(o, action.Text())
	for _, v := range []routing.Value{action, name} {
		if v.IsUnknown() || !v.IsSet() {
			return []routing.Step{lost(o.title(), v.Or(routing.UnknownOf(o.name+" does not say what it does to which header", o.at())))}
		}
	}
	what := routing.Place{Kind: kind, Name: name.Text()}
	value := func(option string) routing.Expr {
		if kind == routing.InHeader && strings.EqualFold(name.Text(), "Host") {
			return routing.Lit{Value: routing.UnknownOf("whether a Host that is changed by "+o.name+" reaches the origin is not documented: forwardHostHeader of the origin decides", o.at())}
		}
		return b.expand(text(o.option(option)).Or(routing.Of("", o.at())))
	}
	switch action.Text() {
	case "ADD":
		return b.later(in, o.at(), value("headerValue"), func(e routing.Expr) routing.Step { return &routing.Add{What: what, To: e, Span: o.at()} })
	case "MODIFY":
		return b.later(in, o.at(), value("newHeaderValue"), func(e routing.Expr) routing.Step { return &routing.Set{What: what, To: e, Span: o.at()} })
	case "DELETE":
		return b.later(in, o.at(), routing.Text(""), func(routing.Expr) routing.Step { return &routing.Remove{What: what, Span: o.at()} })
	case "REGEX":
		return b.later(in, o.at(), b.substituted(o, what), func(e routing.Expr) routing.Step { return &routing.Set{What: what, To: e, Span: o.at()} })
	case "PASS":
		return nil
	}
	return []routing.Step{lost(o.title(), routing.UnknownOf(fmt.Sprintf("what the action %.40q does to a header is not known", action.Text()), action.Span))}
}

// substituted is a header with something else in the place of what a regular expression matches. The answer's are not known beforehand.
func (b *builder) substituted(o behavior, what routing.Place) routing.Expr {
	if what.Kind == routing.InResponseHeader {
		return routing.Lit{Value: routing.UnknownOf("the header "+what.Name+" of the answer is changed by a regular expression", o.at())}
	}
	return b.replaced(o, routing.ReadOriginal(routing.InHeader, what.Name), "regexHeaderMatch", "regexHeaderReplace", flag(o.option("matchMultiple")))
}

// headerName is one of a list in capitals, or the customer's own.
func headerName(o behavior, action string) routing.Value {
	standard := map[string]string{"ADD": "standardAddHeaderName", "DELETE": "standardDeleteHeaderName", "MODIFY": "standardModifyHeaderName", "REGEX": "standardModifyHeaderName", "PASS": "standardPassHeaderName"}[action]
	name := text(o.option(standard))
	if name.State() == routing.Known && name.Text() != "OTHER" {
		return name.Became(strings.ReplaceAll(name.Text(), "_", "-"))
	}
	if name.IsUnknown() {
		return name
	}
	return text(o.option("customHeaderName"))
}

// later computes a value where the behavior applies, unless it is the same for every request, and uses it in its phase.
func (b *builder) later(in phase, at routing.Span, value routing.Expr, use func(routing.Expr) routing.Step) []routing.Step {
	b.blocks++
	name := fmt.Sprintf(":header %d", b.blocks)
	when := applies(name)
	if in == responseIn { // what the gateway makes up itself does not come in
		when = routing.All{when, routing.Equal{Of: read(":constructResponse"), To: routing.Text("")}}
	}
	steps := []routing.Step{apply(name, at)}
	if _, fixed := value.(routing.Lit); !fixed {
		steps = append(steps, &routing.Set{What: variable(name), To: value, Span: at})
		value = read(name)
	}
	some := b.group(in, &routing.Match{Arms: []routing.Arm{{When: when, Do: []routing.Step{use(value)}}}})
	return append(steps, apply(some, at))
}

// group puts a change off to the end, among others that are passed over together where none of them applies: a property may have thousands.
// It gives the name of what says that some of them do.
func (b *builder) group(in phase, change routing.Step) string {
	const enough = 50
	list := b.late[in]
	if len(list) == 0 || len(list[len(list)-1].Do) == enough {
		list = append(list, routing.Arm{})
	}
	last := &list[len(list)-1]
	name := fmt.Sprintf(":headers %d %d", in, len(list))
	last.When, last.Do = applies(name), append(last.Do, change)
	b.late[in] = list
	return name
}

// corsHeaders are what corsSupport decides.
var corsHeaders = []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods"}

// cors is corsSupport. Whether its headers take the place of the service's own, or stand beside them, is not documented.
func (b *builder) cors(o behavior) []routing.Step {
	on := o.enabled()
	if isOff(on) {
		return nil
	}
	var steps []routing.Step
	for _, name := range corsHeaders {
		why := routing.UnknownOf("corsSupport sends "+name+"; whether in the place of the service's own or beside it is not documented", o.at())
		what := routing.Place{Kind: routing.InResponseHeader, Name: name}
		steps = append(steps, b.later(responseOut, o.at(), routing.Lit{Value: why}, func(e routing.Expr) routing.Step { return &routing.Set{What: what, To: e, Span: o.at()} })...)
	}
	return steps
}

// authentication is originCharacteristics: for some kinds of origins the edge signs requests, in a header of its own or in Authorization.
func (b *builder) authentication(o behavior) []routing.Step {
	method := text(o.option("authenticationMethod"))
	switch method.Text() {
	case "AUTOMATIC", "SIGNATURE_HEADER_AUTHENTICATION", "MSL_AUTHENTICATION", "":
		if !method.IsUnknown() {
			return nil
		}
	}
	what := routing.Place{Kind: routing.InHeader, Name: "Authorization"}
	signed := routing.UnknownOf("the edge signs requests to the origin, as authenticationMethod says; whether Authorization stays the client's is not documented", o.place("authenticationMethod"))
	return b.later(requestOut, o.at(), routing.Lit{Value: signed}, func(e routing.Expr) routing.Step { return &routing.Set{What: what, To: e, Span: o.at()} })
}

// report and logCustom add a field of the customer's own to each line of the log ("report": customLogField).
func (b *builder) report(o behavior) []routing.Step {
	on := flag(o.option("logCustomLogField"))
	line := b.expand(text(o.option("customLogField")).Or(routing.Of("", o.at())))
	if on.IsUnknown() {
		line = routing.Lit{Value: on}
	}
	entry := &routing.Log{Line: line, Sink: "the log (field of " + o.title() + ")", Span: o.place("customLogField")}
	return []routing.Step{b.switched(o.name, isOn(on) || on.IsUnknown(), entry, o.at())}
}
