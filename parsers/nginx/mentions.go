package nginx

import (
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// variableUse is a place where a variable is read. Whether there is one of that name is known when all is read
// (ngx_http_variables_init_vars).
type variableUse struct {
	name string
	at   Directive
}

// text reads an argument that may hold variables (ngx_http_compile_complex_value).
func (k *checker) text(d Directive, i int) { k.mentions(d, d.Value(i)) }

// texts reads all arguments from one on.
func (k *checker) texts(d Directive, from int) {
	for i := from; i < d.Len(); i++ {
		k.text(d, i)
	}
}

func (k *checker) mentions(d Directive, value string) {
	pieces, refusal := splitVariables(value)
	if refusal != "" {
		k.refused(d, refusal)
		return
	}
	for _, p := range pieces {
		if p.variable != "" && !isCapture(p.variable) {
			k.variables = append(k.variables, variableUse{p.variable, d})
		}
	}
}

// judgeVariables refuses variables that nothing defines.
func (k *checker) judgeVariables() {
	for _, u := range k.variables {
		name := lower(u.name)
		_, declared := k.declared[name]
		_, group := k.groups[name]
		if declared || group || isVariable(name) || k.isPlaceholder(u.name, u.at) {
			continue
		}
		if p := k.unknown(u.name, u.at); !k.has(p) {
			k.keep(p)
		}
	}
}

// unknown is what is wrong with a variable that nothing defines. Modules that were not read may.
func (c *config) unknown(name string, d Directive) routing.Problem {
	message := `unknown "` + name + `" variable`
	if c.modules || c.mayBeElsewhere() {
		return routing.Problem{Span: d.Span(), Message: message + ", unless a module or a file that was not read defines it", Fix: "give the output of nginx -T", Kind: routing.NotWhole}
	}
	return routing.Problem{Span: d.Span(), Message: message, Kind: routing.Refused}
}

// has reports whether a problem is known already.
func (c *config) has(p routing.Problem) bool {
	return slices.ContainsFunc(c.problems, func(q routing.Problem) bool { return q.Span == p.Span && q.Message == p.Message })
}
