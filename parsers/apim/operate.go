package apim

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// The variables that policies leave for the end of the request.
var (
	held        = routing.Place{Kind: routing.InVar, Name: ":held"}     // what keeps the answer back
	cached      = routing.Place{Kind: routing.InVar, Name: ":cached"}   // what lets it be served again
	rate        = routing.Place{Kind: routing.InVar, Name: ":rate"}     // what bounds the number of requests
	answeredAs  = routing.Place{Kind: routing.InVar, Name: ":answered"} // the status in place of the service's
	body        = routing.Place{Kind: routing.InVar, Name: ":body"}     // what takes the place of the request's
	answerBody  = routing.Place{Kind: routing.InVar, Name: ":answer"}   // and of the answer's
	pathInCase  = routing.Read(routing.InPath, "")
	queryAsSent = routing.Read(routing.InQuery, "")
)

// lowering lowers the effective policy of one operation.
type lowering struct {
	*builder
	api      *api
	op       *operation
	socket   bool   // of a WebSocket API, where some policies count for nothing
	branch   int    // how many branches are around, which decide about what stands in them
	section  string // inbound, backend, outbound
	fragment int    // how deep fragments include each other
	lowered  int    // statements so far
	weight   int    // of the expressions so far
	stores   bool   // answers are put into the cache
	known    map[string]kind
	from     *document // that is lowered
}

// operate are the steps of a request that was found to be for an operation.
func (b *builder) operate(a *api, o *operation) []routing.Step {
	l := &lowering{builder: b, api: a, op: o, socket: a.kind == "websocket", known: map[string]kind{}}
	chain := b.chain(a, o)
	steps := b.admission(a)
	steps = append(steps, set(routing.Place{Kind: routing.InPath}, routing.Part{Of: restOfPath}, routing.Span{}))
	steps = append(steps, b.service(a)...)
	steps = append(steps, b.diagnostics(a)...)
	outbound, backend := effective(chain, "outbound"), l.sentOnce(effective(chain, "backend"))
	if sent := slices.IndexFunc(backend.list, func(s statement) bool { return s.Name == "forward-request" }); sent >= 0 { // what follows has the answer
		outbound.list = append(slices.Clone(backend.list[sent+1:]), outbound.list...)
	}
	l.stores = l.mentions(outbound, "cache-store")
	// What is done to the answer is set up before the request is sent, which ends its way through the program.
	for _, part := range []struct {
		name string
		section
	}{{"inbound", effective(chain, "inbound")}, {"outbound", outbound}, {"backend", backend}} {
		if part.open.IsUnknown() {
			steps = append(steps, &routing.Opaque{Why: part.open.Why(), Span: part.open.Span})
			break
		}
		l.section = part.name
		steps = append(steps, l.statements(part.list)...)
		if part.name == "backend" {
			steps = append(steps, l.nothingSent(part.section))
		}
	}
	return steps
}

// sentOnce leaves open what comes of requests that several forward-request send.
func (l *lowering) sentOnce(s section) section {
	sends := slices.DeleteFunc(slices.Clone(s.list), func(st statement) bool { return !l.mentions(section{list: []statement{st}}, "forward-request") })
	if len(sends) > 1 {
		why := "the effective policy of operation " + l.op.name + " has several forward-request, and what comes of a request that is sent twice is not documented"
		return section{open: routing.UnknownOf(why, sends[1].span())}
	}
	return s
}

// errorStatuses are the statuses with which clients get errors of the service, where on-error decides about them ("Forward request":
// fail-on-error-status-code; "Error handling in API Management policies").
func (l *lowering) errorStatuses(s statement) routing.Value {
	fails := l.attribute(s, "fail-on-error-status-code")
	onError := effective(l.chain(l.api, l.op), "on-error")
	as := ""
	for _, st := range onError.list {
		switch {
		case st.Name == "set-status":
			as = l.attribute(st, "code").Text()
		case st.Name == "return-response" && st.Child("set-status") != nil:
			as = l.attribute(statement{st.document, st.Child("set-status")}, "code").Text()
		case l.mentions(section{list: []statement{st}}, "set-status"), l.mentions(section{list: []statement{st}}, "return-response"):
			as = "?"
		}
	}
	if fails.Text() != "true" || as == "" && !onError.open.IsUnknown() {
		return routing.Value{}
	}
	var out []string
	for status := 400; status < 600; status++ {
		out = append(out, strconv.Itoa(status)+"="+cmp.Or(as, "?"))
	}
	return fails.Became(strings.Join(out, " "))
}

