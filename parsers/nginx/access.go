package nginx

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// decision is what one way of access control says of a request.
type decision uint8

const (
	lets decision = iota
	denies
	abstains
)

// accessRule is one line of a way of access control: what it decides when its condition holds.
type accessRule struct {
	routing.Arm // without steps
	says        decision
	denial
}

// denial is the answer to who is not let in; the zero status stands for one that another server decides on.
type denial struct {
	status int
	by     Directive
}

// access is the access phase: addresses, passwords, subrequests, in the order in which NGINX asks them (ngx_http_core_access_phase).
func (w *lowering) access(e *env) []routing.Step {
	ways := [][]accessRule{w.addresses(e), w.basic(e)}
	for _, name := range []string{"auth_request", "auth_jwt", "auth_oidc"} {
		ways = append(ways, w.elsewhere(e, name))
	}
	ways = slices.DeleteFunc(ways, func(rules []accessRule) bool { return len(rules) == 0 })
	if w.one(e.scope, "satisfy").Value(1) == "any" {
		return w.anyOf(e, ways, nil)
	}
	var steps []routing.Step
	for _, rules := range ways {
		m := &routing.Match{Span: rules[0].Span}
		for _, r := range rules {
			if r.says == denies {
				r.Do = w.denied(e, r.denial)
			}
			m.Arms = append(m.Arms, r.Arm)
		}
		steps = append(steps, m)
	}
	return steps
}

// anyOf lets in who is let in by one of the ways. Else the first denial is answered, but one with 401 in its place.
func (w *lowering) anyOf(e *env, ways [][]accessRule, before *denial) []routing.Step {
	if len(ways) == 0 {
		if before == nil {
			return nil
		}
		return w.denied(e, *before)
	}
	otherwise := w.anyOf(e, ways[1:], before)
	m := &routing.Match{Span: ways[0][0].Span}
	for _, r := range ways[0] {
		switch {
		case r.says == denies && (before == nil || before.status != 401):
			r.Do = w.anyOf(e, ways[1:], &r.denial)
		case r.says != lets:
			r.Do = otherwise
		}
		m.Arms = append(m.Arms, r.Arm)
	}
	m.Arms = append(m.Arms, routing.Arm{When: routing.Always{}, Do: otherwise})
	return []routing.Step{m}
}

// denied answers who is not let in.
func (w *lowering) denied(e *env, d denial) []routing.Step {
	at := d.by.Span()
	if d.status != 0 {
		return w.answer(e, d.status, at, "not let in by "+d.by.Name())
	}
	why := "what " + d.by.Name() + " answers"
	if !w.errorPage(e, 401).IsZero() || !w.errorPage(e, 403).IsZero() {
		label := "not let in by " + d.by.Name()
		is401 := routing.Arm{When: routing.Given{Value: routing.UnknownOf(why, at)}, Do: w.answer(e, 401, at, label), Label: "401, not 403", Span: at}
		return append([]routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{is401}}}, w.answer(e, 403, at, label)...)
	}
	status := routing.UnknownOf(why, at)
	return append(w.ending(e, 401), &routing.Respond{Status: status, Label: "401 or 403", Span: at})
}

// addresses are allow and deny.
func (w *lowering) addresses(e *env) []accessRule {
	var out []accessRule
	for _, d := range w.list(e.scope, "allow", "deny") {
		rule := accessRule{Arm: routing.Arm{When: w.fromNetwork(d), Label: title(d), Span: d.Span()}}
		if d.Name() == "deny" {
			rule.says, rule.denial = denies, denial{403, d}
		}
		out = append(out, rule)
	}
	return out
}

// fromNetwork is the condition that the client's address is in the network of an allow or deny.
func (w *lowering) fromNetwork(d Directive) routing.Cond {
	switch d.Value(1) {
	case "all":
		return routing.Always{}
	case "unix:":
		return equals(clientAddress, "unix:")
	}
	network, ok := parseNetwork(d.Value(1))
	if !ok {
		w.refuse(d, `invalid parameter "`+d.Value(1)+`"`)
		return routing.Given{Value: routing.UnknownOf("an address that cannot be read", d.Span())}
	}
	inside := func(a ...string) string {
		ip, err := netip.ParseAddr(a[0])
		return boolText(err == nil && network.Contains(ip.Unmap()))
	}
	client := clientAddress
	return equals(routing.Call{Name: "network", Fn: inside, Args: []routing.Expr{client}, Span: d.Span()}, "true")
}

// basic is auth_basic: clients of SignalR send a bearer token in Authorization, or nothing.
func (w *lowering) basic(e *env) []accessRule {
	d := w.one(e.scope, "auth_basic")
	if d.IsZero() || d.Value(1) == "off" {
		return nil
	}
	rule := func(when routing.Cond, says decision) accessRule {
		return accessRule{routing.Arm{When: when, Label: title(d), Span: d.Span()}, says, denial{401, d}}
	}
	header := routing.ReadOriginal(routing.InHeader, "Authorization")
	return []accessRule{
		rule(equals(w.value(d, 1, e), "off"), abstains),
		rule(routing.Not{Cond: routing.Prefix{Of: header, Want: "Basic ", Fold: true}}, denies),
		rule(routing.Given{Value: routing.UnknownOf("are user name and password right", d.Span())}, lets),
		rule(routing.Always{}, denies),
	}
}

// elsewhere is auth_request and its kin: another server decides.
func (w *lowering) elsewhere(e *env, name string) []accessRule {
	d := w.one(e.scope, name)
	if d.IsZero() || d.Value(1) == "off" {
		return nil
	}
	at := d.Span()
	why := "does " + strings.TrimSpace(title(d)) + " let the request pass"
	return []accessRule{
		{Arm: routing.Arm{When: routing.Given{Value: routing.UnknownOf(why, at)}, Do: w.afterSubrequest(e, d), Label: title(d), Span: at}},
		{routing.Arm{When: routing.Always{}, Span: at}, denies, denial{0, d}},
	}
}

// afterSubrequest gives variables the values that the server's own codes set once more: they run for the subrequest too, which has its
// variables in common with the request (ngx_http_subrequest).
func (w *lowering) afterSubrequest(e *env, by Directive) []routing.Step {
	var steps []routing.Step
	again := func(d Directive, sure bool) {
		name, ok := strings.CutPrefix(d.Value(1), "$")
		if !ok || name == "args" || d.Name() != "set" {
			return
		}
		to := w.value(d, 2, e)
		if !sure || strings.Contains(d.Value(2), "$") {
			to = unknown("what the subrequest of "+by.Name()+" makes of $"+name, by.Span())
		}
		steps = append(steps, &routing.Set{What: routing.Place{Kind: routing.InVar, Name: name}, To: to, Span: d.Span()})
	}
	for _, x := range e.server.scope.own {
		again(x.Directive, true)
		if x.Name() == "if" {
			for inner := range x.Body() {
				again(inner, false)
			}
		}
	}
	return steps
}
