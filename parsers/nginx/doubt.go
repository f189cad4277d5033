package nginx

import (
	"slices"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Bounds below which it is not known whether anything gets through: how long the head of an answer is at most is not documented, nor how
// long connections to the service take.
const (
	leastHead = 1 << 10     // bytes, and bytes a second
	leastWait = time.Second // for something that takes no longer than a network does
)

// doubt is something by which an answer may not reach the client as the service gave it.
type doubt struct {
	at  Directive
	why string
}

// doubted is why it is not known what clients get instead of the service's answer; unset where there is nothing of the kind.
func (w *lowering) doubted(e *env, t *target) routing.Value {
	asked := []func(*env) doubt{w.littleRoom, w.hurried, w.filtered, w.reframed, w.scriptedAnswer, w.bound}
	if t.https {
		asked = append(asked, w.oddTLS, func(e *env) doubt { return w.dotted(e, t) })
	}
	for _, ask := range asked {
		if d := ask(e); !d.at.IsZero() {
			return routing.UnknownOf(d.why, d.at.Span())
		}
	}
	return routing.Value{}
}

// littleRoom is a buffer or a rate that the head of an answer may be too long for. A rate holds the head back in part, and the rest of a
// WebSocket handshake then comes behind what is sent over it (ngx_http_upstream_process_upgraded asks for no rate).
func (w *lowering) littleRoom(e *env) doubt {
	less := func(d Directive) bool {
		n, ok := parseSize(d.Value(1))
		return !d.IsZero() && ok && n < leastHead
	}
	if d := w.one(e.scope, "proxy_buffer_size"); less(d) {
		return doubt{d, "whether the head of an answer fits into " + title(d)}
	}
	for _, d := range w.rates(e) {
		if isSlow(d.Value(1)) {
			return doubt{d, inTime(d)}
		}
	}
	return doubt{}
}

// rates are the directives that say how fast answers come, in bytes a second.
func (w *lowering) rates(e *env) []Directive {
	rates := []Directive{w.one(e.scope, "limit_rate")}
	if isOn(w.flag(e.scope, "proxy_buffering", true)) {
		rates = append(rates, w.one(e.scope, "proxy_limit_rate"))
	}
	return rates
}

// slow are the rates that variables give, each unknown where a request makes it that low (ngx_http_complex_value_size).
func (w *lowering) slow(e *env) []routing.ChooseArm {
	var arms []routing.ChooseArm
	for _, d := range w.rates(e) {
		if strings.Contains(d.Value(1), "$") {
			arms = append(arms, slowArm(d, w.value(d, 1, e)))
		}
	}
	return arms
}

// isSlow reports whether a rate is so low; 0 is none.
func isSlow(rate string) bool {
	n, ok := parseSize(rate)
	return ok && 0 < n && n < leastHead
}

func inTime(d Directive) string { return "whether answers get through in time at " + title(d) }

// slowVar is unknown where the last set of $limit_rate, by which a request has another rate than limit_rate says, makes it that low.
const slowVar = ":slow"

func slowed(d Directive, rate routing.Expr) routing.Step {
	to := routing.Choose{Arms: []routing.ChooseArm{slowArm(d, rate), {When: routing.Always{}, To: routing.Text("")}}}
	return &routing.Set{What: routing.Place{Kind: routing.InVar, Name: slowVar}, To: to, Span: d.Span()}
}

func slowArm(d Directive, rate routing.Expr) routing.ChooseArm {
	return routing.ChooseArm{When: holds("slow", isSlow, rate), To: unknown(inTime(d), d.Span())}
}

// hurried is a time-out that a network may be too slow for.
func (w *lowering) hurried(e *env) doubt {
	for _, name := range []string{"client_header_timeout", "client_body_timeout", "send_timeout", "proxy_connect_timeout", "proxy_send_timeout"} {
		d := w.one(e.scope, name)
		if t, ok := parseTime(d.Value(1)); !d.IsZero() && ok && t < leastWait {
			return doubt{d, "whether " + title(d) + " is long enough"}
		}
	}
	return doubt{}
}

// answerTypes are the media types of what the service answers.
var answerTypes = []string{"application/json", "application/octet-stream", "text/event-stream", "text/plain"}

// filters change the bodies of answers of some types: what switches them on, and what names the types beside those of pages.
var filters = []struct{ by, types string }{
	{"add_before_body", "addition_types"}, {"add_after_body", "addition_types"}, {"ssi", "ssi_types"}, {"xslt_stylesheet", "xslt_types"},
}

// filtered is a filter that changes the bodies of the service's answers.
func (w *lowering) filtered(e *env) doubt {
	if d := w.one(e.scope, "image_filter"); !d.IsZero() && d.Value(1) != "off" {
		return doubt{d, "what " + title(d) + " makes of answers that are no images"}
	}
	for _, f := range filters {
		if d := w.one(e.scope, f.by); !d.IsZero() && d.Value(1) != "off" && d.Value(1) != "" && w.isOfTypes(e, f.types) {
			return doubt{d, "what " + title(d) + " makes of the service's answers"}
		}
	}
	return doubt{}
}

// isOfTypes reports whether a directive names a type of the service's answers, or all.
func (w *lowering) isOfTypes(e *env, name string) bool {
	for _, d := range w.list(e.scope, name) {
		if slices.ContainsFunc(d.Args(), func(t string) bool { return t == "*" || slices.Contains(answerTypes, lower(t)) }) {
			return true
		}
	}
	return false
}

// answerScripts are directives of modules by which a program changes answers.
var answerScripts = strings.Fields("header_filter_by_lua header_filter_by_lua_block header_filter_by_lua_file body_filter_by_lua body_filter_by_lua_block " +
	"body_filter_by_lua_file js_header_filter js_body_filter")

func (w *lowering) scriptedAnswer(e *env) doubt {
	if found := w.list(e.scope, answerScripts...); len(found) > 0 {
		return doubt{found[0], "what " + found[0].Name() + " makes of answers"}
	}
	return doubt{}
}

// bound is an address of its own that connections to the service come from.
func (w *lowering) bound(e *env) doubt {
	d := w.one(e.scope, "proxy_bind")
	if d.IsZero() || d.Value(1) == "off" || d.Value(1) == "" {
		return doubt{}
	}
	return doubt{d, "whether the service can be reached from the address of " + title(d)}
}

// oddTLS is what may keep a TLS handshake with the service from succeeding, for reasons that stand elsewhere.
func (w *lowering) oddTLS(e *env) doubt {
	if d := w.one(e.scope, "proxy_ssl_ciphers"); !d.IsZero() && !namesUsual(d.Value(1)) && !w.speaksTLS13(e.scope, "proxy_ssl_protocols") {
		return doubt{d, "whether the service takes a cipher of " + title(d)}
	}
	for _, d := range w.list(e.scope, "proxy_ssl_conf_command") {
		if !harmlessCommand(d) {
			return doubt{d, "what " + title(d) + " leaves of TLS"}
		}
	}
	if !isOn(w.flag(e.scope, "proxy_ssl_verify", false)) {
		return doubt{}
	}
	if d := w.one(e.scope, "proxy_ssl_crl"); d.Value(1) != "" {
		return doubt{d, "whether " + title(d) + " holds lists of all authorities of the service's certificate that are not out of date"}
	}
	if d := w.one(e.scope, "proxy_ssl_verify_depth"); !d.IsZero() && d.Value(1) == "0" {
		return doubt{d, "whether no other authority stands between the service's certificate and those that are trusted"}
	}
	return doubt{}
}

// dotted is a name that ends in a dot, which OpenSSL takes for another than that in the certificate, and servers may (RFC 6066 section 3).
func (w *lowering) dotted(e *env, t *target) doubt {
	name, ok := w.tlsName(e, t).(routing.Lit)
	if !ok || !strings.HasSuffix(name.Text(), ".") {
		return doubt{}
	}
	return doubt{t.d, "whether a TLS handshake succeeds that asks for " + name.Text() + ", with a dot at its end"}
}

// namesUsual reports whether a list of ciphers has one that every server is to take (RFC 9325 section 4.2): AES in GCM, with keys agreed upon by
// elliptic curves and a certificate of an RSA key. Groups that hold them count.
func namesUsual(list string) bool {
	for word := range strings.FieldsFuncSeq(list, func(r rune) bool { return strings.ContainsRune(": ,", r) }) {
		switch {
		case strings.HasPrefix(word, "ECDHE-RSA-AES") && strings.Contains(word, "-GCM-"):
			return true
		case slices.Contains(usualGroups, word):
			return true
		}
	}
	return false
}

// usualGroups are groups of ciphers in OpenSSL's words that hold the usual ones (openssl-ciphers).
var usualGroups = strings.Fields("DEFAULT ALL COMPLEMENTOFDEFAULT HIGH ECDHE kECDHE EECDH kEECDH EECDH+AESGCM ECDHE+AESGCM EECDH+AES ECDH+AESGCM ECDH+AES AESGCM AES AES128 AES256 " +
	"EECDH+aRSA+AESGCM TLSv1.2 aRSA RSA+AESGCM EECDH+AES128 EECDH+AES256 ECDHE+AES ECDHE+aRSA+AESGCM PROFILE=SYSTEM")

// speaksTLS13 reports whether TLS 1.3 is among the protocols that a directive names, which has ciphers of its own.
func (w *lowering) speaksTLS13(s *scope, protocols string) bool {
	d := w.one(s, protocols)
	if d.IsZero() {
		return w.since(speaksTLS13)
	}
	return slices.Contains(d.Args(), "TLSv1.3")
}

// freeOptions are options of OpenSSL that may be on or off.
var freeOptions = strings.Fields("SessionTicket ServerPreference PrioritizeChaCha NoResumptionOnRenegotiation NoRenegotiation Compression EncryptThenMac KTLS")

// harmlessCommand reports whether a command of OpenSSL leaves what services take (SSL_CONF_cmd).
func harmlessCommand(d Directive) bool {
	switch value := d.Value(2); lower(d.Value(1)) {
	case "options":
		return !slices.ContainsFunc(strings.Split(value, ","), func(option string) bool {
			return strings.HasPrefix(option, "-") && !slices.Contains(freeOptions, option[1:])
		})
	case "ciphersuites":
		return strings.Contains(value, "TLS_AES_128_GCM_SHA256") || strings.Contains(value, "TLS_AES_256_GCM_SHA384")
	case "minprotocol":
		return slices.Contains([]string{"None", "TLSv1", "TLSv1.1", "TLSv1.2"}, value)
	case "maxprotocol":
		return slices.Contains([]string{"None", "TLSv1.2", "TLSv1.3"}, value)
	case "cipherstring":
		return namesUsual(value)
	}
	return false
}
