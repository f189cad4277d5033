package apim

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/policy"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// maxFragments bounds how deep policies and fragments stand in each other, maxStatements how many there are of one operation: fragments that
// include others twice double each time.
const (
	maxFragments  = 30
	maxStatements = 5000
)

// lower lowers one policy.
type lower func(*lowering, statement) []routing.Step

// policies are the policies that are read, by name ("API Management policy reference").
var policies map[string]lower

func init() { //nolint:gochecknoinits // the table refers to itself through policies that hold others
	policies = map[string]lower{
		"choose": (*lowering).choose, "include-fragment": (*lowering).includeFragment,
		"forward-request": (*lowering).forward, "set-backend-service": (*lowering).setBackend, "rewrite-uri": (*lowering).rewrite,
		"set-header": (*lowering).setHeader, "set-query-parameter": (*lowering).setQuery, "set-method": (*lowering).setMethod,
		"set-variable": (*lowering).setVariable, "set-status": (*lowering).setStatus, "set-body": (*lowering).setBody,
		"return-response": (*lowering).returnResponse, "mock-response": (*lowering).mock,
		"retry": (*lowering).within, "wait": (*lowering).within, "limit-concurrency": (*lowering).limited,
		"rate-limit": (*lowering).limited, "rate-limit-by-key": (*lowering).limited, "quota": (*lowering).limited, "quota-by-key": (*lowering).limited,
		"llm-token-limit": (*lowering).limited, "azure-openai-token-limit": (*lowering).limited,
		"validate-jwt": (*lowering).validateToken, "validate-azure-ad-token": (*lowering).validateToken,
		"validate-client-certificate": (*lowering).validateCertificate, "check-header": (*lowering).checkHeader, "ip-filter": (*lowering).ipFilter,
		"validate-parameters": (*lowering).validateRequest, "validate-headers": (*lowering).validateRequest,
		"validate-content": (*lowering).validateContent, "find-and-replace": (*lowering).wholeBody, "redirect-content-urls": (*lowering).wholeBody,
		"json-to-xml": (*lowering).jsonToXML, "xml-to-json": (*lowering).wholeBody, "xsl-transform": (*lowering).wholeBody, "jsonp": (*lowering).wholeBody,
		"validate-status-code": nothing, "cross-domain": nothing, "proxy": nothing, "trace": (*lowering).trace, "log-to-eventhub": (*lowering).logged,
		"emit-metric": nothing, "llm-emit-token-metric": nothing, "azure-openai-emit-token-metric": nothing, "emit-token-metric": nothing,
		"authentication-basic": (*lowering).authenticate, "authentication-managed-identity": (*lowering).authenticate, "authentication-certificate": nothing,
		"cache-lookup": (*lowering).cacheLookup, "cache-store": nothing, "cache-store-value": nothing, "cache-remove-value": nothing,
		"cache-lookup-value": (*lowering).unknownVariable, "send-request": (*lowering).unknownVariable, "get-authorization-context": (*lowering).unknownVariable,
		"send-one-way-request": nothing, "cors": (*lowering).cors, "publish-to-dapr": nothing, "invoke-dapr-binding": nothing,
	}
}

// notForSockets are the policies that count for nothing on a WebSocket API, also where they are inherited ("Import a WebSocket API": limitations).
var notForSockets = map[string]bool{
	"mock-response": true, "cache-lookup": true, "cache-store": true, "cross-domain": true, "cors": true, "jsonp": true, "set-method": true, "set-body": true,
	"xml-to-json": true, "json-to-xml": true, "xsl-transform": true, "validate-content": true, "validate-parameters": true, "validate-headers": true,
	"validate-status-code": true,
}

func nothing(*lowering, statement) []routing.Step { return nil }

func (l *lowering) statements(list []statement) []routing.Step {
	var out []routing.Step
	for _, s := range list {
		out = append(out, l.statement(s)...)
	}
	return out
}

