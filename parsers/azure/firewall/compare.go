package firewall

import (
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// subjectOf is the part of the request that a condition is about ("Custom rules overview": match variable), or why the request does not
// tell it.
func subjectOf(variable string, which *jsontree.Node, frontDoor bool) (of routing.Expr, why string) {
	if which.Kind() == jsontree.Unknown {
		return nil, which.Text()
	}
	selector := azure.Filled(which).Text() // exports have null for none
	switch strings.ToLower(variable) {
	case "requestmethod":
		return routing.Read(routing.InMethod, ""), ""
	case "querystring":
		if selector != "" {
			return routing.Read(routing.InArgument, selector), ""
		}
		return routing.Read(routing.InQuery, ""), ""
	case "requesturi":
		if frontDoor {
			return fullURI, ""
		}
		return routing.Read(routing.InTarget, ""), ""
	case "requestheader", "requestheaders":
		if selector == "" {
			return nil, "it looks at every header"
		}
		return header(selector), ""
	case "cookies", "requestcookies":
		return routing.Read(routing.InCookie, selector), ""
	case "postargs", "requestbody":
		return nil, inBodies
	case "remoteaddr", "socketaddr":
		return nil, "it depends on the address of the client"
	}
	return nil, "what it compares, " + variable + ", is not modeled"
}

// inBodies is why a condition on bodies cannot be decided: messages are the app's own.
const inBodies = "it looks into bodies, and what messages hold is up to the app"

// fullURI is what Front Door's rules see as RequestUri: with scheme, host and port ("Web Application Firewall with Azure Front Door: custom
// rules").
var fullURI = routing.Concat{Parts: []routing.Expr{
	routing.ReadOriginal(routing.InScheme, ""), routing.Text("://"), routing.ReadOriginal(routing.InHost, ""), routing.Text(":"),
	routing.ReadOriginal(routing.InPort, ""), routing.Read(routing.InTarget, ""),
}}

// header is a request header. That by which Front Door makes itself known is added by it, so that its absence in what clients send says
// nothing where Front Door may stand in between.
func header(name string) routing.Expr {
	value := routing.Read(routing.InHeader, name)
	if !strings.HasPrefix(strings.ToLower(name), "x-azure-") {
		return value
	}
	why := "whether clients come through Front Door, which adds the header " + name + ", was not read"
	return routing.Choose{Arms: []routing.ChooseArm{
		{When: routing.Equal{Of: value, To: routing.Text("")}, To: routing.Lit{Value: routing.UnknownOf(why, routing.Span{})}},
		{When: routing.Always{}, To: value},
	}}
}

// transforms are what is done to the subject before it is compared.
var transforms = map[string]func(string) string{
	"lowercase": strings.ToLower, "uppercase": strings.ToUpper, "trim": strings.TrimSpace,
	"removenulls": func(s string) string { return strings.ReplaceAll(s, "\x00", "") },
	"urldecode": func(s string) string {
		if decoded, err := url.QueryUnescape(s); err == nil {
			return decoded
		}
		return s
	},
	"urlencode": url.QueryEscape, "htmlentitydecode": html.UnescapeString,
}

// compared is the condition that a subject fits one of the values, after transforms.
func compared(c azure.Object, of routing.Expr, variable, values string) condition {
	for n := range c.Get("transforms").All() {
		fn := transforms[strings.ToLower(n.Text())]
		if fn == nil {
			return condition{why: "what the transform " + n.Text() + " makes of it is not modeled"}
		}
		of = routing.Call{Name: n.Text(), Fn: func(args ...string) string { return fn(args[0]) }, Args: []routing.Expr{of}}
	}
	operator := azure.Text(c.Get("operator"))
	list := c.Get(values)
	if operator.IsUnknown() || c.Get("transforms").Kind() == jsontree.Unknown || list.Kind() == jsontree.Unknown {
		return condition{why: "what it compares is not known"}
	}
	out := condition{at: c.Get("operator").Span()}
	if strings.EqualFold(operator.Text(), "Any") {
		out.when = routing.Longer{Of: of}
		return out
	}
	var fits routing.Any
	for n := range list.All() {
		if n.Kind() == jsontree.Unknown {
			return condition{why: n.Text()}
		}
		when, why := fit(of, strings.ToLower(operator.Text()), n.Text(), strings.EqualFold(variable, "RequestMethod"))
		if why != "" {
			return condition{why: why}
		}
		fits = append(fits, when)
		out.at = list.At(0).Span()
	}
	out.when = fits
	return out
}

func fit(of routing.Expr, operator, want string, fold bool) (routing.Cond, string) {
	expr := want
	switch operator {
	case "equal", "equals":
		return routing.Equal{Of: of, To: routing.Text(want), Fold: fold}, ""
	case "beginswith":
		return routing.Prefix{Of: of, Want: want}, ""
	case "endswith":
		return routing.Suffix{Of: of, Want: want}, ""
	case "contains":
		expr = regexp.QuoteMeta(want)
	case "regex":
	case "lessthan", "greaterthan", "lessthanorequal", "greaterthanorequal":
		return sized(of, operator, want)
	default:
		return nil, "what the operator " + operator + " compares is not modeled"
	}
	pattern, err := routing.NewPattern(expr, false)
	if err != nil {
		return nil, err.Error()
	}
	return routing.Matches{Of: of, Pattern: pattern}, ""
}

// sized compares numbers. What is no number fits none.
func sized(of routing.Expr, operator, want string) (routing.Cond, string) {
	n, ok := parseSize(want)
	if !ok {
		return nil, "it compares with " + want + ", which is no number"
	}
	number := routing.Over{Of: of, Max: -1}
	switch operator {
	case "greaterthan":
		return routing.Over{Of: of, Max: n}, ""
	case "greaterthanorequal":
		return routing.Over{Of: of, Max: n - 1}, ""
	case "lessthan":
		return routing.All{number, routing.Not{Cond: routing.Over{Of: of, Max: n - 1}}}, ""
	}
	return routing.All{number, routing.Not{Cond: routing.Over{Of: of, Max: n}}}, ""
}
