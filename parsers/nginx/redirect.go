package nginx

import "github.com/asrscheck/asrscheck/parsers/routing"

// absolute is the Location of a redirect (ngx_http_header_filter): NGINX puts its own scheme, name and port before one that begins
// with a slash, unless absolute_redirect is off.
func (w *lowering) absolute(e *env, to routing.Expr) routing.Expr {
	if !isOn(w.flag(e.scope, "absolute_redirect", true)) {
		return to
	}
	behind := ownPort
	if !isOn(w.flag(e.scope, "port_in_redirect", true)) {
		behind = routing.Text("")
	}
	whole := routing.Concat{Parts: []routing.Expr{ownScheme, w.ownName(e), behind, to}}
	return routing.Choose{Arms: []routing.ChooseArm{{When: routing.Prefix{Of: to, Want: "/"}, To: whole}, {When: routing.Always{}, To: to}}}
}

// ownScheme and ownPort are what NGINX puts in front of its own name and behind it; one of each serves every redirect.
var (
	ownScheme = routing.Concat{Parts: []routing.Expr{routing.ReadOriginal(routing.InScheme, ""), routing.Text("://")}}
	ownPort   = unusualPort(routing.ReadOriginal(routing.InScheme, ""), routing.ReadOriginal(routing.InPort, ""))
)

// unusualPort is a colon and the port where that is not the scheme's own.
func unusualPort(scheme, port routing.Expr) routing.Expr {
	usual := routing.Any{
		equals(port, ""),
		routing.All{equals(scheme, "http"), equals(port, "80")},
		routing.All{equals(scheme, "https"), equals(port, "443")},
	}
	return ifThen(routing.Not{Cond: usual}, routing.Concat{Parts: []routing.Expr{routing.Text(":"), port}})
}

// ownName is the name by which NGINX calls itself in redirects.
func (w *lowering) ownName(e *env) routing.Expr {
	if isOn(w.flag(e.scope, "server_name_in_redirect", false)) {
		return w.serverName(e)
	}
	host := routing.ReadOriginal(routing.InHost, "")
	return routing.Choose{Arms: []routing.ChooseArm{
		{When: routing.Not{Cond: equals(host, "")}, To: host},
		{When: routing.Always{}, To: unknown("the address that the request came to", e.scope.head.Span())},
	}}
}