// nothingSent is what becomes of a request that no forward-request sends ("Forward request").
func (l *lowering) nothingSent(s section) routing.Step {
	at := s.empty
	if at.IsZero() {
		at = l.api.span
	}
	return decided("backend of the effective policy", refuse("the effective policy of operation "+l.op.name+" has no forward-request, so that nothing is sent to a backend", at))
}

// mentions reports whether a policy stands anywhere in a section.
func (l *lowering) mentions(s section, name string) bool {
	left := maxStatements
	var look func(list []statement, depth int) bool
	look = func(list []statement, depth int) bool {
		for _, st := range list {
			if left--; left < 0 {
				return true // too long to tell: nothing of it is judged then
			}
			if st.Name == name || depth < maxFragments && look(st.inside(), depth+1) {
				return true
			}
			if st.Name == "include-fragment" && depth < maxFragments {
				if inner, _ := l.builder.fragment(st); look(inner, depth+1) {
					return true
				}
			}
		}
		return false
	}
	return look(s.list, 0)
}

// The time-outs ("Forward request", "Configure API for server-sent events"): 300 seconds for the answer to begin unless it says otherwise, and
// 4 minutes without a byte, after which the load balancer ends a connection. In the tier Consumption a request may take 30 seconds.
const (
	answerTimeout      = 300 * time.Second
	idleTimeout        = 4 * time.Minute
	consumptionTimeout = 30 * time.Second
)

// forward lowers forward-request, and what every request is sent with.
func (l *lowering) forward(s statement) []routing.Step {
	f := &routing.Forward{
		To: routing.Part{Of: toHost}, Scheme: routing.Part{Of: toScheme}, Label: "forward-request", Span: s.span(),
		Target: routing.Call{Name: "backend's URL", Fn: joined, Args: []routing.Expr{pathInCase, routing.Part{Of: toPrefix}, queryAsSent}},
		Then: []routing.Step{set(routing.Place{Kind: routing.InHeader, Name: "Host"}, routing.Choose{Arms: []routing.ChooseArm{
			{When: sent(routing.Part{Of: hostHeader}), To: routing.Part{Of: hostHeader}},
			{When: routing.Always{}, To: routing.Read(routing.InUpstreamHost, "")},
		}}, routing.Span{})},
	}
	backend := routing.Read(routing.InUpstreamHost, "")
	f.Settings = routing.Settings{
		routing.Protocol: routing.Lit{Value: routing.DefaultOf("HTTP/1.1", product)}, routing.SNI: backend, routing.VerifiedName: backend,
		routing.VerifyChain: l.verified(verifyChain), routing.VerifyName: l.verified(verifyName),
		routing.ReadTimeout: routing.Lit{Value: l.timeout(s)}, routing.IdleTimeout: routing.Lit{Value: l.whereItRuns()},
		routing.Buffering: l.buffering(s), routing.Cache: routing.Part{Of: cached}, routing.RateLimit: routing.Part{Of: rate}, routing.AnswerStatus: routing.Part{Of: answeredAs},
		routing.Body: routing.Part{Of: body}, routing.AnswerBody: routing.Part{Of: answerBody},
		routing.Upgrade: routing.Lit{Value: routing.DefaultOf("never", product)}, routing.ErrorStatuses: routing.Lit{Value: l.errorStatuses(s)},
	}
	if l.socket {
		f.Settings[routing.Upgrade] = routing.Lit{Value: routing.DefaultOf("native", product)}
		f.Settings[routing.Buffering] = routing.Lit{Value: routing.DefaultOf("off", product)}
	}
	return append(l.tooLong(s), f)
}