func (l *lowering) statement(s statement) []routing.Step {
	if l.socket && notForSockets[s.Name] {
		return []routing.Step{&routing.Ignore{Text: "the policy " + s.Name + " counts for nothing on a WebSocket API", Span: s.span()}}
	}
	if l.beside != nil && l.beside.selfRun && skipped[s.Name] {
		return []routing.Step{&routing.Ignore{Text: "the policy " + s.Name + " counts for nothing on a self-hosted gateway", Span: s.span()}}
	}
	if l.lowered++; l.lowered > maxStatements {
		return []routing.Step{&routing.Opaque{Why: "the policies of this operation are longer than is followed", Span: s.span()}}
	}
	do, ok := policies[s.Name]
	switch {
	case !ok && l.section == "outbound":
		return maybeHeld(routing.UnknownOf("what the policy "+policy.Plain(s.Name)+" does to the answer is not modeled", s.span()), s.span())
	case !ok:
		return []routing.Step{&routing.Opaque{Why: "what the policy " + policy.Plain(s.Name) + " does is not modeled", Span: s.span()}}
	}
	defer func(outer *document) { l.from = outer }(l.from)
	l.from = s.document
	return append(l.readsBody(s), do(l, s)...)
}

// holdsOthers are the policies, and the branches of them, in which policies stand that are lowered by themselves.
var holdsOthers = map[string]bool{"choose": true, "when": true, "otherwise": true, "retry": true, "wait": true, "limit-concurrency": true}

// readsBody says so when an expression needs the body of the answer, which is then read to its end. Before a request is sent there is none.
func (l *lowering) readsBody(s statement) []routing.Step {
	if l.section == "inbound" || l.socket || !bodyIn(s.Node, !holdsOthers[s.Name]) {
		return nil
	}
	return []routing.Step{set(held, routing.Lit{Value: routing.Of("holds", s.span()).With(s.span(), "an expression reads the body of the answer")}, s.span())}
}

// bodyIn reports whether the attributes of an element speak of the body of the answer, or what stands in it does.
func bodyIn(n *policy.Node, inside bool) bool {
	const body = "Response.Body"
	if slices.ContainsFunc(n.Attributes, func(a policy.Attribute) bool { return strings.Contains(a.Value, body) }) {
		return true
	}
	text, _, _ := n.Content()
	return inside && (strings.Contains(text, body) || slices.ContainsFunc(n.Elements(), func(e *policy.Node) bool { return bodyIn(e, true) }))
}

// within lowers policies that hold others and run them.
func (l *lowering) within(s statement) []routing.Step {
	if l.fragment++; l.fragment > maxFragments {
		return []routing.Step{&routing.Opaque{Why: "policies stand in each other too deep", Span: s.span()}}
	}
	defer func() { l.fragment-- }()
	return l.statements(s.inside())
}

func (l *lowering) includeFragment(s statement) []routing.Step {
	list, why := l.builder.fragment(s)
	if why.IsUnknown() {
		return []routing.Step{&routing.Opaque{Why: why.Why(), Span: why.Span}}
	}
	if l.fragment++; l.fragment > maxFragments {
		return []routing.Step{&routing.Opaque{Why: "policy fragments include each other", Span: s.span()}}
	}
	defer func() { l.fragment-- }()
	return l.statements(list)
}

// choose runs the first branch whose condition holds ("Control flow"). Branches without any part in what is asked are left out, so that an
// unknown condition on them makes no difference.
func (l *lowering) choose(s statement) []routing.Step {
	if l.fragment++; l.fragment > maxFragments {
		return []routing.Step{&routing.Opaque{Why: "policies stand in each other too deep", Span: s.span()}}
	}
	l.branch++
	defer func() { l.fragment--; l.branch-- }()
	m := &routing.Match{Span: s.span()}
	matters := false
	var read []routing.Step // by the conditions up to a branch
	for _, branch := range s.inside() {
		arm := routing.Arm{When: routing.Always{}, Label: "otherwise", Span: branch.span()}
		if branch.Name == "when" {
			a, _ := branch.Attribute("condition")
			at := branch.at(a.Start, a.End)
			arm.When, arm.Label = l.condition(a.Value, at), "when "+policy.Plain(a.Value)
		}
		if len(read) == 0 {
			read = l.readsBody(branch)
		}
		arm.Do = append(slices.Clip(read), l.statements(branch.inside())...)
		matters = matters || len(arm.Do) > 0
		m.Arms = append(m.Arms, arm)
	}
	if !matters {
		return nil
	}
	if len(read) > 0 {
		m.Arms = append(m.Arms, routing.Arm{When: routing.Always{}, Label: "no branch", Span: s.span(), Do: read})
	}
	return []routing.Step{m}
}

