package apim

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/policy"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// kind is the type of a value of C#, as far as it makes a difference.
type kind uint8

const (
	anyKind kind = iota
	textKind
	boolKind
	intKind
	charKind
	nullKind
	randomKind
	bytesKind
	hashKind // a hash function
	listKind
)

// value is a value of C#. A boolean is a condition; anything else is a text.
type value struct {
	kind     kind
	expr     routing.Expr
	cond     routing.Cond
	options  []option       // of a choice between values
	said     string         // the expression, of a choice
	items    []value        // of a list
	readings []routing.Expr // what a text may be, where it is not documented which
}

// option is one of the values of a choice.
type option struct {
	when  routing.Cond
	value value
}

// text is the value as ToString has it.
func (v value) text() routing.Expr {
	if v.cond == nil {
		return v.expr
	}
	return routing.Choose{Arms: []routing.ChooseArm{{When: v.cond, To: routing.Text("True")}, {When: routing.Always{}, To: routing.Text("False")}}}
}

// truth is the value as a condition.
func (v value) truth() routing.Cond {
	if v.cond != nil {
		return v.cond
	}
	return routing.Equal{Of: v.expr, To: routing.Text("true"), Fold: true}
}

// text is the value of an attribute or of an element's text: as it stands, or computed.
func (l *lowering) text(text string, at routing.Span) routing.Expr { return l.typed(text, at).text() }

// typed is that value with its type.
func (l *lowering) typed(text string, at routing.Span) value {
	text, why := l.around(l.from).substituted(text, at)
	if why.IsUnknown() {
		return value{expr: routing.Lit{Value: why}}
	}
	parts := policy.Parts(text)
	if len(parts) == 1 && parts[0].Expression {
		return l.expression(parts[0].Text, at)
	}
	var out []routing.Expr
	computed := false
	for _, p := range parts {
		if !p.Expression {
			out = append(out, routing.Lit{Value: routing.Of(p.Text, at)})
			continue
		}
		computed = true
		out = append(out, l.expression(p.Text, at).text())
	}
	if !computed {
		return value{kind: textKind, expr: routing.Lit{Value: routing.Of(text, at)}}
	}
	return value{kind: textKind, expr: routing.Concat{Parts: out, Span: at}}
}

// condition is the value of an attribute that decides something.
func (l *lowering) condition(text string, at routing.Span) routing.Cond {
	return l.typed(strings.TrimSpace(text), at).truth()
}
