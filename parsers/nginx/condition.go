package nginx

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// condition is the condition of an if, and the steps that keep what its expression captures (ngx_http_rewrite_if_condition).
func (w *lowering) condition(d Directive, e *env) (routing.Cond, []routing.Step) {
	words, ok := conditionWords(d)
	if !ok {
		return w.invalidCondition(d, d.Value(1))
	}
	first := words[0]
	switch {
	case len(first) > 1 && first[0] == '$' && len(words) == 1:
		return routing.Truthy{Of: w.variable(first[1:], d, e)}, nil
	case len(first) > 1 && first[0] == '$' && len(words) == 3:
		return w.comparison(d, e, first[1:], words[1], words[2])
	case strings.HasPrefix(strings.TrimPrefix(first, "!"), "-") && len(words) == 2:
		return w.fileTest(d, e, first, words[1]), nil
	}
	return w.invalidCondition(d, first)
}

func (w *lowering) invalidCondition(d Directive, word string) (routing.Cond, []routing.Step) {
	w.refuse(d, `invalid condition "`+word+`"`)
	return routing.Given{Value: routing.UnknownOf(`invalid condition "`+word+`"`, d.Span())}, nil
}

// conditionWords are the words between the parentheses.
func conditionWords(d Directive) ([]string, bool) {
	words := d.Args()
	if len(words) == 0 || !strings.HasPrefix(words[0], "(") || !strings.HasSuffix(words[len(words)-1], ")") {
		return nil, false
	}
	if words[0] = words[0][1:]; words[0] == "" {
		words = words[1:]
	}
	if len(words) == 0 {
		return nil, false
	}
	last := len(words) - 1
	words[last] = strings.TrimSuffix(words[last], ")")
	if words[last] == "" && last > 0 && d.Value(d.Len()-1) == ")" {
		words = words[:last]
	}
	return words, true
}

func (w *lowering) comparison(d Directive, e *env, name, operator, operand string) (routing.Cond, []routing.Step) {
	variable := w.variable(name, d, e)
	switch operator {
	case "=":
		return routing.Equal{Of: variable, To: w.text(operand, d, e)}, nil
	case "!=":
		return routing.Not{Cond: routing.Equal{Of: variable, To: w.text(operand, d, e)}}, nil
	case "~", "~*":
		x := w.regexes.compile(operand, operator == "~*")
		return x.matches(drawn(name, variable, x.pattern), true, d.Span()), x.keep(d.Span())
	case "!~", "!~*":
		x := w.regexes.compile(operand, operator == "!~*")
		return routing.Not{Cond: x.matches(drawn(name, variable, x.pattern), true, d.Span())}, nil
	}
	w.refuse(d, `unexpected "`+operator+`" in condition`)
	return routing.Given{Value: routing.UnknownOf("unexpected operator in a condition", d.Span())}, nil
}

// fileTest is -f, -d, -e or -x. What is on the disk of the machine is not known; but see mayBeFile for a file named after the path of the
// request.
func (w *lowering) fileTest(d Directive, e *env, operator, name string) routing.Cond {
	absent := operator[0] == '!'
	if kind := strings.TrimPrefix(operator, "!"); len(kind) != 2 || !strings.Contains("fdex", kind[1:]) {
		cond, _ := w.invalidCondition(d, operator)
		return cond
	}
	for _, part := range []string{"$request_filename", "$uri", "$document_uri", "$request_uri"} {
		if strings.Contains(name, part) {
			isThere := routing.All{w.mayBeFile(e), routing.Given{Value: routing.UnknownOf("is there a file "+name+" on the machine", d.Span())}}
			if absent {
				return routing.Not{Cond: isThere}
			}
			return isThere
		}
	}
	return routing.Given{Value: routing.UnknownOf("is there a file "+name+" on the machine", d.Span())}
}
