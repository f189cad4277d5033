package apim

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// operation is one operation of an API.
type operation struct {
	name, method, template string
	shown                  routing.Value // by what name
	open                   routing.Value // why it is not known which requests it takes
	span                   routing.Span
	matches                routing.Cond // once it was asked for
}

func (o *operation) String() string {
	return fmt.Sprintf("%.100s: %.20s %.200s", o.name, o.method, o.template)
}

// operations are those of an API in the order in which they are tried: literal segments come before parameters, and those before what takes
// everything. Those of an imported specification count as far as they do not stand as resources of their own.
func (b *builder) operations(a *api) []*operation {
	var out []*operation
	for _, p := range b.of(a, "apis/operations") {
		out = append(out, operationOf(p))
	}
	for _, o := range b.imported(a) {
		if !slices.ContainsFunc(out, func(known *operation) bool {
			return strings.EqualFold(known.name, o.name) || strings.EqualFold(known.method, o.method) && known.template == o.template
		}) {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(x, y *operation) int { return cmp.Compare(y.rank(), x.rank()) })
	return out
}

func operationOf(p azure.Part) *operation {
	o := &operation{name: p.Own(), method: p.Get("method").Text(), template: p.Get("urlTemplate").Text(), shown: azure.Filled(p.Get("displayName")), span: place(p.Object)}
	for _, property := range []string{"method", "urlTemplate"} {
		if n := p.Get(property); n.Kind() == jsontree.Unknown {
			o.open = azure.Text(n)
		}
	}
	if at := p.Get("urlTemplate").Span(); !at.IsZero() {
		o.span = at
	}
	return o
}

// rank is what a template is compared by: for each segment 2 where it is literal, 1 where it has parameters, 0 where it takes the rest.
func (o *operation) rank() string {
	path, _, _ := strings.Cut(o.template, "?")
	var b strings.Builder
	for segment := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		switch {
		case strings.Contains(segment, "*"):
			b.WriteByte('0')
		case strings.Contains(segment, "{"):
			b.WriteByte('1')
		default:
			b.WriteByte('2')
		}
	}
	return b.String()
}

// when is the condition that a request is for this operation.
func (o *operation) when(a *api) routing.Cond {
	if o.open.IsUnknown() {
		return routing.Given{Value: o.open}
	}
	cond := routing.All{o.pathMatches(a)}
	if o.method != "*" {
		cond = append(routing.All{routing.Equal{Of: routing.Read(routing.InMethod, ""), To: routing.Text(strings.ToUpper(o.method))}}, cond...)
	}
	return cond
}

// pathMatches compares the whole path with suffix and template; a slash at the end does not count.
func (o *operation) pathMatches(a *api) routing.Cond {
	if o.matches == nil {
		o.matches = o.pathCondition(a)
	}
	return o.matches
}

func (o *operation) pathCondition(a *api) routing.Cond {
	path, _, _ := strings.Cut(o.template, "?")
	expr := "^" + regexp.QuoteMeta(strings.TrimSuffix("/"+a.suffix, "/"))
	path = strings.Trim(path, "/")
	switch {
	case path == "*" || strings.HasPrefix(path, "{*"):
		expr += "(?:/(.*))?$"
	case path == "":
		expr += "/?$"
	default:
		expr += "/" + templatePattern(path) + "/?$"
	}
	pattern, err := routing.NewPattern(expr, true)
	if err != nil {
		return routing.Given{Value: routing.UnknownOf("the URL template cannot be read here: "+err.Error(), o.span)}
	}
	cond := routing.All{routing.Matches{Of: routing.ReadOriginal(routing.InPath, ""), Pattern: pattern}}
	for _, a := range o.arguments() {
		cond = append(cond, routing.Not{Cond: routing.Equal{Of: routing.Read(routing.InArgument, a.Name), To: routing.Text("")}})
	}
	return cond
}

func templatePattern(path string) string {
	var b strings.Builder
	from := 0
	for _, m := range templated.FindAllStringIndex(path, -1) {
		b.WriteString(regexp.QuoteMeta(path[from:m[0]]))
		if strings.Contains(path[m[0]:m[1]], "*") {
			b.WriteString("(.*)")
		} else {
			b.WriteString("([^/]+)")
		}
		from = m[1]
	}
	return b.String() + regexp.QuoteMeta(path[from:])
}

// parameters are the names in a template, in order; empty for what has none.
func (o *operation) parameters() []string {
	path, _, _ := strings.Cut(o.template, "?")
	var out []string
	for _, m := range templated.FindAllStringSubmatch(path, -1) {
		name, _, _ := strings.Cut(strings.TrimPrefix(m[1], "*"), ":")
		out = append(out, name)
	}
	return out
}

// keepParameters keeps what the parameters stand for, before another expression matches.
func (o *operation) keepParameters() []routing.Step {
	var out []routing.Step
	for i, name := range o.parameters() {
		if name != "" {
			out = append(out, &routing.Set{What: parameter(name), To: routing.Read(routing.InCapture, fmt.Sprint(i+1)), Span: o.span})
		}
	}
	for _, a := range o.arguments() {
		if m := templated.FindStringSubmatch(a.Value); m != nil && m[1] != "" {
			out = append(out, &routing.Set{What: parameter(m[1]), To: routing.Read(routing.InArgument, a.Name), Span: o.span})
		}
	}
	return out
}

// arguments are those of the query that the template speaks of.
func (o *operation) arguments() []routing.Field {
	_, query, _ := strings.Cut(o.template, "?")
	var out []routing.Field
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); name != "" && !strings.HasPrefix(name, "{") {
			out = append(out, routing.Field{Name: name, Value: value})
		}
	}
	return out
}

func parameter(name string) routing.Place {
	return routing.Place{Kind: routing.InVar, Name: ":parameter " + strings.ToLower(name)}
}