// tooLong tells of a time-out that is longer than anything waits ("Forward request": more than 240 seconds may not be honored).
func (l *lowering) tooLong(s statement) []routing.Step {
	v := l.attribute(s, "timeout")
	seconds, err := strconv.Atoi(v.Text())
	text := ""
	switch {
	case err != nil || l.socket || l.beside != nil && l.beside.selfRun:
	case l.isConsumption() && time.Duration(seconds)*time.Second > consumptionTimeout:
		text = "the tier Consumption ends every request after 30 seconds, whatever time-out is set here"
	case time.Duration(seconds)*time.Second > idleTimeout:
		text = "a time-out of " + v.Text() + " seconds may not be kept: a connection on which nothing comes is ended after 240. Set 240 or less"
	}
	if text == "" {
		return nil
	}
	return []routing.Step{&routing.Ignore{Text: text, Span: v.Span}}
}

// joined puts path, prefix of the backend and query together. The path comes first, as a line that rewrites it decides more than the URL does.
func joined(args ...string) string {
	out := args[1] + args[0]
	if out == "" {
		out = "/"
	}
	if args[2] != "" {
		out += "?" + args[2]
	}
	return out
}

// verified: that a certificate is trusted is checked for all backends, and that its name is the host's for those of WebSocket APIs, but not for
// those of HTTP APIs ("Import a WebSocket API": limitations). What a backend says itself counts; what it means for an HTTP API that its backend says
// nothing is not documented, and backends count by their URL too, so that they must have been read.
func (l *lowering) verified(what routing.Place) routing.Expr {
	if l.socket {
		return firstOf(what, routing.DefaultOf("true", product))
	}
	silent := routing.UnknownOf("what it means for an HTTP API that its backend does not state which checks of the certificate are made is not documented: state it (tls.validateCertificateChain, validateCertificateName)", l.api.span)
	otherwise := routing.DefaultOf("true", product)
	switch {
	case l.partial || l.unlisted("backends"):
		otherwise = routing.UnknownOf("whether a backend has the URL of the API, and states which checks of the certificate are made, is not known: the backends were not read, or not all of them", l.api.span)
	case what == verifyName:
		otherwise = routing.DefaultOf("false", "HTTP APIs of API Management")
		otherwise.Span = l.api.span
	}
	return routing.Choose{Arms: []routing.ChooseArm{
		{When: sent(routing.Part{Of: what}), To: routing.Part{Of: what}},
		{When: sent(routing.Part{Of: byEntity}), To: routing.Lit{Value: silent}},
		{When: routing.Always{}, To: routing.Lit{Value: otherwise}},
	}}
}

// firstOf is what a place holds, or else a value.
func firstOf(what routing.Place, otherwise routing.Value) routing.Expr {
	return routing.Choose{Arms: []routing.ChooseArm{{When: sent(routing.Part{Of: what}), To: routing.Part{Of: what}}, {When: routing.Always{}, To: routing.Lit{Value: otherwise}}}}
}

func (l *lowering) timeout(s statement) routing.Value {
	if l.isConsumption() {
		v := routing.DefaultOf(consumptionTimeout.String(), "the tier Consumption")
		v.Span = l.tier.Span
		return v
	}
	v := l.attribute(s, "timeout")
	unit := time.Second
	if ms := l.attribute(s, "timeout-ms"); ms.IsSet() {
		v, unit = ms, time.Millisecond
	}
	switch {
	case v.IsUnknown():
		return v
	case !v.IsSet():
		v = routing.DefaultOf(strconv.Itoa(int(answerTimeout/time.Second)), product)
	}
	n, err := time.ParseDuration(strings.TrimSpace(v.Text()) + "s")
	if err != nil {
		return routing.UnknownOf("the time-out is no number", v.Span)
	}
	waits := n / time.Second * unit
	if l.beside == nil || !l.beside.selfRun { // the load balancer is Azure's
		waits = min(waits, idleTimeout)
	}
	if waits > consumptionTimeout && l.tier.IsUnknown() {
		return l.tier
	}
	return v.Became(waits.String())
}

