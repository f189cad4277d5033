package appgateway

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// redirectStatus: "Application Gateway redirect overview".
var redirectStatus = map[string]string{"permanent": "301", "found": "302", "seeother": "303", "temporary": "307"}

func (b *builder) redirect(l link) routing.Step {
	if !l.found {
		return &routing.Opaque{Why: l.why, Span: l.at}
	}
	kind := chosen("redirectConfigurations", l.Object, "redirectType").Or(routing.UnknownOf("the redirect has no type", place(l.Object)))
	status := kind
	if code, ok := redirectStatus[strings.ToLower(kind.Text())]; ok {
		status = kind.Became(code)
	}
	return &routing.Redirect{Status: status, To: b.redirectTarget(l.Object), Span: kind.Span}
}

// redirectTarget is the Location: of another listener or of a URL, with path and query where they are included.
func (b *builder) redirectTarget(o azure.Object) routing.Expr {
	base := b.redirectBase(o)
	withPath, withQuery := azure.On(o.Get("includePath")), azure.On(o.Get("includeQueryString"))
	for _, included := range []string{"includePath", "includeQueryString"} {
		if v := azure.Flag(o.Get(included)); v.IsUnknown() {
			return routing.Lit{Value: v}
		}
	}
	join := func(args ...string) string {
		to := args[0]
		if withPath {
			to = strings.TrimSuffix(to, "/") + args[1]
		}
		if withQuery && args[2] != "" {
			to += "?" + args[2]
		}
		return to
	}
	return routing.Call{Name: "redirect", Fn: join, Args: []routing.Expr{base, path, routing.Read(routing.InQuery, "")}}
}

func (b *builder) redirectBase(o azure.Object) routing.Expr {
	target := b.resolve(o, "targetListener", "httpListeners")
	if !target.set() {
		return routing.Lit{Value: azure.Filled(o.Get("targetUrl")).Or(routing.UnknownOf("the redirect has no target", place(o)))}
	}
	if !target.found {
		return routing.Lit{Value: target.value()}
	}
	at, why := b.socketOf("httpListeners", target.Object)
	if why != "" {
		return routing.Lit{Value: routing.UnknownOf(why, target.at)}
	}
	return routing.Call{
		Name: "host of the target listener", Span: target.at, Fn: func(args ...string) string { return at.url(args[0]) },
		Args: []routing.Expr{hostOfListener(target.Object)},
	}
}

// hostOfListener is the listener's only plain name, else that of the request.
func hostOfListener(listener azure.Object) routing.Expr {
	if hosts := hostsOf(listener); len(hosts) == 1 && hosts[0].pattern == nil {
		return routing.Lit{Value: hosts[0].name}
	}
	return routing.Read(routing.InHost, "")
}

func (s socket) url(host string) string {
	scheme, usual := "http", 80
	if s.tls {
		scheme, usual = "https", 443
	}
	if s.port != usual {
		host = net.JoinHostPort(host, strconv.Itoa(s.port))
	}
	return fmt.Sprintf("%s://%s", scheme, host)
}