// limited notes what bounds the number of requests, and runs what it holds.
func (l *lowering) limited(s statement) []routing.Step {
	said := []string{s.Name}
	for _, a := range s.Attributes {
		if a.Name == "calls" || a.Name == "renewal-period" || a.Name == "bandwidth" || a.Name == "max-count" {
			said = append(said, fmt.Sprintf("%s=%q", a.Name, policy.Plain(a.Value)))
		}
	}
	steps := []routing.Step{set(rate, routing.Lit{Value: routing.Of(strings.Join(said, " "), s.span())}, s.span())}
	if s.Name == "limit-concurrency" {
		steps = append(steps, l.within(s)...)
	}
	return steps
}

// wholeBody notes policies that need the answer whole. In inbound they look at the request.
func (l *lowering) wholeBody(s statement) []routing.Step {
	if l.section != "outbound" && s.Name != "validate-content" && s.Name != "redirect-content-urls" {
		return nil
	}
	v := routing.Of("holds", s.span()).With(s.span(), "the policy "+s.Name+" reads answers whole")
	return []routing.Step{set(held, routing.Lit{Value: v}, s.span())}
}

// jsonToXML makes XML of answers that are JSON, where it does not ask the client first whether it wants that ("Convert JSON to XML"). Of the
// service's answers only that to negotiate is JSON; what becomes of others is not documented, unless it looks at their type.
func (l *lowering) jsonToXML(s statement) []routing.Step {
	if l.section != "outbound" {
		return nil
	}
	v := routing.Of(s.Name, s.span())
	if l.attribute(s, "consider-accept-header").Or(routing.DefaultOf("true", s.Name)).Text() != "false" {
		v = routing.UnknownOf("whether json-to-xml changes the answer depends on what the client says that it accepts", s.span())
	}
	negotiated := routing.Any{routing.Suffix{Of: routing.ReadOriginal(routing.InPath, ""), Want: "/negotiate"}, routing.Suffix{Of: routing.ReadOriginal(routing.InPath, ""), Want: "/negotiate/"}}
	return append(l.wholeBody(s), &routing.Match{Span: s.span(), Arms: []routing.Arm{
		{When: negotiated, Label: s.Name, Span: s.span(), Do: []routing.Step{set(answerBody, routing.Lit{Value: v}, s.span())}},
	}})
}

// setBody replaces the body of the request, or of the answer, which is read to its end before, where it is made of that ("Set body"). The length
// that is sent is that of the new one.
func (l *lowering) setBody(s statement) []routing.Step {
	what, own := body, "context.Request.Body.As<"
	var steps []routing.Step
	if l.section == "outbound" {
		what, own, steps = answerBody, "context.Response.Body.As<", l.wholeBody(s)
	}
	text, _, _ := s.Content()
	whole := routing.Of("set-body", s.span())
	_, liquid := s.Attribute("template")
	switch {
	case strings.HasPrefix(text, "@("+own) && asItIs.MatchString(strings.TrimPrefix(text, "@("+own)):
		whole = routing.Of("", s.span())
	case strings.HasPrefix(text, "@") && strings.Contains(text, strings.TrimSuffix(own, "As<")), liquid && strings.Contains(text, "body."):
		whole = routing.UnknownOf("what set-body makes of the body is known only when it runs", s.span())
	}
	return append(steps, set(what, routing.Lit{Value: whole}, s.span()))
}

// asItIs is the rest of an expression that gives the body as it came: context.Request.Body.As<string>(preserveContent: true)).
var asItIs = regexp.MustCompile(`^(?:string|byte\[\])>\((?:(?:preserveContent:)?\s*(?:true|false))?\)(?:\.ToString\(\))?\s*\)$`)

// unknownVariable is for policies that put an answer from elsewhere into a variable.
func (l *lowering) unknownVariable(s statement) []routing.Step {
	for _, name := range []string{"variable-name", "response-variable-name", "context-variable-name"} {
		if a, ok := s.Attribute(name); ok {
			l.known[a.Value] = anyKind
			return []routing.Step{set(variable(a.Value), routing.Lit{Value: routing.UnknownOf("what "+s.Name+" brings is known only when it runs", s.span())}, s.span())}
		}
	}
	return nil
}

func variable(name string) routing.Place { return routing.Place{Kind: routing.InVar, Name: name} }

