package frontdoor

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// action lowers an action ("Azure Front Door rule set actions").
func (s *ruleSteps) action(rule part, a azure.Object) []routing.Step {
	name, p := azure.Text(a.Get("name")), a.Child("parameters")
	if p.Node.Kind() == jsontree.Unknown {
		name = azure.Text(p.Node)
	}
	switch strings.ToLower(name.Text()) {
	case "routeconfigurationoverride", "origingroupoverride":
		return s.override(rule, p)
	case "urlredirect":
		return []routing.Step{redirect(p, redirectNames{"destinationProtocol", "customHostname"})}
	case "urlrewrite":
		return s.rewrite(p)
	case "modifyrequestheader":
		return header(p, routing.InHeader)
	case "modifyresponseheader":
		return header(p, routing.InResponseHeader)
	}
	return []routing.Step{&routing.Opaque{Why: azure.ReasonOf(name, fmt.Sprintf("what the action %.50q does is not modeled", name.Text())), Span: a.Span()}}
}

// override notes that another origin group, forwarding protocol or caching is to be used. Without a cache configuration of its own it turns
// caching off.
func (s *ruleSteps) override(rule part, p azure.Object) []routing.Step {
	d := s.route
	d.at = p.Span()
	o := p
	if over := p.Get("originGroupOverride"); !over.Unset() {
		o = p.Child("originGroupOverride")
		if v := azure.OneOf(o.Get("forwardingProtocol"), forwarding...); v.IsSet() {
			d.protocol = v
		}
	}
	if id := o.Reference("originGroup"); !id.Unset() {
		d.group, d.lost = s.b.groupOf(id)
	}
	if p.Get("originGroup").Unset() { // the older action leaves caching alone
		d.cache = cached(p.Get("cacheConfiguration"))
	}
	key := fmt.Sprintf("%s %d", rule.Own(), len(s.overrides))
	s.overrides = append(s.overrides, override{d, key})
	return []routing.Step{&routing.Set{What: overridden, To: routing.Text(key), Span: p.Span()}}
}

// rewrite replaces the beginning of the path, or all of it where what follows is not preserved. Of a path that a pattern of the route spells out the
// beginning, only what follows counts, says "URL rewrite"; "Rule set actions" does not. Where that makes a difference it is left open.
func (s *ruleSteps) rewrite(p azure.Object) []routing.Step {
	s.rewrites = true
	from, to, keep := azure.Text(p.Get("sourcePattern")), azure.Text(p.Get("destination")), azure.Flag(p.Get("preserveUnmatchedPath"))
	at := p.Get("destination").Span()
	for _, v := range []routing.Value{from, to, keep} {
		if v.IsUnknown() {
			return []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InPath}, To: routing.Lit{Value: v}, Span: v.Span}}
		}
	}
	replaced := func(of string) string {
		rest, found := strings.CutPrefix(of, from.Text())
		switch {
		case !found:
			return of
		case keep.Text() != "true" || rest == "":
			return to.Text()
		}
		return strings.TrimSuffix(to.Text(), "/") + "/" + strings.TrimPrefix(rest, "/")
	}
	whole := routing.Call{Name: "rewrite", Fn: func(args ...string) string { return replaced(args[0]) }, Args: []routing.Expr{path}, Span: at}
	behind := routing.Call{Name: "rewrite behind the pattern", Fn: func(args ...string) string {
		spelled := strings.TrimSuffix(longest(s.patterns, args[0]), "/")
		return args[0][:len(spelled)] + replaced(args[0][len(spelled):])
	}, Args: []routing.Expr{path}, Span: at}
	open := routing.UnknownOf("whether the source pattern of a rewrite is compared with the whole path, or with what follows the pattern of the route, is documented both ways", at)
	set := func(to routing.Expr) []routing.Step {
		return []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InPath}, To: to, Span: at}, &routing.Set{What: rewritten, To: routing.Text("1"), Span: at}}
	}
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{
		{When: routing.Not{Cond: routing.Equal{Of: whole, To: behind}}, Label: "may rewrite the path", Span: at, Do: set(routing.Lit{Value: open})},
		{When: routing.Prefix{Of: path, Want: from.Text()}, Label: "rewrites the path", Span: at, Do: set(whole)},
	}}}
}

// longest is what the most specific of the patterns that fit a path spells out of it.
func longest(patterns []pattern, path string) string {
	out := ""
	for _, p := range patterns {
		fits := len(p.literal) <= len(path) && strings.EqualFold(p.literal, path[:len(p.literal)]) && (!p.exact || len(p.literal) == len(path))
		if fits && !p.exact && len(p.literal) > len(out) {
			out = path[:len(p.literal)]
		}
	}
	return out
}

func header(p azure.Object, kind routing.PlaceKind) []routing.Step {
	name, action, value := azure.Text(p.Get("headerName")), azure.Text(p.Get("headerAction")), azure.Text(p.Get("value"))
	what := routing.Place{Kind: kind, Name: name.Text()}
	at := p.Span()
	if strings.Contains(value.Text(), "{") {
		value = routing.UnknownOf("what the server variables in this value hold is not modeled", value.Span)
	}
	switch strings.ToLower(action.Text()) {
	case "delete":
		return []routing.Step{&routing.Remove{What: what, Span: at}}
	case "overwrite":
		return []routing.Step{&routing.Set{What: what, To: routing.Lit{Value: value}, Span: at}}
	case "append":
		return []routing.Step{&routing.Add{What: what, To: routing.Lit{Value: value}, Span: at}}
	}
	return []routing.Step{&routing.Opaque{Why: azure.ReasonOf(action, "the action on header "+name.Text()+" is not known"), Span: at}}
}

// redirectStatus: "URL redirect".
var redirectStatus = map[string]string{"moved": "301", "found": "302", "temporaryredirect": "307", "permanentredirect": "308"}

// redirectNames are the properties that the tiers call differently.
type redirectNames struct{ protocol, host string }

// redirect answers with another URL; what it does not name stays as the client sent it.
func redirect(p azure.Object, names redirectNames) routing.Step {
	kind := azure.Text(p.Get("redirectType")).Or(routing.UnknownOf("the redirect has no type", p.Span()))
	status := kind
	if code, ok := redirectStatus[strings.ToLower(kind.Text())]; ok {
		status = kind.Became(code)
	} else if kind.State() == routing.Known {
		status = routing.UnknownOf("no redirect is of type "+kind.Text(), kind.Span)
	}
	scheme := routing.ReadOriginal(routing.InScheme, "")
	switch protocol := azure.Text(p.Get(names.protocol)); {
	case protocol.IsUnknown():
		scheme = routing.Lit{Value: protocol}
	case strings.HasPrefix(strings.ToLower(protocol.Text()), "https"):
		scheme = routing.Text("https")
	case strings.HasPrefix(strings.ToLower(protocol.Text()), "http"):
		scheme = routing.Text("http")
	}
	own := func(name string, otherwise routing.Expr) routing.Expr {
		if v := azure.Filled(p.Get(name)); v.IsSet() {
			return routing.Lit{Value: v}
		}
		return otherwise
	}
	join := func(args ...string) string {
		to := args[0] + "://" + args[1] + "/" + strings.TrimPrefix(args[2], "/")
		if args[3] != "" {
			to += "?" + args[3]
		}
		return to
	}
	return &routing.Redirect{Status: status, Span: kind.Span, To: routing.Call{Name: "redirect", Fn: join, Args: []routing.Expr{
		scheme, own(names.host, routing.Read(routing.InHost, "")), own("customPath", path), own("customQueryString", routing.Read(routing.InQuery, "")),
	}}}
}
