package appgateway

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// reference is a variable in a value: {var_uri_path}, {http_req_User-Agent}, with the number of a captured group behind.
var reference = regexp.MustCompile(`\{([A-Za-z0-9_-]+)\}`)

// captured is a variable with the number of a group behind.
var captured = regexp.MustCompile(`^(.+)_([0-9]+)$`)

// variables are the server variables that the request alone decides ("Rewrite HTTP headers and URL": server variables).
var variables = map[string]routing.Expr{
	"uri_path":       routing.Read(routing.InPath, ""),
	"query_string":   routing.Read(routing.InQuery, ""),
	"request_query":  routing.ReadOriginal(routing.InQuery, ""),
	"request_uri":    routing.ReadOriginal(routing.InTarget, ""),
	"request_scheme": routing.Read(routing.InScheme, ""),
	"host":           routing.ReadOriginal(routing.InHost, ""),
	"http_method":    routing.Read(routing.InMethod, ""),
	"http_version":   routing.Read(routing.InProtocol, ""),
	"client_ip":      routing.Read(routing.InClientIP, ""),
	"server_port":    routing.Read(routing.InPort, ""),
	"add_x_forwarded_for_proxy": routing.Choose{Arms: []routing.ChooseArm{
		{When: routing.Equal{Of: routing.ReadOriginal(routing.InHeader, "X-Forwarded-For"), To: routing.Text("")}, To: routing.Read(routing.InClientIP, "")},
		{When: routing.Always{}, To: routing.Concat{Parts: []routing.Expr{
			routing.ReadOriginal(routing.InHeader, "X-Forwarded-For"), routing.Text(", "), routing.Read(routing.InClientIP, ""),
		}}},
	}},
	"ssl_enabled": routing.Choose{Arms: []routing.ChooseArm{
		{When: routing.Equal{Of: routing.Read(routing.InScheme, ""), To: routing.Text("https")}, To: routing.Text("On")},
		{When: routing.Always{}, To: routing.Text("")},
	}},
}

// variable is a variable by its full name: var_…, http_req_….
func variable(name string, at routing.Span) routing.Expr {
	if of, ok := strings.CutPrefix(name, "var_"); ok {
		if e := variables[of]; e != nil {
			return e
		}
		if cookie, ok := strings.CutPrefix(of, "cookie_"); ok {
			return routing.Read(routing.InCookie, cookie)
		}
	}
	if header, ok := strings.CutPrefix(name, "http_req_"); ok {
		return routing.Read(routing.InHeader, header)
	}
	return routing.Lit{Value: routing.UnknownOf("the variable "+name+" is not known before the request is made", at)}
}

// template is a value with variables in it.
func template(n *jsontree.Node) routing.Expr {
	v := azure.Text(n)
	if v.State() != routing.Known {
		return routing.Lit{Value: v}
	}
	all := reference.FindAllStringSubmatchIndex(v.Text(), -1)
	if len(all) == 0 {
		return routing.Lit{Value: v}
	}
	parts, end := []routing.Expr{}, 0
	for _, m := range all {
		parts = append(parts, routing.Text(v.Text()[end:m[0]]), replacement(v.Text()[m[2]:m[3]], v.Span))
		end = m[1]
	}
	return routing.Concat{Parts: append(parts, routing.Text(v.Text()[end:])), Span: v.Span}
}

func replacement(name string, at routing.Span) routing.Expr {
	if m := captured.FindStringSubmatch(name); m != nil {
		return routing.Part{Of: captureOf(m[1], m[2])}
	}
	return variable(name, at)
}

// captureOf is the variable in which a condition leaves a group.
func captureOf(variable, group string) routing.Place {
	return routing.Place{Kind: routing.InVar, Name: "capture " + variable + " " + group}
}

// condition lowers one condition of a rewrite rule: a regular expression that is searched for in a variable.
func condition(c azure.Object) routing.Cond {
	pattern := azure.Text(c.Get("pattern"))
	if pattern.IsUnknown() || c.Node.Kind() == jsontree.Unknown {
		return routing.Given{Value: pattern.Or(azure.Text(c.Node))}
	}
	name := c.Get("variable").Text()
	if pattern.Text() == "" {
		return presence(name, c)
	}
	for _, flag := range []string{"ignoreCase", "negate"} {
		if v := azure.Flag(c.Get(flag)); v.IsUnknown() {
			return routing.Given{Value: v}
		}
	}
	p, err := routing.NewPattern(pattern.Text(), azure.On(c.Get("ignoreCase")))
	if err != nil {
		return routing.Given{Value: routing.UnknownOf(err.Error(), pattern.Span)}
	}
	found := routing.Matches{Of: variable(name, c.Span()), Pattern: p}
	if azure.On(c.Get("negate")) {
		return routing.Not{Cond: found}
	}
	return found
}

// presence is a condition without a pattern, by which the portal asks whether a header is there; what it says of one that is not is
// not documented.
func presence(name string, c azure.Object) routing.Cond {
	return routing.Any{
		routing.Longer{Of: variable(name, c.Span())},
		routing.Given{Value: routing.UnknownOf("whether a condition without a pattern holds for "+name+" when it is absent is not documented"+settle, c.Span())},
	}
}

// captures keep the groups of a condition in variables, because the next condition's would take their place.
func captures(c azure.Object) []routing.Step {
	groups, err := regexp.Compile(c.Get("pattern").Text())
	if err != nil || azure.On(c.Get("negate")) {
		return nil
	}
	var steps []routing.Step
	for i := 1; i <= groups.NumSubexp(); i++ {
		group := strconv.Itoa(i)
		steps = append(steps, &routing.Set{What: captureOf(c.Get("variable").Text(), group), To: routing.Read(routing.InCapture, group), Span: c.Span()})
	}
	return steps
}
