package frontdoor

import (
	"regexp"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// condition lowers a match condition ("Azure Front Door rule set match conditions"). Its values are alternatives. What the model has no word
// for, such as the country of a client, may hold or not.
func condition(o azure.Object) routing.Cond {
	name, p := azure.Text(o.Get("name")), o.Child("parameters")
	subject := subjectOf(name.Text(), p)
	negate, operator := azure.Flag(p.Get("negateCondition")), azure.Text(p.Get("operator"))
	for _, v := range []routing.Value{name, negate, operator, azure.Text(p.Get("selector"))} {
		if v.IsUnknown() {
			return routing.Given{Value: v}
		}
	}
	if p.Node.Kind() == jsontree.Unknown {
		return routing.Given{Value: azure.Text(p.Node)}
	}
	if subject == nil {
		return routing.Given{Value: routing.UnknownOf("a condition on "+name.Text()+" depends on more than the request that is asked about", name.Span)}
	}
	cond := compare(transformed(subject, p), name.Text(), operator, p)
	if negate.Text() == "true" {
		return routing.Not{Cond: cond}
	}
	return cond
}

// subjectOf is the part of the request that a condition is about; nil where the model has none.
func subjectOf(name string, p azure.Object) routing.Expr {
	selector := azure.Filled(p.Get("selector")).Text()
	switch strings.ToLower(name) {
	case "urlpath":
		return routing.Call{Name: "path without its slash", Fn: func(args ...string) string { return strings.TrimPrefix(args[0], "/") }, Args: []routing.Expr{path}}
	case "querystring":
		return routing.Read(routing.InQuery, "")
	case "requesturi":
		return routing.Concat{Parts: []routing.Expr{
			routing.ReadOriginal(routing.InScheme, ""), routing.Text("://"), routing.ReadOriginal(routing.InHost, ""), routing.Read(routing.InTarget, ""),
		}}
	case "requestmethod":
		return routing.Read(routing.InMethod, "")
	case "hostname":
		return routing.ReadOriginal(routing.InHost, "")
	case "requestheader":
		return routing.Read(routing.InHeader, selector)
	case "cookies":
		return routing.ReadOriginal(routing.InCookie, selector)
	case "requestscheme":
		return routing.ReadOriginal(routing.InScheme, "")
	}
	return nil
}

// transformed is the subject in one case of letters where the condition asks for it.
func transformed(of routing.Expr, p azure.Object) routing.Expr {
	for n := range p.Get("transforms").All() {
		fn := map[string]func(string) string{"lowercase": strings.ToLower, "uppercase": strings.ToUpper, "trim": strings.TrimSpace}[strings.ToLower(n.Text())]
		if fn == nil {
			return routing.Lit{Value: routing.UnknownOf("what the transform "+n.Text()+" makes of it is not modeled", n.Span())}
		}
		of = routing.Call{Name: n.Text(), Fn: func(args ...string) string { return fn(args[0]) }, Args: []routing.Expr{of}}
	}
	return of
}

func compare(subject routing.Expr, name string, operator routing.Value, p azure.Object) routing.Cond {
	if strings.EqualFold(operator.Text(), "Any") {
		return routing.Not{Cond: routing.Equal{Of: subject, To: routing.Text("")}}
	}
	values := p.Get("matchValues")
	if values.Kind() == jsontree.Unknown {
		return routing.Given{Value: azure.Text(values)}
	}
	var out routing.Any
	for n := range values.All() {
		v := azure.Text(n)
		if v.IsUnknown() {
			out = append(out, routing.Given{Value: v})
			continue
		}
		want, fold := v.Text(), false
		switch strings.ToLower(name) {
		case "urlpath":
			if bare, ok := strings.CutPrefix(want, "/"); ok && bare != "" {
				why := routing.UnknownOf("values of a condition on the path are written without the leading slash; what one with it compares with is not documented", n.Span())
				out = append(out, routing.All{holds(subject, operator, bare, fold, n.Span()), routing.Given{Value: why}})
				continue
			}
			want = strings.TrimPrefix(want, "/")
		case "requestscheme", "requestmethod", "hostname":
			fold = true
		}
		out = append(out, holds(subject, operator, want, fold, n.Span()))
	}
	return out
}

func holds(subject routing.Expr, operator routing.Value, want string, fold bool, at routing.Span) routing.Cond {
	expr := want
	switch strings.ToLower(operator.Text()) {
	case "", "equal":
		return routing.Equal{Of: subject, To: routing.Text(want), Fold: fold}
	case "beginswith":
		return routing.Prefix{Of: subject, Want: want, Fold: fold}
	case "endswith":
		return routing.Suffix{Of: subject, Want: want, Fold: fold}
	case "contains":
		expr = regexp.QuoteMeta(want)
	case "wildcard":
		expr = "^" + strings.ReplaceAll(regexp.QuoteMeta(want), `\*`, ".*") + "$"
	case "regex":
	default:
		return routing.Given{Value: routing.UnknownOf("what the operator "+operator.Text()+" compares is not modeled", operator.Span)}
	}
	pattern, err := routing.NewPattern(expr, fold)
	if err != nil {
		return routing.Given{Value: routing.UnknownOf("the expression cannot be read here: "+err.Error(), at)}
	}
	return routing.Matches{Of: subject, Pattern: pattern}
}
