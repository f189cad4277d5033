package nginx

import "slices"

// merged refuses what NGINX refuses of settings together, once those of the levels around are merged in (ngx_http_proxy_merge_loc_conf).
// A part of a configuration may get others from around it.
func (w *lowering) merged(s *scope) {
	w.referers(s)
	if w.partial || len(w.own(s, "proxy_buffers", "proxy_buffer_size", "proxy_busy_buffers_size", "proxy_temp_file_write_size", "proxy_max_temp_file_size")) == 0 && s.parent != w.http {
		return
	}
	number, size, ok := w.proxyBuffers(s)
	if !ok {
		return
	}
	first, ok1 := w.bytes(s, "proxy_buffer_size", pageSize)
	largest := max(first, size)
	busy, ok2 := w.bytes(s, "proxy_busy_buffers_size", 2*largest)
	at := w.nearest(s, "proxy_busy_buffers_size", "proxy_buffers", "proxy_buffer_size")
	switch {
	case at.IsZero() || !ok1 || !ok2:
	case number < 2:
		w.refuse(at, `there must be at least 2 "proxy_buffers"`)
	case busy < largest:
		w.refuse(at, `"proxy_busy_buffers_size" must be equal to or greater than the maximum of the value of "proxy_buffer_size" and one of the "proxy_buffers"`)
	case busy > (number-1)*size:
		w.refuse(at, `"proxy_busy_buffers_size" must be less than the size of all "proxy_buffers" minus one buffer`)
	}
	w.temporary(s, largest)
}

// temporary are the sizes of files that what does not fit into buffers goes to.
func (w *lowering) temporary(s *scope, largest int64) {
	const most = `of the value of "proxy_buffer_size" and one of the "proxy_buffers"`
	if n, ok := w.bytes(s, "proxy_temp_file_write_size", 2*largest); ok && n < largest {
		w.refuse(w.one(s, "proxy_temp_file_write_size"), `"proxy_temp_file_write_size" must be equal to or greater than the maximum `+most)
	}
	if n, ok := w.bytes(s, "proxy_max_temp_file_size", 1<<30); ok && n != 0 && n < largest {
		w.refuse(w.one(s, "proxy_max_temp_file_size"),
			`"proxy_max_temp_file_size" must be equal to zero to disable temporary files usage or must be equal to or greater than the maximum `+most)
	}
}

// proxyBuffers are the number and the size of proxy_buffers.
func (w *lowering) proxyBuffers(s *scope) (number64, size int64, ok bool) {
	d := w.one(s, "proxy_buffers")
	if d.IsZero() {
		return 8, pageSize, true
	}
	size, ok = parseSize(d.Value(2))
	return number(d.Value(1)), size, ok && isPositive(d.Value(1)) && w.missing(d) == ""
}

// bytes is a directive that is a size; ok is false where it cannot be read.
func (w *lowering) bytes(s *scope, name string, otherwise int64) (n int64, ok bool) {
	d := w.one(s, name)
	if d.IsZero() {
		return otherwise, true
	}
	n, ok = parseSize(d.Value(1))
	return n, ok && w.missing(d) == ""
}

// nearest is the first of those directives that a level or one around it has.
func (w *lowering) nearest(s *scope, names ...string) Directive {
	for ; s != nil; s = s.parent {
		for _, name := range names {
			if list := w.own(s, name); len(list) > 0 {
				return list[0]
			}
		}
	}
	return Directive{}
}

// referers refuses valid_referers that name no referer (ngx_http_referer_merge_conf).
func (w *lowering) referers(s *scope) {
	lines := w.own(s, "valid_referers")
	for _, d := range lines {
		for _, v := range d.Args() {
			if v != "none" && v != "blocked" {
				return
			}
		}
	}
	if len(lines) > 0 {
		w.refuse(lines[0], `the "none" or "blocked" referers are specified in the "valid_referers" directive without any valid referer`)
	}
}

// certified refuses a socket with TLS whose servers have no certificate (ngx_http_ssl_init).
func (w *lowering) certified(v *virtual) {
	for _, s := range v.servers {
		w.keyed(s)
	}
	at, option := w.encrypted(v)
	if at.IsZero() || w.uncertain(v.preferred.scope) {
		return
	}
	for _, s := range append([]*server{v.preferred}, v.servers...) {
		certificate, rejects := !w.one(s.scope, "ssl_certificate").IsZero(), isOn(w.flag(s.scope, "ssl_reject_handshake", false))
		switch {
		case s == v.preferred && certificate:
			return
		case !certificate && !rejects && !w.uncertain(s.scope):
			w.refuse(at, `no "ssl_certificate" is defined for the "listen ... `+option+`" directive`)
			return
		}
	}
}

// quic refuses a socket of HTTP/3 without a certificate. Others than the first server of the socket need none.
func (w *lowering) quic(s *server, l listen) {
	if w.one(s.scope, "ssl_certificate").IsZero() && !isOn(w.flag(s.scope, "ssl_reject_handshake", false)) && !w.uncertain(s.scope) && w.firstAt(l) == s {
		w.refuse(l.at, `no "ssl_certificate" is defined for the "listen ... quic" directive`)
	}
}

// firstAt is the first server with a listen directive of those words.
func (w *lowering) firstAt(l listen) *server {
	for _, s := range w.servers {
		for _, d := range w.own(s.scope, "listen") {
			if d.Value(1) == l.at.Value(1) && slices.Contains(d.Args(), "quic") {
				return s
			}
		}
	}
	return nil
}

// encrypted is the first listen directive that has a socket speak TLS, and the option by which it does.
func (w *lowering) encrypted(v *virtual) (d Directive, option string) {
	for _, s := range v.servers {
		for _, d := range w.own(s.scope, "listen") {
			here := func(l listen) bool { return l.socket == v.socket }
			if slices.Contains(d.Args(), "ssl") && slices.ContainsFunc(w.parseListen(d), here) {
				return d, "ssl"
			}
		}
	}
	return Directive{}, ""
}

// keyed refuses a certificate without a key, and one of clients that nothing verifies (ngx_http_ssl_merge_srv_conf).
func (w *lowering) keyed(s *server) {
	if w.uncertain(s.scope) {
		return
	}
	certificates, keys := w.list(s.scope, "ssl_certificate"), w.list(s.scope, "ssl_certificate_key")
	verify := w.one(s.scope, "ssl_verify_client")
	switch {
	case len(certificates) > len(keys):
		last := certificates[len(certificates)-1]
		w.refuse(last, `no "ssl_certificate_key" is defined for certificate "`+last.Value(1)+`"`)
	case len(certificates) == 0 && isOn(w.flag(s.scope, "ssl", false)):
		w.refuse(w.one(s.scope, "ssl"), `no "ssl_certificate" is defined for the "ssl" directive`)
	case len(certificates) == 0 && !isOn(w.flag(s.scope, "ssl_reject_handshake", false)):
	case !isAmong(verify.Value(1), "on|optional") || !w.one(s.scope, "ssl_client_certificate").IsZero():
	case w.release.before(trustsClients):
		w.refuse(verify, "no ssl_client_certificate for ssl_verify_client")
	case w.one(s.scope, "ssl_trusted_certificate").IsZero():
		w.refuse(verify, "no ssl_client_certificate or ssl_trusted_certificate for ssl_verify_client")
	}
}

// uncertain reports whether directives may stand in what was not read of a server or around it.
func (w *lowering) uncertain(s *scope) bool {
	for ; s != nil; s = s.parent {
		if len(s.gaps) > 0 {
			return true
		}
	}
	return w.partial
}
