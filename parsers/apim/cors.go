package apim

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// permission is what a cors policy allows.
type permission struct {
	statement
	any         bool // every origin
	origins     []routing.Value
	methods     []routing.Value
	headers     []routing.Value
	credentials routing.Value
}

// permissionOf reads a cors policy ("CORS": allow-credentials is false unless it is set).
func (l *lowering) permissionOf(s statement) permission {
	defer func(outer *document) { l.from = outer }(l.from)
	l.from = s.document
	p := permission{statement: s, credentials: l.attribute(s, "allow-credentials").Or(routing.DefaultOf("false", "cors"))}
	for _, list := range s.inside() {
		for _, n := range list.inside() {
			text, start, end := n.Content()
			v := routing.UnknownOf("it is computed for each request", n.at(start, end))
			if lit, ok := l.text(text, n.at(start, end)).(routing.Lit); ok {
				v = lit.Value
			}
			switch list.Name {
			case "allowed-origins":
				p.origins = append(p.origins, v)
				p.any = p.any || v.Text() == "*"
			case "allowed-methods":
				p.methods = append(p.methods, v)
			case "allowed-headers":
				p.headers = append(p.headers, v)
			}
		}
	}
	return p
}

// when is the condition that a request's origin is allowed.
func (p permission) when() routing.Cond {
	origin := routing.ReadOriginal(routing.InHeader, "Origin")
	if p.any {
		return sent(origin)
	}
	var out routing.Any
	for _, v := range p.origins {
		if v.IsUnknown() {
			out = append(out, routing.Given{Value: v})
			continue
		}
		out = append(out, routing.Equal{Of: origin, To: routing.Lit{Value: v}, Fold: true})
	}
	return out
}

// headersFor are the headers of an answer to an allowed origin.
func (p permission) headersFor() []routing.Step {
	allow := routing.ReadOriginal(routing.InHeader, "Origin")
	at := p.span()
	switch {
	case p.any && p.credentials.Text() == "false":
		allow = routing.Lit{Value: routing.Of("*", at)}
	case p.any: // browsers would refuse an asterisk
		allow = routing.Lit{Value: routing.UnknownOf("whether cors answers with an asterisk or with the origin, where it allows all and credentials too, is not documented: name the origins", at)}
	}
	steps := []routing.Step{set(routing.Place{Kind: routing.InResponseHeader, Name: "Access-Control-Allow-Origin"}, allow, at)}
	if p.credentials.Text() == "true" || p.credentials.IsUnknown() {
		steps = append(steps, set(routing.Place{Kind: routing.InResponseHeader, Name: "Access-Control-Allow-Credentials"}, routing.Lit{Value: p.credentials}, at))
	}
	return steps
}

// cors lets pages of other origins see the answer. The preflights before are answered where there is no operation for them.
func (l *lowering) cors(s statement) []routing.Step {
	if l.section != "inbound" || strings.EqualFold(l.op.method, "OPTIONS") {
		return nil
	}
	p := l.permissionOf(s)
	return []routing.Step{&routing.Match{Span: s.span(), Arms: []routing.Arm{{When: p.when(), Label: "cors", Span: s.span(), Do: p.headersFor()}}}}
}

// preflights answers preflights for which the API has no operation: by the cors policy of the operation that the browser asks about ("CORS":
// an operation with the method OPTIONS takes the policy's place).
func (b *builder) preflights(a *api) []routing.Step {
	var arms []routing.Arm
	for _, o := range a.operations {
		if strings.EqualFold(o.method, "OPTIONS") || o.open.IsUnknown() {
			continue
		}
		l := &lowering{builder: b, api: a, op: o, section: "inbound", known: map[string]kind{}}
		answer := l.preflight()
		if answer == nil {
			continue
		}
		asked := routing.Equal{Of: routing.ReadOriginal(routing.InHeader, "Access-Control-Request-Method"), To: routing.Text(strings.ToUpper(o.method)), Fold: true}
		arms = append(arms, routing.Arm{
			When:  routing.All{routing.Equal{Of: routing.Read(routing.InMethod, ""), To: routing.Text("OPTIONS")}, asked, o.pathMatches(a)},
			Label: "preflight of operation " + o.String(), Span: o.span, Do: answer,
		})
	}
	if len(arms) == 0 {
		return nil
	}
	return []routing.Step{&routing.Match{Arms: arms, Span: a.span}}
}

// preflight is the answer by the first cors policy of the operation; nil where there is none.
func (l *lowering) preflight() []routing.Step {
	inbound := effective(l.chain(l.api, l.op), "inbound")
	if inbound.open.IsUnknown() {
		return []routing.Step{&routing.Opaque{Why: inbound.open.Why(), Span: inbound.open.Span}}
	}
	s, why := l.firstCORS(inbound.list, 0)
	switch {
	case why.IsUnknown():
		return []routing.Step{&routing.Opaque{Why: why.Why(), Span: why.Span}}
	case s == nil:
		return nil
	}
	p := l.permissionOf(*s)
	header := func(name string, to routing.Expr) routing.Step {
		return set(routing.Place{Kind: routing.InResponseHeader, Name: name}, to, s.span())
	}
	allowed := append(p.headersFor(), header("Access-Control-Allow-Headers", p.listed(p.headers, "headers", "")),
		header("Access-Control-Allow-Methods", p.listed(p.methods, "methods", "GET, POST")))
	answer := &routing.Respond{Status: routing.DefaultOf("200", "cors"), Label: "preflight answered by cors", Span: s.span()}
	return []routing.Step{&routing.Match{Span: s.span(), Arms: []routing.Arm{{When: p.when(), Label: "origin allowed", Span: s.span(), Do: append(allowed, answer)}}}, answer}
}

// listed is a list of names. With credentials an asterisk in the answer would stand for nothing (Fetch standard, "CORS-preflight fetch").
func (p permission) listed(names []routing.Value, what, otherwise string) routing.Expr {
	if len(names) == 0 {
		return routing.Lit{Value: routing.Of(otherwise, p.span())}
	}
	var out []string
	for _, v := range names {
		if v.Text() == "*" {
			return routing.Lit{Value: routing.UnknownOf("whether cors answers with an asterisk, which does not go with credentials, or with what the browser asks for, is not documented: name the "+what, v.Span)}
		}
		out = append(out, v.Text())
	}
	if i := slices.IndexFunc(names, routing.Value.IsUnknown); i >= 0 {
		return routing.Lit{Value: names[i]}
	}
	return routing.Lit{Value: routing.Of(strings.Join(out, ", "), p.span())}
}

// firstCORS looks through fragments. Whether preflights, for which nothing but cors is evaluated, come to one in a branch is not documented.
func (l *lowering) firstCORS(list []statement, depth int) (found *statement, open routing.Value) {
	for _, s := range list {
		if l.lowered++; depth > maxFragments || l.lowered > maxStatements {
			return nil, routing.UnknownOf("the policies of this operation are longer than is followed", s.span())
		}
		switch s.Name {
		case "cors":
			return &s, routing.Value{}
		case "choose":
			if l.mentions(section{list: s.inside()}, "cors") {
				return nil, routing.UnknownOf("whether preflights are answered by a cors policy in a branch is not documented", s.span())
			}
		case "include-fragment":
			inner, why := l.builder.fragment(s)
			if why.IsUnknown() {
				return nil, why
			}
			if found, open = l.firstCORS(inner, depth+1); found != nil || open.IsUnknown() {
				return found, open
			}
		}
	}
	return nil, routing.Value{}
}
