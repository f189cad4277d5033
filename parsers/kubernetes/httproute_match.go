package kubernetes

import (
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func itoa(n int) string { return strconv.Itoa(n) }

// at is the place of a match: its own, or that of the rule.
func (r routeRule) at() routing.Span {
	if path := r.match.get("path", "value"); !path.isZero() {
		return path.span()
	}
	if !r.match.isZero() {
		return r.match.span()
	}
	return r.rule.span()
}

// arm lowers one match.
func (l *routeLowering) arm(r routeRule) routing.Arm {
	do := l.action(r)
	if r.doubt != "" {
		do = append([]routing.Step{maybe(r.doubt, r.at())}, do...)
	}
	return routing.Arm{When: r.condition(), Do: do, Label: r.route.kind + " " + r.route.name + " " + r.prefix(), Span: r.at()}
}

// condition holds for the requests that a match takes.
func (r routeRule) condition() routing.Cond {
	var all routing.All
	if r.host.text() != "" {
		all = append(all, forHost(r.host))
	}
	if r.route.kind == "GRPCRoute" {
		return append(all, r.call(), routing.Given{Value: routing.UnknownOf(r.otherThanCalls(), r.at())})
	}
	all = append(all, r.path())
	if method := r.match.get("method"); !method.isZero() {
		all = append(all, routing.Equal{Of: routing.Read(routing.InMethod, ""), To: routing.Text(method.text())})
	}
	all = append(all, named(r.match.get("headers"), routing.InHeader)...)
	return append(all, named(r.match.get("queryParams"), routing.InArgument)...)
}

// forHost is the condition on the host name; an asterisk stands for one label or more.
func forHost(host value) routing.Cond {
	return likeHost(routing.ReadOriginal(routing.InHost, ""), host.text())
}

func likeHost(of routing.Expr, name string) routing.Cond {
	name = strings.ToLower(name)
	if suffix, ok := strings.CutPrefix(name, "*"); ok {
		return routing.Suffix{Of: of, Want: suffix, Fold: true}
	}
	return routing.Equal{Of: of, To: routing.Text(name), Fold: true}
}

// call is the condition on the path of a call of gRPC, /service/method, of which a match may name both, or one (GRPCMethodMatch).
func (r routeRule) call() routing.Cond {
	of, service, method := routing.Read(routing.InPath, ""), r.match.get("method", "service").text(), r.match.get("method", "method").text()
	switch {
	case service == "" && method == "" || r.match.get("method", "type").text() == "RegularExpression":
		return routing.Always{}
	case method == "":
		return routing.Prefix{Of: of, Want: "/" + service + "/"}
	case service == "":
		return routing.Suffix{Of: of, Want: "/" + method}
	}
	return routing.Equal{Of: of, To: routing.Text("/" + service + "/" + method)}
}

// otherThanCalls is what a GRPCRoute leaves open.
func (r routeRule) otherThanCalls() string {
	return "what the GRPCRoute " + r.route.name + " does with requests that are no calls of gRPC" + depends
}

// path is the condition on the path: a prefix is one of whole segments, and a slash at its end does not count.
func (r routeRule) path() routing.Cond {
	of, want := routing.Read(routing.InPath, ""), r.prefix()
	switch r.match.get("path", "type").text() {
	case "Exact":
		return routing.Equal{Of: of, To: routing.Text(want)}
	case "RegularExpression":
		return routing.Given{Value: routing.UnknownOf("which paths the expression "+want+" takes"+depends, r.at())}
	}
	if want = strings.TrimSuffix(want, "/"); want == "" {
		return routing.Always{}
	}
	return routing.Any{routing.Equal{Of: of, To: routing.Text(want)}, routing.Prefix{Of: of, Want: want + "/"}}
}

// named are the conditions on headers or arguments.
func named(list value, kind routing.PlaceKind) []routing.Cond {
	var out []routing.Cond
	for v := range list.items() {
		if v.get("type").text() == "RegularExpression" {
			out = append(out, routing.Given{Value: routing.UnknownOf("what the expression for "+v.get("name").text()+" takes"+depends, v.span())})
			continue
		}
		out = append(out, routing.Equal{Of: routing.Read(kind, v.get("name").text()), To: routing.Text(v.get("value").text())})
	}
	return out
}