// buffering: answers are buffered unless forward-request says otherwise, and always where a policy or a diagnostic needs them whole.
func (l *lowering) buffering(s statement) routing.Expr {
	v := l.attribute(s, "buffer-response")
	switch {
	case l.isConsumption():
		v = routing.Of("holds", l.tier.Span).With(l.tier.Span, "the tier Consumption buffers answers, and keeps no long connections")
	case !v.IsSet() && l.unlisted("apis/policies", "apis/operations/policies"):
		v = routing.UnknownOf("whether a policy of the API or the operation turns buffering off is not known: none were read", l.op.span)
	case !v.IsSet():
		v = routing.DefaultOf("holds", "forward-request")
	case v.Text() == "false" && l.tier.IsUnknown(): // Consumption buffers them all the same
		v = l.tier
	case v.Text() == "false" && l.unlisted("diagnostics", "apis/diagnostics"):
		v = routing.UnknownOf("whether a diagnostic logs the bodies of answers, which keeps events back, is not known: no diagnostics were read", v.Span)
	case v.Text() == "false":
		v = v.Became("off")
	case v.State() == routing.Known:
		v = v.Became("holds")
	}
	v = v.With(l.op.span, l.appliesTo(s))
	return routing.Choose{Arms: []routing.ChooseArm{
		{When: sent(routing.Part{Of: held}), To: routing.Part{Of: held}}, {When: routing.Always{}, To: routing.Lit{Value: v}},
	}}
}

// appliesTo says for which operation a forward-request is effective: the one that it was written for does not tell.
func (l *lowering) appliesTo(s statement) string {
	of := "operation " + l.op.name + " of API " + l.api.Own()
	if s.stands.IsZero() {
		return "for " + of
	}
	return of + " has no forward-request of its own"
}

// attribute is an attribute that must be written out to be known.
func (l *lowering) attribute(s statement, name string) routing.Value {
	a, ok := s.Attribute(name)
	if !ok {
		return routing.Value{}
	}
	at := s.at(a.Start, a.End)
	e := l.text(a.Value, at)
	if lit, ok := e.(routing.Lit); ok {
		return inLowerCase(lit.Value)
	}
	return routing.UnknownOf("the "+name+" of "+s.Name+" is computed for each request", at)
}

// inLowerCase writes a truth as it usually is: Bicep and .NET begin them with a capital.
func inLowerCase(v routing.Value) routing.Value {
	if lower := strings.ToLower(v.Text()); lower != v.Text() && (lower == "true" || lower == "false") {
		return v.Became(lower)
	}
	return v
}

// diagnostics that log bodies need the answer whole ("Configure API for server-sent events"). Those of an API take the place of those of the
// service with the same name.
func (b *builder) diagnostics(a *api) []routing.Step {
	if a.kind == "websocket" {
		return nil
	}
	var steps []routing.Step
	own := map[string]bool{}
	for _, p := range b.of(a, "apis/diagnostics") {
		own[strings.ToLower(p.Own())] = true
		steps = append(steps, bodiesIn(p)...)
	}
	for _, p := range b.parts["diagnostics"] {
		if !own[strings.ToLower(p.Own())] {
			steps = append(steps, bodiesIn(p)...)
		}
	}
	return steps
}

func bodiesIn(p azure.Part) []routing.Step {
	for _, side := range []string{"frontend", "backend"} {
		n := p.Child(side).Child("response").Child("body").Get("bytes")
		v := azure.Text(n)
		switch bytes, ok := azure.Number(n); {
		case v.IsUnknown():
			return maybeHeld(v, v.Span)
		case ok && bytes > 0:
			why := v.Became("holds").With(n.Span(), "this diagnostic logs the bodies of answers")
			return []routing.Step{set(held, routing.Lit{Value: why}, v.Span)}
		}
	}
	return nil
}

// maybeHeld is for what may keep answers back, unless something does anyway.
func maybeHeld(why routing.Value, at routing.Span) []routing.Step {
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{
		{When: routing.Not{Cond: sent(routing.Part{Of: held})}, Span: at, Do: []routing.Step{set(held, routing.Lit{Value: why}, at)}},
	}}}
}
