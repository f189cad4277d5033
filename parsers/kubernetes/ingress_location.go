package kubernetes

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// shares are the shares of a backend and its canary.
func shares(weight int, total value) [2]string {
	all := 100
	if n, ok := total.number(); ok && n > all {
		all = n
	}
	weight = min(weight, all)
	return [2]string{strconv.Itoa(all - weight), strconv.Itoa(weight)}
}

// server writes the server block of a site.
func (k *controller) server(s *script, st *site) {
	s.line(st.at, "server {")
	names := append([]string{cmp.Or(st.host, "_")}, st.aliases...)
	for i, name := range names {
		names[i] = quoted(name)
	}
	preferred := ""
	if st.host == "" {
		preferred = " default_server"
	}
	s.line(st.at, "server_name %s;\nlisten 80%s;\nlisten 443 ssl%s;", strings.Join(names, " "), preferred, preferred)
	s.line(st.at, "set $proxy_upstream_name \"-\";")
	s.snippet(k.settings.get("server-snippet"))
	k.serverLevel(s, st)
	for _, l := range st.locations {
		if root := annotation(l.ing, "app-root", isWord); strings.HasPrefix(root.text(), "/") {
			s.line(root.span(), "if ($uri = /) { return 302 $scheme://$http_host%s; }", root.text())
		}
		k.location(s, st, l)
	}
	if root := (&location{path: "/", kind: "Prefix"}); !st.has(root) {
		s.line(st.at, "location / { return 404; }")
	}
	s.line(st.at, "}")
}

// has reports whether a site has a location for all that no other takes.
func (st *site) has(l *location) bool {
	for _, o := range st.locations {
		if o.path == l.path && (o.kind == l.kind || o.regex) {
			return true
		}
	}
	return false
}

// serverLevel writes what annotations set for the whole host: the first that sets it counts.
func (k *controller) serverLevel(s *script, st *site) {
	for _, ing := range st.ingresses {
		if secret := annotation(ing, "proxy-ssl-secret", isWord); !secret.isZero() && !isTrue(k.settings.get("proxy-ssl-location-only").text()) {
			k.upstreamTLS(s, ing)
			break
		}
	}
	for _, ing := range st.ingresses {
		if v := annotation(ing, "server-snippet", func(t string) bool { return t != "" }); !v.isZero() && k.snippets {
			s.snippet(v)
			break
		}
	}
	for _, ing := range st.ingresses {
		if v := annotation(ing, "auth-tls-secret", isWord); !v.isZero() {
			s.line(v.span(), "if ($ssl_client_verify != SUCCESS) { return 400; }")
			break
		}
	}
}

// catchAll is the server for every other host.
func (k *controller) catchAll(s *script, sites []*site) {
	for _, st := range sites {
		if st.host == "" {
			return
		}
	}
	at := k.ingresses[0].get("metadata", "name").span()
	s.line(at, "server { server_name _; listen 80 default_server; listen 443 ssl default_server; location / { return 404; } }")
}

// location writes a location block.
func (k *controller) location(s *script, st *site, l *location) {
	ing := l.ing
	k.authPath(s, l)
	s.line(l.at, "location %s {", l.name())
	k.variables(s, l)
	k.toHTTPS(s, st, l)
	if v := annotation(ing, "enable-access-log", isBool); !v.isZero() && !isTrue(v.text()) {
		s.line(v.span(), "access_log off;")
	}
	k.access(s, l)
	k.limits(s, l)
	k.headers(s, l)
	k.settingsOf(s, l)
	if v := annotation(ing, "configuration-snippet", func(t string) bool { return t != "" }); k.snippets {
		s.snippet(v)
	}
	s.snippet(k.settings.get("location-snippet"))
	k.answers(s, l)
	k.pass(s, l)
	k.upstreamTLS(s, ing)
	s.line(l.at, "}")
}

// variables are those that the controller sets for logs and snippets.
func (k *controller) variables(s *script, l *location) {
	for _, v := range [][2]string{
		{"namespace", l.ing.namespace},
		{"ingress_name", l.ing.name},
		{"service_name", l.backend.id},
		{"service_port", l.backend.port},
		{"location_path", strings.ReplaceAll(l.path, "$", "${literal_dollar}")},
		{"proxy_upstream_name", l.backend.id},
		{"proxy_alternative_upstream_name", ""},
		{"pass_access_scheme", "$scheme"},
		{"pass_server_port", "$server_port"},
		{"best_http_host", "$http_host"},
		{"pass_port", "$server_port"},
	} {
		s.line(l.at, "set $%s %s;", v[0], quoted(v[1]))
	}
}

// headers writes the request headers. Host is the client's unless upstream-vhost says otherwise.
func (k *controller) headers(s *script, l *location) {
	if v := annotation(l.ing, "upstream-vhost", isWord); !v.isZero() {
		s.line(v.span(), "proxy_set_header Host %s;", quoted(v.text()))
	} else {
		s.line(l.at, "proxy_set_header Host $best_http_host;")
	}
	s.line(l.at, "proxy_set_header Upgrade $http_upgrade;")
	if v := annotation(l.ing, "connection-proxy-header", isWord); !v.isZero() {
		s.line(v.span(), "proxy_set_header Connection %s;", quoted(v.text()))
	} else {
		s.line(l.at, "proxy_set_header Connection $connection_upgrade;")
	}
	for _, h := range []string{
		"X-Request-ID $req_id", "X-Real-IP $remote_addr", "X-Forwarded-For $remote_addr", "X-Forwarded-Host $best_http_host", "X-Forwarded-Port $pass_port",
		"X-Forwarded-Proto $pass_access_scheme", "X-Forwarded-Scheme $pass_access_scheme", "X-Scheme $pass_access_scheme",
		"X-Original-Forwarded-For $http_x_forwarded_for", "X-Original-Forwarded-Host $http_x_forwarded_host", `Proxy ""`,
	} {
		s.line(l.at, "proxy_set_header %s;", h)
	}
	if v := annotation(l.ing, "x-forwarded-prefix", isWord); !v.isZero() && !l.rewrite().isZero() {
		s.line(v.span(), "proxy_set_header X-Forwarded-Prefix %s;", quoted(v.text()))
	}
}

