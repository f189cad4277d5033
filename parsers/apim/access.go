package apim

import (
	"net/url"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/csharp"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// access follows what begins with a name: context.Request.…, a static method, or a method of a value.
func (e *evaluation) access(n *csharp.Node, vars map[string]value) value {
	path, args, ok := spelled(n)
	if ok {
		if v, found := e.asWhole(path, args, vars); found {
			return v
		}
	}
	switch n.Kind {
	case csharp.Call:
		if hash, ok := e.hasher(strings.TrimSuffix(path, ".Create()")); ok && strings.HasSuffix(path, ".Create()") {
			return hash
		}
		if n.Args[0].Kind == csharp.Member {
			return e.method(n, vars)
		}
	case csharp.Index:
		return e.indexed(n, vars)
	case csharp.Member:
		return e.property(n, vars)
	default:
	}
	return e.about(n, "is not followed")
}

// spelled is a chain of names as text, with the arguments of the call or the index at its end: context.Request.Headers.GetValueOrDefault().
func spelled(n *csharp.Node) (path string, args []*csharp.Node, ok bool) {
	switch n.Kind {
	case csharp.Name:
		return n.Value, nil, true
	case csharp.Member:
		inner, args, ok := spelled(n.Args[0])
		return inner + "." + n.Value, nil, ok && args == nil
	case csharp.Call:
		inner, before, ok := spelled(n.Args[0])
		return inner + "()", n.Args[1:], ok && before == nil
	case csharp.Index:
		inner, before, ok := spelled(n.Args[0])
		return inner + "[]", n.Args[1:], ok && before == nil
	default:
		return "", nil, false
	}
}

// contexts are the members of the context that are texts of the request ("API Management policy expressions": context variable).
var contexts = map[string]struct {
	kind kind
	expr routing.Expr
}{
	"context.Request.Method":                  {textKind, routing.Read(routing.InMethod, "")},
	"context.Request.IpAddress":               {textKind, routing.ReadOriginal(routing.InClientIP, "")},
	"context.Request.OriginalUrl.Host":        {textKind, routing.ReadOriginal(routing.InHost, "")},
	"context.Request.OriginalUrl.Path":        {textKind, routing.ReadOriginal(routing.InPath, "")},
	"context.Request.OriginalUrl.Scheme":      {textKind, routing.ReadOriginal(routing.InScheme, "")},
	"context.Request.OriginalUrl.Port":        {intKind, routing.ReadOriginal(routing.InPort, "")},
	"context.Request.OriginalUrl.QueryString": {textKind, queryString(routing.ReadOriginal(routing.InQuery, ""))},
	"context.Request.Url.QueryString":         {textKind, queryString(routing.Read(routing.InQuery, ""))},
	"context.Request.OriginalUrl":             {textKind, wholeURL},
	"context.Request.OriginalUrl.ToString()":  {textKind, wholeURL},
}

func queryString(of routing.Expr) routing.Expr {
	return routing.Call{Name: "QueryString", Args: []routing.Expr{of}, Fn: func(args ...string) string {
		if args[0] == "" {
			return ""
		}
		return "?" + args[0]
	}}
}

var wholeURL = routing.Call{Name: "OriginalUrl", Fn: func(args ...string) string { return args[0] + "://" + args[1] + args[2] }, Args: []routing.Expr{
	routing.ReadOriginal(routing.InScheme, ""), routing.ReadOriginal(routing.InHost, ""), routing.ReadOriginal(routing.InTarget, ""),
}}

// collections are those of named values of the request.
var collections = map[string]func(name string) routing.Expr{
	"context.Request.Headers":           func(name string) routing.Expr { return routing.Read(routing.InHeader, name) },
	"context.Request.Url.Query":         func(name string) routing.Expr { return unescaped(routing.Read(routing.InArgument, name)) },
	"context.Request.OriginalUrl.Query": func(name string) routing.Expr { return unescaped(routing.ReadOriginal(routing.InArgument, name)) },
	"context.Request.MatchedParameters": func(name string) routing.Expr { return routing.Part{Of: parameter(name)} },
	"context.Variables":                 func(name string) routing.Expr { return routing.Part{Of: variable(name)} },
}

func unescaped(of routing.Expr) routing.Expr {
	return routing.Call{Name: "decoded", Args: []routing.Expr{of}, Fn: func(args ...string) string {
		if text, err := url.QueryUnescape(args[0]); err == nil {
			return text
		}
		return args[0]
	}}
}

// undecidable are beginnings of chains whose values the request does not tell, and why.
var undecidable = []struct{ prefix, why string }{
	{"context.Response", "is known only when the service has answered"},
	{"context.LastError", "is known only when something failed"},
	{"context.Request.Body", "is the body, which is not followed"},
	{"context.Request.Certificate", "is the client's certificate, which is not followed"},
	{"context.Request.Url", "is the URL to the backend at that moment; of which parts it consists is not documented"},
	{"context.Deployment", "differs between the places where the gateway runs"},
	{"context.RequestId", "differs for every request"},
	{"context.Subscription", "is set only for requests with a subscription key"},
	{"context.Product", "depends on the product that a request comes by"},
	{"context.User", "is set only for requests with a subscription key"},
	{"context.Timestamp", "is the time of the request"},
	{"context.Elapsed", "is time that has passed"},
	{"DateTime", "is the time of the request"},
	{"Guid", "differs for every request"},
}

// asWhole is a chain that is known as a whole.
func (e *evaluation) asWhole(path string, args []*csharp.Node, vars map[string]value) (value, bool) {
	if c, ok := contexts[path]; ok {
		return value{kind: c.kind, expr: c.expr}, true
	}
	if v, ok := e.own(path); ok {
		return v, true
	}
	if v, ok := e.collected(path, args, vars); ok {
		return v, true
	}
	if v, ok := e.static(path, args, vars); ok {
		return v, true
	}
	if path == "context.Request.Url.Path" {
		v := e.unknown("context.Request.Url is the URL to the backend at that moment; of which parts it consists is not documented")
		v.kind = textKind
		v.readings = []routing.Expr{routing.ReadOriginal(routing.InPath, ""), pathInCase, routing.Concat{Parts: []routing.Expr{routing.Part{Of: toPrefix}, pathInCase}}}
		return v, true
	}
	if strings.HasPrefix(path, "context.Request.Url.Path.") {
		return value{}, false
	}
	for _, u := range undecidable {
		if path == u.prefix || strings.HasPrefix(path, u.prefix+".") || strings.HasPrefix(path, u.prefix+"[") {
			return e.unknown(u.prefix + " " + u.why), true
		}
	}
	return value{}, false
}

// own are the members of the context that tell about the API and the operation.
func (e *evaluation) own(path string) (value, bool) {
	text := map[string]string{
		"context.Api.Id": e.api.Own(), "context.Api.Path": e.api.suffix, "context.Api.Version": e.api.version.name, "context.Operation.Id": e.op.name,
		"context.Operation.Method": e.op.method, "context.Operation.UrlTemplate": e.op.template,
	}
	if t, ok := text[path]; ok {
		return e.literal(textKind, t), true
	}
	if property := map[string]string{"context.Api.Name": "displayName", "context.Api.Revision": "apiRevision"}[path]; property != "" {
		return value{kind: textKind, expr: routing.Lit{Value: azure.Text(e.api.Get(property))}}, true
	}
	if path == "context.Operation.Name" {
		return value{kind: textKind, expr: routing.Lit{Value: e.op.shown.Or(routing.UnknownOf("the display name of operation "+e.op.name+" was not read", e.op.span))}}, true
	}
	if path == "context.Deployment.ServiceName" && serviceName(e.r) != "" {
		return e.literal(textKind, serviceName(e.r)), true
	}
	if path == "context.Api.ServiceUrl.Host" {
		return value{kind: textKind, expr: targetOf(azure.Filled(e.api.Get("serviceUrl"))).host}, true
	}
	return value{}, false
}

// collected reads from a collection: by index, GetValueOrDefault, ContainsKey or TryGetValue's like. A name that is computed is not followed.
func (e *evaluation) collected(path string, args []*csharp.Node, vars map[string]value) (value, bool) {
	for prefix, get := range collections {
		how, ok := strings.CutPrefix(path, prefix)
		if !ok || len(args) == 0 {
			continue
		}
		lit, ok := e.eval(args[0], vars).text().(routing.Lit)
		if !ok || lit.State() != routing.Known {
			continue
		}
		of := value{kind: textKind, expr: get(lit.Text())}
		if prefix == "context.Variables" {
			of.kind = e.known[lit.Text()]
			if of.kind == boolKind {
				of.cond = routing.Equal{Of: of.expr, To: routing.Text("true"), Fold: true}
			}
		}
		switch how {
		case "[]":
			return of, true
		case ".ContainsKey()":
			return truth(sent(of.text())), true
		case ".GetValueOrDefault()":
			if len(args) == 1 {
				return of, true
			}
			return choice(sent(get(lit.Text())), of, e.eval(args[1], vars)), true
		}
	}
	return value{}, false
}
