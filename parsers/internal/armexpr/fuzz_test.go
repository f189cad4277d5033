package armexpr_test

import (
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/armexpr"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// FuzzEvaluate holds the evaluator to: it does not panic and it ends; what it makes stands where the expression stands; every problem
// has a place; and what an unknown value depends on is said.
func FuzzEvaluate(f *testing.F) {
	for _, seed := range []string{
		"[concat(parameters('name'), variables('gateway'))]", "[parameters('settings').hosts[?1].?x]", "[format('{0,-3:D2}{{', 1)]", "[contoso.twice('x')]",
		"[map(range(0, 3), lambda('x', 'i', add(lambdaVariables('x'), 1)))]", "[resourceId('a', 'A.B/c/d', parameters('open'), 'x/y')]", "[reference('signalr').hostName]",
		"[union(createObject('a', 1), json('{\"a\":{}}'))]", "[sort(createArray('a'), lambda('a', 'b', less(1, 2)))]", "[substring('\U0001F600', 1)]", "[variables('a')]",
		"[if(equals(parameters('open'), 1), listKeys('x'), null())]", "[[x]", "[padLeft('a', 5, '\u00e9')]", "[extensionResourceId('', 'A/b', 'c')]", "[-]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		s := scope(t, template)
		src := jsontree.NewSource("e.json", []byte(expression))
		at := src.Place(0, len(expression))
		value := s.Value(jsontree.NewString(at, expression), nil)
		if value.Place() != at {
			t.Errorf("%q evaluates to a value at %v", expression, value.Span())
		}
		if value.Kind() == jsontree.Unknown && value.Text() == "" {
			t.Errorf("%q is unknown without a reason", expression)
		}
		if value.Kind() == jsontree.Missing {
			t.Errorf("%q evaluates to nothing", expression)
		}
		for _, p := range s.Problems() {
			if p.At.Span().IsZero() || p.Message == "" {
				t.Errorf("%q has a problem without a place or a message: %+v", expression, p)
			}
		}
		if !armexpr.IsExpression(expression) && value.Text() != armexpr.Unescape(expression) {
			t.Errorf("%q is no expression, but became %q", expression, value.Text())
		}
	})
}
