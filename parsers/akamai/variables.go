package akamai

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// reference is a variable in a text ("Variables": {{user.PMUSER_NAME}} and {{builtin.AK_NAME}}).
var reference = regexp.MustCompile(`\{\{\s*(user|builtin)\.(\w+)\s*\}\}`)

func hasVariables(s string) bool { return strings.Contains(s, "{{") }

// expand is a text with its variables.
func (b *builder) expand(v routing.Value) routing.Expr {
	if v.State() != routing.Known || !hasVariables(v.Text()) {
		return routing.Lit{Value: v}
	}
	var parts []routing.Expr
	rest := 0
	s := v.Text()
	for _, m := range reference.FindAllStringSubmatchIndex(s, -1) {
		if m[0] > rest {
			parts = append(parts, routing.Text(s[rest:m[0]]))
		}
		parts, rest = append(parts, b.variable(s[m[2]:m[3]], s[m[4]:m[5]], v.Span)), m[1]
	}
	if rest < len(s) {
		parts = append(parts, routing.Text(s[rest:]))
	}
	return routing.Concat{Parts: parts, Span: v.Span}
}

// captured is expand for a text that is used later: variables have the value then that they have where the behavior stands ("setVariable": they
// are inserted into what follows).
func (b *builder) captured(v routing.Value) (routing.Expr, []routing.Step) {
	e := b.expand(v)
	if v.State() != routing.Known || !hasVariables(v.Text()) {
		return e, nil
	}
	b.blocks++
	name := fmt.Sprintf(":text %d", b.blocks)
	return read(name), []routing.Step{&routing.Set{What: variable(name), To: e, Span: v.Span}}
}

// builtins are those of Akamai's own variables that a request decides ("Built-in system variables").
var builtins = map[string]routing.Expr{
	"AK_HOST": routing.ReadOriginal(routing.InHost, ""), "AK_METHOD": routing.ReadOriginal(routing.InMethod, ""),
	"AK_SCHEME": routing.ReadOriginal(routing.InScheme, ""), "AK_PATH": routing.ReadOriginal(routing.InPath, ""),
	"AK_QUERY": routing.ReadOriginal(routing.InQuery, ""), "AK_URL": routing.ReadOriginal(routing.InTarget, ""),
	"AK_CLIENT_IP": routing.ReadOriginal(routing.InClientIP, ""), "AK_FILENAME": fileName, "AK_EXTENSION": extension,
}

func (b *builder) variable(space, name string, at routing.Span) routing.Expr {
	if space == "user" {
		if !b.declares[name] && !b.assigned[name] {
			return routing.Lit{Value: routing.UnknownOf(fmt.Sprintf("the variable %.60q is not declared in the property", name), at)}
		}
		return read(name)
	}
	if e, ok := builtins[name]; ok {
		return e
	}
	return routing.Lit{Value: routing.UnknownOf(fmt.Sprintf("what the built-in variable %.60q holds depends on more than the request", name), at)}
}

// declared gives the property's variables their first values.
func (b *builder) declared() []routing.Step {
	var steps []routing.Step
	for n := range b.p.Rules.Get("variables").All() {
		name, v := text(n.Get("name")), text(n.Get("value"))
		if name.Text() == "" {
			continue
		}
		b.declares[name.Text()] = true
		steps = append(steps, &routing.Set{What: variable(name.Text()), To: routing.Lit{Value: v.Or(routing.Of("", name.Span))}, Span: name.Span})
	}
	return steps
}

// setVariable gives one another value ("setVariable").
func (b *builder) setVariable(o behavior) []routing.Step {
	name := text(o.option("variableName"))
	if name.State() != routing.Known {
		return []routing.Step{lost(o.title(), name.Or(routing.UnknownOf("setVariable names no variable", o.at())))}
	}
	return []routing.Step{&routing.Set{What: variable(name.Text()), To: b.transformed(o, b.source(o)), Span: o.at()}}
}

