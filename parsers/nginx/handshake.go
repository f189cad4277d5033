package nginx

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// byHandshake are steps that come before the server of a request is known: those of the default server of the socket, or over TLS those of the
// server whose name the handshake carries (ngx_http_ssl_servername sets the configuration of the connection). differs tells the servers that
// have other steps than the default one.
func (v *virtual) byHandshake(differs func(*server) bool, do func(*server) []routing.Step) []routing.Step {
	if !v.tls {
		return do(v.preferred)
	}
	m := &routing.Match{Span: v.at.Span()}
	for _, s := range v.servers {
		if s != v.preferred && differs(s) {
			m.Arms = append(m.Arms, routing.Arm{When: equals(v.handshake, s.block()), Do: do(s), Span: s.scope.head.Span()})
		}
	}
	if len(m.Arms) == 0 {
		return do(v.preferred)
	}
	m.Arms = append(m.Arms, routing.Arm{When: routing.Always{}, Do: do(v.preferred)})
	return []routing.Step{m}
}

// answersInItsWay reports whether a server has directives of its own for answers to requests that it refuses, or the default one has.
func (w *lowering) answersInItsWay(v *virtual) func(*server) bool {
	own := func(s *server) bool {
		return slices.ContainsFunc([]string{"add_header", "access_log", "error_page", "add_header_inherit"}, func(name string) bool { return len(w.own(s.scope, name)) > 0 })
	}
	always := own(v.preferred)
	return func(s *server) bool { return always || own(s) }
}

// ofHandshake is the block of the server that a TLS handshake chooses by the name in it.
func (n *names) ofHandshake(v *virtual) routing.Expr {
	sni := routing.Call{Name: "lower", Fn: func(a ...string) string { return lower(a[0]) }, Args: []routing.Expr{routing.ReadOriginal(routing.InSNI, "")}}
	out := routing.Lookup{Key: sni, Exact: map[string]routing.Expr{}, Default: routing.Text(v.preferred.block()), Span: v.at.Span()}
	for name, to := range n.exact {
		if name != "" {
			out.Exact[name] = routing.Text(to.Block)
		}
	}
	for _, a := range append(slices.Clip(n.masks), n.regexes...) {
		text, fold := a.name, a.name != lower(a.name)
		if isHostMask(a.name) && !slices.ContainsFunc(n.regexes, func(r nameArm) bool { return r == a }) {
			text, fold = maskPattern(a.name), false
		}
		c := routing.LookupCase{Pattern: n.lowering.regexes.compile(text, fold).pattern, To: routing.Text(a.server.block())}
		if c.Pattern == nil {
			c = routing.LookupCase{Pattern: n.lowering.regexes.compile("", false).pattern, To: unknown("which server the name in the handshake is one of", a.at.Span())}
		}
		out.Patterns = append(out.Patterns, c)
	}
	return out
}

// rejected ends handshakes with servers that reject them (ngx_http_ssl_servername).
func (w *lowering) rejected(v *virtual) []routing.Step {
	rejects := func(s *server) bool { return isOn(w.flag(s.scope, "ssl_reject_handshake", false)) }
	usual := rejects(v.preferred)
	if !v.tls {
		return nil
	}
	return v.byHandshake(func(s *server) bool { return rejects(s) != usual }, func(s *server) []routing.Step {
		if !rejects(s) {
			return nil
		}
		return closes("ssl_reject_handshake ends the TLS handshake", w.one(s.scope, "ssl_reject_handshake").Span())
	})
}

// spoken leaves open whether handshakes succeed with servers that may have nothing in common with clients.
func (w *lowering) spoken(v *virtual) []routing.Step {
	if !v.tls {
		return nil
	}
	usual := w.strange(v, v.preferred)
	return v.byHandshake(func(s *server) bool { return w.strange(v, s) != usual }, func(s *server) []routing.Step {
		d := w.strange(v, s)
		if d.at.IsZero() {
			return nil
		}
		at := d.at.Span()
		fails := closes("the TLS handshake fails", at)
		return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: routing.Given{Value: routing.UnknownOf(d.why, at)}, Do: fails, Label: title(d.at), Span: at}}}}
	})
}

// strange is a setting of TLS with clients that not all of them may take. Its versions are those of the default server of the socket.
func (w *lowering) strange(v *virtual, s *server) doubt {
	if d := w.one(v.preferred.scope, "ssl_protocols"); !d.IsZero() && !slices.Contains(d.Args(), "TLSv1.2") && !slices.Contains(d.Args(), "TLSv1.3") {
		return doubt{d, "do clients take none of the versions of " + title(d)}
	}
	if d := w.one(s.scope, "ssl_ciphers"); !d.IsZero() && !namesUsualOfClients(d.Value(1)) && !w.speaksTLS13(v.preferred.scope, "ssl_protocols") {
		return doubt{d, "do clients lack the ciphers of " + title(d)}
	}
	if d := w.one(s.scope, "ssl_ecdh_curve"); !d.IsZero() && !slices.ContainsFunc(strings.Split(d.Value(1), ":"), isUsualCurve) {
		return doubt{d, "do clients lack the curves of " + title(d)}
	}
	for _, d := range w.list(s.scope, "ssl_conf_command") {
		if !harmlessCommand(d) {
			return doubt{d, "do clients fail with what " + title(d) + " leaves of TLS"}
		}
	}
	return doubt{}
}

// namesUsualOfClients is namesUsual for clients, which take certificates of ECDSA keys too.
func namesUsualOfClients(list string) bool {
	return namesUsual(strings.ReplaceAll(list, "ECDHE-ECDSA-AES", "ECDHE-RSA-AES"))
}

// isUsualCurve finds the curves that clients have (RFC 8446 section 9.1). Mixtures with newer key exchanges (X25519MLKEM768) only new ones have.
func isUsualCurve(name string) bool {
	return slices.Contains(strings.Fields("auto x25519 prime256v1 secp256r1 p-256 secp384r1 p-384"), lower(name))
}

// onlyHTTP2 closes connections of HTTP/1.1 to a socket that speaks HTTP/2 without TLS, where NGINX does not tell the two apart
// (ngx_http_init_connection).
func (w *lowering) onlyHTTP2(v *virtual) []routing.Step {
	if v.tls || v.saysHTTP2.IsZero() || w.since(tellsHTTP2) {
		return nil
	}
	at := v.saysHTTP2.Span()
	older := routing.Prefix{Of: routing.ReadOriginal(routing.InProtocol, ""), Want: "HTTP/1."}
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{
		When: older, Do: closes("the socket speaks nothing but HTTP/2, which clients speak over TLS alone", at), Label: title(v.saysHTTP2), Span: at,
	}}}}
}

// clientCertificate leaves open whether clients have the certificate that a server demands of them (ngx_http_process_request).
func (w *lowering) clientCertificate(e *env) []routing.Step {
	d := w.one(e.scope, "ssl_verify_client")
	if d.Value(1) != "on" {
		return nil
	}
	at := d.Span()
	do := append(w.ending(e, 400), &routing.Respond{Status: routing.Of("400", at), Label: "no client certificate that is taken", Span: at})
	if !w.errorPage(e, 495).IsZero() || !w.errorPage(e, 496).IsZero() {
		do = []routing.Step{&routing.Opaque{Why: "what the error page answers to clients without a certificate", Span: at}}
	}
	lacks := routing.UnknownOf("do clients come without a certificate, which "+title(d)+" demands", at)
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: routing.Given{Value: lacks}, Do: do, Label: title(d), Span: at}}}}
}