// setVariable keeps a value under a name ("Set variable").
func (l *lowering) setVariable(s statement) []routing.Step {
	name, _ := s.Attribute("name")
	value, ok := s.Attribute("value")
	text, at := value.Value, s.at(value.Start, value.End)
	if !ok {
		var start, end int
		text, start, end = s.Content()
		at = s.at(start, end)
	}
	v := l.typed(text, at)
	l.remember(name.Value, v.kind)
	return []routing.Step{set(variable(name.Value), v.text(), s.span())}
}

// remember keeps of which type a variable is, as long as all that is put into it is of one.
func (l *lowering) remember(name string, k kind) {
	if before, ok := l.known[name]; ok && before != k {
		k = anyKind
	}
	l.known[name] = k
}

func (l *lowering) setMethod(s statement) []routing.Step {
	text, start, end := s.Content()
	return []routing.Step{set(routing.Place{Kind: routing.InMethod}, l.text(text, s.at(start, end)), s.span())}
}

// trace and log-to-eventhub write lines somewhere.
func (l *lowering) trace(s statement) []routing.Step {
	message := s.Child("message")
	if message == nil {
		return nil
	}
	return l.writes(statement{s.document, message}, "the trace")
}

func (l *lowering) logged(s statement) []routing.Step { return l.writes(s, "an event hub") }

func (l *lowering) writes(s statement, sink string) []routing.Step {
	text, start, end := s.Content()
	return []routing.Step{&routing.Log{Line: l.text(text, s.at(start, end)), Sink: sink, Span: s.span()}}
}

// authenticate replaces the Authorization header that carries the client's token ("Authenticate with basic", "Authenticate with managed
// identity": unless the token goes into a variable).
func (l *lowering) authenticate(s statement) []routing.Step {
	if a, ok := s.Attribute("output-token-variable-name"); ok {
		l.known[a.Value] = anyKind
		return []routing.Step{set(variable(a.Value), routing.Lit{Value: routing.UnknownOf("the token of a managed identity", s.span())}, s.span())}
	}
	what := routing.Place{Kind: routing.InHeader, Name: "Authorization"}
	return []routing.Step{set(what, routing.Lit{Value: routing.Of("credentials of "+s.Name, s.span())}, s.span())}
}

// setBackend leads the request elsewhere ("Set backend service").
func (l *lowering) setBackend(s statement) []routing.Step {
	if a, ok := s.Attribute("backend-id"); ok {
		chosen := set(byID, routing.Text(s.scope), s.span())
		at := s.at(a.Start, a.End)
		return decidedHere(s, append(l.branches(l.typed(a.Value, at), s.span(), func(e routing.Expr) []routing.Step {
			lit, ok := e.(routing.Lit)
			switch {
			case !ok:
				return l.backendByName(e, s.span())
			case lit.IsUnknown():
				return targetOf(lit.Value).steps(at)
			}
			return l.backend(lit.Text(), s.span())
		}), chosen))
	}
	a, ok := s.Attribute("base-url")
	if !ok {
		return []routing.Step{&routing.Opaque{Why: "where this set-backend-service leads is not modeled", Span: s.span()}}
	}
	steps := l.branches(l.typed(a.Value, s.at(a.Start, a.End)), s.span(), func(e routing.Expr) []routing.Step {
		if lit, ok := e.(routing.Lit); ok {
			return l.at(lit.Value, s.span())
		}
		return l.atComputed(e, s.span())
	})
	// A backend that an outer scope chose by its id is not overridden by a URL.
	free := routing.Any{routing.Not{Cond: sent(routing.Part{Of: byID})}, routing.Equal{Of: routing.Part{Of: byID}, To: routing.Text(s.scope)}}
	return []routing.Step{&routing.Match{Span: s.span(), Arms: []routing.Arm{{When: free, Label: s.Name, Span: s.span(), Do: steps}}}}
}

// decidedHere are steps that the line of a policy decides about.
func decidedHere(s statement, steps []routing.Step) []routing.Step {
	return []routing.Step{&routing.Match{Span: s.span(), Arms: []routing.Arm{{When: routing.Always{}, Label: s.Name, Span: s.span(), Do: steps}}}}
}

