package nginx

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// replacement is the second argument of rewrite, cut at its first question mark.
type replacement struct {
	path, args       []piece
	hasArgs, addArgs bool
	redirect         bool
}

// splitReplacement cuts a replacement as ngx_http_rewrite does: a final "?" drops the arguments of the request.
func splitReplacement(text, flag string) (replacement, string) {
	r := replacement{addArgs: true}
	if rest, ok := strings.CutSuffix(text, "?"); ok {
		text, r.addArgs = rest, false
	}
	for _, prefix := range []string{"http://", "https://", "$scheme"} {
		r.redirect = r.redirect || strings.HasPrefix(text, prefix)
	}
	r.redirect = r.redirect || flag == "redirect" || flag == "permanent"
	pieces, refusal := splitVariables(text)
	for _, p := range pieces {
		switch before, after, cut := strings.Cut(p.text, "?"); {
		case r.hasArgs:
			r.args = append(r.args, p)
		case cut:
			r.hasArgs = true
			r.path = append(r.path, piece{text: before})
			r.args = append(r.args, piece{text: after})
		default:
			r.path = append(r.path, p)
		}
	}
	return r, refusal
}

// newQuery is the query behind a rewrite; nil where it stays as it is.
func (w *lowering) newQuery(r *replacement, d Directive, e *env) routing.Expr {
	switch {
	case !r.hasArgs && r.addArgs:
		return nil
	case !r.hasArgs:
		return routing.Text("")
	}
	own := w.pieces(r.args, d, e, escapeArgs)
	if !r.addArgs {
		return own
	}
	return routing.Concat{Parts: []routing.Expr{own, oldQuery("&")}, Span: d.Span()}
}

// oldQuery is the query as it was, behind a separator; empty where there is none.
func oldQuery(separator string) routing.Expr {
	query := routing.Read(routing.InQuery, "")
	return ifThen(routing.Not{Cond: equals(query, "")}, routing.Concat{Parts: []routing.Expr{routing.Text(separator), query}})
}

// pieces joins parts of a replacement. Captures are escaped in queries and redirects, if the client's path was escaped anywhere.
func (w *lowering) pieces(list []piece, d Directive, e *env, escape func(string) string) routing.Expr {
	var parts []routing.Expr
	for _, p := range list {
		switch {
		case p.variable == "":
			parts = append(parts, routing.Lit{Value: routing.Of(p.text, d.Span())})
		case escape != nil && isCapture(p.variable):
			parts = append(parts, escapedCapture(w.variable(p.variable, d, e), escape))
		default:
			parts = append(parts, w.variable(p.variable, d, e))
		}
	}
	return routing.Concat{Parts: parts, Span: d.Span()}
}

func escapedCapture(capture routing.Expr, escape func(string) string) routing.Expr {
	fn := func(a ...string) string {
		if strings.ContainsAny(a[1], "%+") {
			return escape(a[0])
		}
		return a[0]
	}
	return routing.Call{Name: "escape", Fn: fn, Args: []routing.Expr{capture, routing.ReadOriginal(routing.InPath, "")}}
}

// assigned is the value of a set. Captures in it are escaped as those of a query, until a rewrite has taken place in the same codes
// (ngx_http_script_complex_value_code, where quote is 1 to begin with).
func (w *lowering) assigned(d Directive, e *env) routing.Expr {
	plain := w.value(d, 2, e)
	pieces, refusal := splitVariables(d.Value(2))
	if refusal != "" || d.Broken() || !slices.ContainsFunc(pieces, func(p piece) bool { return isCapture(p.variable) }) {
		return plain
	}
	return routing.Choose{Arms: []routing.ChooseArm{
		{When: routing.Truthy{Of: readVar(plainVar)}, To: plain},
		{When: routing.Always{}, To: w.pieces(pieces, d, e, escapeArgs)},
	}}
}
