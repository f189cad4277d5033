package armexpr_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// TestHostileExpressionsEnd holds evaluation to its bounds: each of these asks for more time, memory or stack than any machine has.
func TestHostileExpressionsEnd(t *testing.T) {
	chain := func(count int, body func(i int) string) string {
		var b strings.Builder
		for i := range count {
			fmt.Fprintf(&b, `"v%d":%q,`, i, body(i))
		}
		return `{"variables":{` + b.String() + fmt.Sprintf(`"v%d":"end"}}`, count)
	}
	for name, c := range map[string]struct{ template, expression, says string }{
		"parentheses":  {`{}`, "[" + strings.Repeat("(", 200<<10) + "]", "a function, a string or a number should stand here"},
		"calls":        {`{}`, "[" + strings.Repeat("not(", 200<<10) + "]", "nests deeper than 200 levels"},
		"accesses":     {`{}`, "[null()" + strings.Repeat("[null()", 200<<10) + "]", "nests deeper than 200 levels"},
		"a long chain": {chain(100_000, func(i int) string { return fmt.Sprintf("[variables('v%d')]", i+1) }), "[variables('v0')]", "too deep"},
		"lists of lists": {chain(30, func(i int) string {
			return fmt.Sprintf("[createArray(%s)]", strings.Repeat(fmt.Sprintf("variables('v%d'),", i+1), 10)+"1")
		}), "[variables('v0')]", "more steps"},
		"texts of texts":        {chain(60, func(i int) string { return fmt.Sprintf("[concat(variables('v%d'), variables('v%d'))]", i+1, i+1) }), "[variables('v0')]", "longer than any"},
		"names of names":        {strings.Replace(chain(60, func(i int) string { return fmt.Sprintf("[concat(variables('v%d'), variables('v%d'))]", i+1, i+1) }), `"end"`, `"[newGuid()]"`, 1), "[concat(variables('v0'), '.service.signalr.net')]", "only where and when"},
		"names in circles":      {`{"variables":{"a":"[concat(variables('b'), '.service.signalr.net')]","b":"[concat(variables('a'), '.service.signalr.net')]"}}`, "[variables('a')]", "refers to itself"},
		"loops in lambdas":      {`{}`, "[map(range(0,10000), lambda('a', map(range(0,10000), lambda('b', map(range(0,10000), lambda('c', 1))))))]", "more steps"},
		"texts in lambdas":      {`{}`, "[map(range(0,10000), lambda('a', padLeft('', 4000000)))]", "more steps"},
		"lists in reduce":       {`{}`, "[reduce(range(0,10000), createArray(), lambda('a', 'b', concat(lambdaVariables('a'), range(0,10000))))]", "more steps"},
		"JSON of lists":         {`{}`, "[string(map(range(0,10000), lambda('a', map(range(0,10000), lambda('b', 1)))))]", "more steps"},
		"unions":                {`{}`, "[union(range(0,10000), range(5000,10000))]", "more steps"},
		"a recursive function":  {`{"functions":[{"namespace":"n","members":{"f":{"parameters":[],"output":{"value":"[n.f()]"}}}}]}`, "[n.f()]", "too deep"},
		"a function of nothing": {`{"functions":[{"namespace":"n","members":{"f":{"parameters":[]}}}]}`, "[n.f()]", "n.f() has no output"},
		"parameters by name":    {`{"functions":[{"namespace":"n","members":{"f":{"parameters":{"a":{}},"output":{"value":"[parameters('a')]"}}}}]}`, "[n.f(1)]", ""},
		"a growing function":    {`{"functions":[{"namespace":"n","members":{"f":{"parameters":[],"output":{"value":"[createArray(n.f(), n.f())]"}}}}]}`, "[n.f()]", "more steps"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			s := scope(t, c.template)
			value, problems := evaluate(t, s, c.expression)
			if !strings.Contains(value.Text()+fmt.Sprint(problems)+reason(value), c.says) {
				t.Errorf("the value is %v %.200q with %.300q, want it to say %q", value.Kind(), value.Text(), problems, c.says)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// reason is the first reason for an unknown value inside of one.
func reason(n *jsontree.Node) string {
	if n.Kind() == jsontree.Unknown {
		return n.Text()
	}
	for c := range n.All() {
		if found := reason(c); found != "" {
			return found
		}
	}
	return ""
}