// settingsOf writes how a request is sent. What is at NGINX's own default is left out.
func (k *controller) settingsOf(s *script, l *location) {
	for _, d := range []struct {
		directive, name, unit, otherwise string
		valid                            func(string) bool
	}{
		{"proxy_read_timeout", "proxy-read-timeout", "s", "60", isInt},
		{"proxy_send_timeout", "proxy-send-timeout", "s", "60", isInt},
		{"proxy_connect_timeout", "proxy-connect-timeout", "s", "5", isInt},
		{"proxy_buffering", "proxy-buffering", "", "off", isOnOff},
		{"proxy_request_buffering", "proxy-request-buffering", "", "on", isOnOff},
		{"proxy_http_version", "proxy-http-version", "", "1.1", regexp.MustCompile(`^(1\.0|1\.1)$`).MatchString},
		{"client_max_body_size", "proxy-body-size", "", "1m", sizeForm.MatchString},
	} {
		v := k.effective(l.ing, d.name, d.valid)
		switch {
		case v.why != "" && d.directive != "client_max_body_size":
			s.line(cmp.Or(v.at, l.at), "%s %s;", d.directive, s.guess(v.why))
		case v.why == "":
			s.line(cmp.Or(v.at, l.at), "%s %s%s;", d.directive, cmp.Or(v.text, d.otherwise), d.unit)
		}
	}
}

// toHTTPS writes the redirect to HTTPS. The controller makes it in Lua, which runs however the rewriting of the path ends.
func (k *controller) toHTTPS(s *script, st *site, l *location) {
	force := k.effective(l.ing, "force-ssl-redirect", isBool)
	redirect := k.effective(l.ing, "ssl-redirect", isBool)
	if isTrue(force.text) || st.tls && isTrue(cmp.Or(redirect.text, "true")) {
		at := cmp.Or(force.at, redirect.at, l.at)
		s.line(at, "if ($scheme = http) { return %s https://$host$request_uri; }", cmp.Or(k.settings.get("http-redirect-code").text(), "308"))
	}
}

// pass writes where the request goes.
func (k *controller) pass(s *script, l *location) {
	if target := l.rewrite(); target.text() != "" && target.text() != l.path {
		path := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(l.path)
		s.line(target.span(), `rewrite "(?i)%s" %s break;`, path, target.text())
	}
	protocol := annotation(l.ing, "backend-protocol", isWord)
	at := cmp.Or(protocol.span(), l.at)
	if len(l.backend.members) > 0 {
		at = l.at
	}
	scheme := map[string]string{"HTTPS": "https", "AUTO_HTTP": "$scheme", "GRPC": "grpc", "GRPCS": "grpcs"}[strings.ToUpper(protocol.text())]
	directive := "proxy_pass"
	if strings.HasPrefix(scheme, "grpc") {
		directive = "grpc_pass"
	}
	s.line(at, "%s %s://%s;", directive, cmp.Or(scheme, "http"), l.backend.id)
}

// upstreamTLS writes the TLS settings of the leg to the backend. None of these annotations counts without proxy-ssl-secret; its certificate
// authority is that of its key ca.crt (annotations/proxyssl of the controller).
func (k *controller) upstreamTLS(s *script, ing object) {
	secret := annotation(ing, "proxy-ssl-secret", isWord)
	name := annotation(ing, "proxy-ssl-name", isWord)
	sent := ing.annotations().get(prefix + "proxy-ssl-server-name")
	if secret.isZero() {
		return
	}
	if hasCA, why := k.authority(ing, secret); hasCA {
		verify := ing.annotations().get(prefix + "proxy-ssl-verify")
		text := "off"
		if verify.text() == "on" {
			text = "on"
			if why != "" {
				text = s.guess(why)
			}
		}
		at := cmp.Or(verify.span(), secret.span())
		s.line(at, "proxy_ssl_trusted_certificate /etc/ingress-controller/ssl/ca.pem;\nproxy_ssl_verify %s;", text)
	}
	if !name.isZero() {
		s.line(name.span(), "proxy_ssl_name %s;", quoted(name.text()))
	}
	text := "off"
	if isOnOff(sent.text()) {
		text = sent.text()
	}
	s.line(cmp.Or(sent.span(), secret.span()), "proxy_ssl_server_name %s;", text)
}

// authority tells whether a Secret holds a certificate authority; why is set where that is not known.
func (k *controller) authority(ing object, secret value) (has bool, why string) {
	namespace, name, ok := strings.Cut(secret.text(), "/")
	if !ok {
		namespace, name = ing.namespace, secret.text()
	}
	o, given := k.find("Secret", namespace, name)
	if !given {
		return true, "whether the Secret " + secret.text() + " holds a ca.crt, without which nothing is verified: it was not given"
	}
	return !o.get("data", "ca.crt").isZero() || !o.get("stringData", "ca.crt").isZero(), ""
}

// where is a place, or another where there is none.
func where(v value, otherwise routing.Span) routing.Span { return cmp.Or(v.span(), otherwise) }