// source is where the value comes from.
func (b *builder) source(o behavior) routing.Expr {
	kind := text(o.option("valueSource"))
	switch kind.Text() {
	case "EXPRESSION":
		return b.expand(text(o.option("variableValue")).Or(routing.Of("", o.at())))
	case "GENERATE":
		return routing.Lit{Value: routing.UnknownOf("the variable gets a random value", o.at())}
	case "EXTRACT":
		return extracted(o)
	}
	return notKnown(kind.Or(routing.UnknownOf("setVariable has no valueSource", o.at())), "valueSource")
}

func extracted(o behavior) routing.Expr {
	from := text(o.option("extractLocation"))
	switch from.Text() {
	case "CLIENT_REQUEST_HEADER":
		return routing.ReadOriginal(routing.InHeader, text(o.option("headerName")).Text())
	case "COOKIE":
		return routing.ReadOriginal(routing.InCookie, text(o.option("cookieName")).Text())
	case "QUERY_STRING":
		return routing.ReadOriginal(routing.InArgument, text(o.option("queryParameterName")).Text())
	}
	if from.IsUnknown() {
		return routing.Lit{Value: from}
	}
	return routing.Lit{Value: routing.UnknownOf(fmt.Sprintf("what is extracted from %.40q is not modeled", from.Text()), o.at())}
}

// transformed is the value as a function changes it.
func (b *builder) transformed(o behavior, of routing.Expr) routing.Expr {
	by := text(o.option("transform"))
	fn := map[string]func(string) string{"LOWER": strings.ToLower, "UPPER": strings.ToUpper, "TRIM": strings.TrimSpace}[by.Text()]
	switch {
	case fn != nil:
		return routing.Call{Name: by.Text(), Fn: func(a ...string) string { return fn(a[0]) }, Args: []routing.Expr{of}, Span: o.at()}
	case by.Text() == "SUBSTITUTE":
		return b.replaced(o, of, "regex", "replacement", flag(o.option("globalSubstitution")))
	case by.Text() == "NONE", !by.IsSet():
		return of
	}
	if by.IsUnknown() {
		return routing.Lit{Value: by}
	}
	return routing.Lit{Value: routing.UnknownOf(fmt.Sprintf("what the transform %.40q makes of it is not modeled", by.Text()), o.at())}
}

// substitution is what a regular expression with groups ($1) makes of texts.
func substitution(pattern, by string, all bool) (func(string) string, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("the regular expression %.80q cannot be evaluated: %w", pattern, err)
	}
	by = group.ReplaceAllString(by, "$${$1}")
	return func(s string) string {
		if all {
			return re.ReplaceAllString(s, by)
		}
		at := re.FindStringSubmatchIndex(s)
		if at == nil {
			return s
		}
		return s[:at[0]] + string(re.ExpandString(nil, by, s, at)) + s[at[1]:]
	}, nil
}

// group is a reference to one, written with a backslash in some examples of Akamai's.
var group = regexp.MustCompile(`\\?\$(\d)`)

// gather notes what must be known before rules are compiled.
func (b *builder) gather(r *jsontree.Node) {
	for n := range r.Get("behaviors").All() {
		o := behavior{name: n.Get("name").Text(), node: n}
		switch o.name {
		case "setVariable":
			b.assigned[text(o.option("variableName")).Text()] = true
		case "edgeLoadBalancingDataCenter":
			b.balanced = append(b.balanced, o)
		}
	}
	for n := range r.Get("criteria").All() {
		o := behavior{name: n.Get("name").Text(), node: n}
		if operator := text(o.option("matchOperator")); o.name == "hostname" && operator.Text() == "IS_ONE_OF" {
			for v := range o.option("values").All() {
				b.hosts = append(b.hosts, Hostname{From: text(v)})
			}
		}
	}
	for child := range r.Get("children").All() {
		b.gather(child)
	}
}
