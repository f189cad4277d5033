package akamai

import (
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// finish does what the behaviors in force say. In which order those apply that end a request is documented nowhere; each of them ends it.
func (b *builder) finish() []routing.Step {
	var steps []routing.Step
	for _, name := range b.unmodeled {
		steps = append(steps, &routing.Match{Arms: b.opaques[name]})
	}
	for _, groups := range b.late {
		for _, group := range groups {
			steps = append(steps, &routing.Match{Arms: []routing.Arm{group}})
		}
	}
	insecure := routing.Equal{Of: routing.ReadOriginal(routing.InScheme, ""), To: routing.Text("http")}
	if redirects := b.chosen("httpStrictTransportSecurity"); redirects != nil {
		steps = append(steps, &routing.Match{Arms: []routing.Arm{{When: insecure, Do: redirects}}})
	}
	for _, name := range b.denials {
		steps = append(steps, b.chosen(name)...)
	}
	steps = append(steps, b.methodSteps())
	return append(steps, b.ending()...)
}

// methodSteps ask whether the method is allowed.
func (b *builder) methodSteps() routing.Step {
	m := &routing.Match{}
	var named []routing.Cond
	for _, x := range methods {
		is := routing.Equal{Of: routing.ReadOriginal(routing.InMethod, ""), To: routing.Text(x.method)}
		named = append(named, is)
		do := b.chosen(x.behavior)
		if x.method == "POST" {
			do = append(do, b.withoutLength())
		}
		m.Arms = append(m.Arms, routing.Arm{When: is, Do: do})
	}
	for _, method := range []string{"GET", "HEAD"} {
		named = append(named, routing.Equal{Of: routing.ReadOriginal(routing.InMethod, ""), To: routing.Text(method)})
	}
	m.Arms = append(m.Arms, routing.Arm{When: routing.Not{Cond: routing.Any(named)}, Do: []routing.Step{
		&routing.Respond{Status: routing.DefaultOf("501", product), Label: "this method is not allowed", Span: placeOf(b.p.Rules)},
	}})
	return m
}

// refusals are in force where no behavior allows a method.
func (b *builder) refusals() []routing.Step {
	at := placeOf(b.p.Rules)
	var steps []routing.Step
	for _, x := range methods {
		if x.status == "" {
			continue
		}
		none := "no " + x.behavior + " applies"
		// Nothing was decided anywhere: the last rule that applies is the place to look at.
		steps = append(steps, b.choose(x.behavior, none, routing.Span{}, &routing.Respond{Status: routing.DefaultOf(x.status, product), Label: none, Span: at}))
	}
	return steps
}

// ending is what comes of a request that is not refused.
func (b *builder) ending() []routing.Step {
	var steps []routing.Step
	for _, name := range []string{"redirect", "redirectplus", "constructResponse", "breakConnection"} {
		steps = append(steps, b.chosen(name)...)
	}
	steps = append(steps, b.forwarded()...)
	steps = append(steps, b.chosen("origin")...)
	at := placeOf(b.p.Rules)
	return append(steps, &routing.Respond{Status: routing.UnknownOf("what is answered without an origin", at), Label: "no origin applies", Span: at})
}

// deniedFor keeps the reasons of denials, each once.
func (b *builder) deniedFor(name string) {
	if !b.assigned[name] {
		b.assigned[name], b.denials = true, append(b.denials, name)
	}
}
