package frontdoor

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// pattern is one path pattern of a route. Paths are compared without regard to case; an asterisk stands behind the last slash only, and
// what has none is exact, with or without a final slash ("How requests get matched to a route configuration": path matching).
type pattern struct {
	text    routing.Value
	literal string // what stands before the asterisk
	exact   bool
	at      routing.Span
}

func patternsOf(o azure.Object) []pattern {
	n := o.Get("patternsToMatch")
	if n.Kind() == jsontree.Unknown {
		return []pattern{{text: azure.Text(n), at: n.Span()}}
	}
	if n.Len() == 0 {
		return []pattern{{text: routing.DefaultOf("/*", product), literal: "/", at: place(o)}}
	}
	var out []pattern
	for item := range n.All() {
		v := azure.Text(item)
		literal, wild := strings.CutSuffix(v.Text(), "*")
		out = append(out, pattern{v, literal, !wild, item.Span()})
	}
	return out
}

// rank orders patterns: what cannot be decided may come first, exact ones come before those with an asterisk, long ones before short ones.
func (p pattern) rank() int {
	const longest = 100_000
	switch {
	case p.text.State() != routing.Known:
		return 0
	case p.exact:
		return 1
	}
	return longest - min(len(p.literal), longest-2)
}

// path is the path of the request.
var path = routing.Read(routing.InPath, "")

func (p pattern) when() routing.Cond {
	switch {
	case p.text.State() != routing.Known:
		return routing.Given{Value: p.text.Or(routing.UnknownOf("the pattern is not known", p.at))}
	case p.exact:
		return routing.Equal{Of: path, To: routing.Text(p.literal), Fold: true}
	}
	return routing.Prefix{Of: path, Want: p.literal, Fold: true}
}

// arm is the way of a request that the pattern matches into its route. That a pattern /x/* takes /x/ itself is inferred: Microsoft's tables
// show that path with a pattern of its own only.
func (p pattern) arm(r *route, block string, admits routing.Value) routing.Arm {
	when := p.when()
	if admits.IsUnknown() {
		when = routing.All{when, routing.Given{Value: admits}}
	}
	if r.linked.IsUnknown() {
		when = routing.All{when, routing.Given{Value: r.linked}}
	}
	label := fmt.Sprintf("route %.100q (%.200s)", r.name, p.text.String())
	if !p.exact && p.literal != "/" {
		label += ", which is taken to match " + p.literal + " too"
	}
	var do []routing.Step
	if r.originPath.IsSet() {
		do = append(do, &routing.Set{What: originPath, To: p.forwarded(r.originPath), Span: r.originPath.Span})
	}
	return routing.Arm{When: when, Label: label, Span: p.at, Do: append(do, &routing.Jump{To: block, Span: r.span})}
}

// originPath is the variable that holds the path which the route has forwarded.
var originPath = routing.Place{Kind: routing.InVar, Name: "origin path"}

// forwarded is the path with which an origin is asked: the origin path takes the place of what the pattern spells out, and what the asterisk
// stands for follows it ("URL rewrite" of the classic tier, and the origin path of a route: /foo/* with /fwd/ makes /fwd/a of /foo/a, and /fwd/ of
// /foo/). All examples end in a slash.
func (p pattern) forwarded(to routing.Value) routing.Expr {
	related := append(to.Related, routing.Note{Span: p.at, Text: "in the place of what this pattern spells out"})
	join := func(args ...string) string {
		rest := args[1][min(len(p.literal), len(args[1])):]
		if rest == "" {
			return args[0]
		}
		return strings.TrimSuffix(args[0], "/") + "/" + rest
	}
	var joined routing.Expr = routing.Call{Name: "origin path", Fn: join, Args: []routing.Expr{routing.Lit{Value: to}, path}, Span: to.Span}
	if to.State() == routing.Known && !strings.HasSuffix(to.Text(), "/") && strings.HasSuffix(p.literal, "/") {
		open := routing.UnknownOf(fmt.Sprintf("whether the origin gets %s or %s/ for the path %s is not documented: end the origin path in a slash", to.Text(), to.Text(), p.literal), to.Span)
		open.Related = related
		joined = routing.Choose{Arms: []routing.ChooseArm{
			{When: routing.Equal{Of: path, To: routing.Text(p.literal), Fold: true}, To: routing.Lit{Value: open}},
			{When: routing.Always{}, To: joined},
		}}
	}
	return routing.Remark{Of: joined, Related: related}
}