// branches lowers a choice between values as a choice between steps, so that a condition that is not known is followed both ways.
func (l *lowering) branches(v value, at routing.Span, do func(routing.Expr) []routing.Step) []routing.Step {
	if v.options == nil {
		return do(v.text())
	}
	m := &routing.Match{Span: at}
	for _, o := range v.options {
		m.Arms = append(m.Arms, routing.Arm{When: o.when, Label: "a choice in " + policy.Plain(v.said), Span: at, Do: l.branches(o.value, at, do)})
	}
	return []routing.Step{m}
}

// backendByName chooses among all backends by a name that is computed.
func (l *lowering) backendByName(name routing.Expr, at routing.Span) []routing.Step {
	m := &routing.Match{Span: at}
	for _, p := range l.parts["backends"] {
		m.Arms = append(m.Arms, routing.Arm{
			When: routing.Equal{Of: name, To: routing.Text(p.Own()), Fold: true}, Label: "backend " + p.Own(), Span: at, Do: l.backend(p.Own(), at),
		})
	}
	unread := targetOf(routing.UnknownOf("the backend that is named here was not read", at)).steps(at)
	m.Arms = append(m.Arms, routing.Arm{When: routing.Always{}, Label: "a backend that was not read", Span: at, Do: unread})
	return []routing.Step{m}
}

// rewrite replaces the path, and by default takes over what the query has beside the parameters of the operation's template ("Rewrite URL").
func (l *lowering) rewrite(s statement) []routing.Step {
	a, _ := s.Attribute("template")
	at := s.at(a.Start, a.End)
	copied := l.attribute(s, "copy-unmatched-params").Or(routing.DefaultOf("true", "rewrite-uri"))
	path, query, _ := strings.Cut(a.Value, "?")
	if policy.IsExpression(strings.TrimSpace(a.Value)) {
		path, query = a.Value, ""
	}
	to := l.template(path, at)
	steps := []routing.Step{set(routing.Place{Kind: routing.InPath}, routing.Call{Name: "rewritten path", Args: []routing.Expr{to}, Span: at, Fn: pathOnly}, s.span())}
	own := routing.Expr(routing.Call{Name: "query of the template", Args: []routing.Expr{to}, Span: at, Fn: queryOnly})
	if query != "" {
		own = l.template(query, at)
	}
	switch {
	case copied.IsUnknown():
		own = routing.Lit{Value: copied}
	case copied.Text() == "true":
		own = routing.Call{Name: "both queries", Args: []routing.Expr{own, l.unmatched()}, Span: at, Fn: bothQueries}
	default:
		at = copied.Span
	}
	return append(steps, set(routing.Place{Kind: routing.InQuery}, own, at))
}

// unmatched is the query without the parameters that the operation's template speaks of.
func (l *lowering) unmatched() routing.Expr {
	matched := l.op.arguments()
	if len(matched) == 0 {
		return queryAsSent
	}
	return routing.Call{Name: "unmatched parameters", Args: []routing.Expr{queryAsSent}, Fn: func(args ...string) string {
		return strings.Join(slices.DeleteFunc(strings.Split(args[0], "&"), func(pair string) bool {
			name, _, _ := strings.Cut(pair, "=")
			return slices.ContainsFunc(matched, func(a routing.Field) bool { return strings.EqualFold(a.Name, name) })
		}), "&")
	}}
}

func pathOnly(args ...string) string {
	path, _, _ := strings.Cut(args[0], "?")
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return path
}

func queryOnly(args ...string) string { _, query, _ := strings.Cut(args[0], "?"); return query }

func bothQueries(args ...string) string {
	if args[0] == "" || args[1] == "" {
		return args[0] + args[1]
	}
	return args[0] + "&" + args[1]
}

// template is a text with the parameters {name} of the operation in it.
func (l *lowering) template(text string, at routing.Span) routing.Expr {
	if policy.IsExpression(strings.TrimSpace(text)) || !strings.Contains(text, "{") || strings.Contains(text, "{{") {
		return l.text(text, at)
	}
	var parts []routing.Expr
	from := 0
	for _, m := range templated.FindAllStringSubmatchIndex(text, -1) {
		if m[2] < 0 {
			continue
		}
		parts = append(parts, routing.Text(text[from:m[0]]), routing.Part{Of: parameter(strings.TrimPrefix(text[m[2]:m[3]], "*"))})
		from = m[1]
	}
	return routing.Concat{Parts: append(parts, routing.Text(text[from:])), Span: at}
}
