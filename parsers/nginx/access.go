package nginx

import (
	"net/netip"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// access is the access phase: addresses, passwords, subrequests. With "satisfy any" one of them is enough.
func (w *lowering) access(e *env) []routing.Step {
	rules := w.list(e.scope, "allow", "deny")
	others := append(w.basic(e), w.authRequest(e)...)
	if w.one(e.scope, "satisfy").Value(1) == "any" && len(rules) > 0 && len(others) > 0 {
		return w.anyAccess(rules, others)
	}
	if len(rules) == 0 {
		return others
	}
	var arms []routing.Arm
	for _, d := range rules {
		do := []routing.Step(nil)
		if d.Name() == "deny" {
			do = w.answer(e, 403, d.Span(), "")
		}
		arms = append(arms, routing.Arm{When: w.fromNetwork(d), Do: do, Label: title(d), Span: d.Span()})
	}
	return append([]routing.Step{&routing.Match{Arms: arms, Span: rules[0].Span()}}, others...)
}

// anyAccess lets requests from allowed addresses in, and asks the others for what else there is.
func (w *lowering) anyAccess(rules []Directive, others []routing.Step) []routing.Step {
	var arms []routing.Arm
	for _, d := range rules {
		do := []routing.Step(nil)
		if d.Name() == "deny" {
			do = others
		}
		arms = append(arms, routing.Arm{When: w.fromNetwork(d), Do: do, Label: title(d), Span: d.Span()})
	}
	return []routing.Step{&routing.Match{Arms: append(arms, routing.Arm{When: routing.Always{}, Do: others}), Span: rules[0].Span()}}
}

// fromNetwork is the condition that the client's address is in the network of an allow or deny.
func (w *lowering) fromNetwork(d Directive) routing.Cond {
	switch d.Value(1) {
	case "all":
		return routing.Always{}
	case "unix:":
		return routing.Not{Cond: routing.Always{}}
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
	client := routing.ReadOriginal(routing.InClientIP, "")
	return equals(routing.Call{Name: "network", Fn: inside, Args: []routing.Expr{client}, Span: d.Span()}, "true")
}

// basic is auth_basic: clients of SignalR send a bearer token in Authorization, or nothing.
func (w *lowering) basic(e *env) []routing.Step {
	d := w.one(e.scope, "auth_basic")
	if d.IsZero() || d.Value(1) == "off" {
		return nil
	}
	at := d.Span()
	header := routing.ReadOriginal(routing.InHeader, "Authorization")
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{
		{When: routing.Not{Cond: routing.Prefix{Of: header, Want: "Basic ", Fold: true}}, Do: w.answer(e, 401, at, "a user name and a password are wanted"), Label: title(d), Span: at},
		{When: routing.Given{Value: routing.UnknownOf("are user name and password right", at)}, Label: title(d), Span: at},
		{When: routing.Always{}, Do: w.answer(e, 401, at, "")},
	}}}
}

// authRequest is auth_request and its kin: another server decides.
func (w *lowering) authRequest(e *env) []routing.Step {
	var steps []routing.Step
	for _, name := range []string{"auth_request", "auth_jwt", "auth_oidc"} {
		d := w.one(e.scope, name)
		if d.IsZero() || d.Value(1) == "off" {
			continue
		}
		at := d.Span()
		why := "does " + strings.TrimSpace(title(d)) + " let the request pass"
		steps = append(steps, &routing.Match{Span: at, Arms: []routing.Arm{
			{When: routing.Given{Value: routing.UnknownOf(why, at)}, Label: title(d), Span: at},
			{When: routing.Always{}, Do: append(w.ending(e, 401), &routing.Respond{Status: routing.UnknownOf("what "+name+" answers", at), Label: "401 or 403", Span: at})},
		}})
	}
	return steps
}
