package nginx

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// TestTheNameInTheHandshakeChoosesWhoReadsTheRequestLine holds what the server of a TLS handshake decides although the request is for another
// one. Each line was tried with NGINX 1.22.1 and 1.30.6.
func TestTheNameInTheHandshakeChoosesWhoReadsTheRequestLine(t *testing.T) {
	const own = "large_client_header_buffers 4 32k; merge_slashes off; "
	server := func(name, more string) string {
		return "server { listen 443 ssl; server_name " + name + "; ssl_certificate a; ssl_certificate_key a; " + more + "add_header X-S " + name + " always; location / { proxy_pass http://10.0.0.1; } } "
	}
	g := lowered(t, inHTTP(server("d", "")+server("*.b", "large_client_header_buffers 4 16k;")+server("big", own)+server("x.b", own)+server("~re$", own)), "1.30.0")
	long := "/a//b?" + strings.Repeat("x", 9000)
	for _, tt := range []struct{ sni, host, target, want string }{
		{"big", "big", long, "/a//b"},
		{"big", "d", long, "/a//b"},
		{"d", "big", long, "414 d"},
		{"", "big", long, "414 d"},
		{"nobody", "big", long, "414 d"},
		{"w.b", "big", long, "/a//b"},
		{"w.b", "big", long + long, "414 *.b"},
		{"x.b", "big", long + long, "/a//b"},
		{"BIG", "d", long, "/a//b"},
		{"xre", "big", long, "/a//b"},
		{"big", "a..b", "/", "400 big"},
		{"d", "a..b", "/", "400 d"},
	} {
		paths := g.Trace(g.Listeners[0], &routing.Request{Method: "GET", Scheme: "https", SNI: tt.sni, Host: tt.host, Target: tt.target, ClientIP: "192.0.2.1"})
		if len(paths) != 1 {
			t.Fatalf("%+v: there are %d ways", tt, len(paths))
		}
		got := ""
		switch p := paths[0]; {
		case p.Delivery != nil:
			got, _, _ = strings.Cut(p.Delivery.Target.Text(), "?")
		case p.Response != nil && len(p.Response.Headers) == 1:
			got = p.Response.Status.Text() + " " + p.Response.Headers[0].Value.Text()
		}
		if got != tt.want {
			t.Errorf("as %q for %q: %s, want %s", tt.sni, tt.host, got, tt.want)
		}
	}
}

// TestClientsMayLackWhatIsOffered holds what leaves open whether a TLS handshake succeeds. Without TLS 1.3, which has ciphers of its own, those of
// ssl_ciphers alone count.
func TestClientsMayLackWhatIsOffered(t *testing.T) {
	for lines, open := range map[string]bool{
		"":                                               false,
		"ssl_ciphers AES128-SHA;":                        false,
		"ssl_ecdh_curve auto;":                           false,
		"ssl_ecdh_curve secp521r1;":                      true,
		"ssl_ecdh_curve secp521r1:X25519;":               false,
		"ssl_ecdh_curve X25519MLKEM768;":                 true,
		"ssl_ecdh_curve X25519MLKEM768:prime256v1;":      false,
		"ssl_protocols TLSv1.2; ssl_ciphers AES128-SHA;": true,
		"ssl_protocols TLSv1.2; ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256;": false,
		"ssl_conf_command Options -SessionTicket;":                                                      false,
		"ssl_conf_command Options -MiddleboxCompat;":                                                    true,
		"ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;":                                         false,
		"ssl_conf_command Ciphersuites TLS_AES_128_CCM_SHA256;":                                         true,
	} {
		g := lowered(t, inHTTP("server { listen 443 ssl; ssl_certificate a; ssl_certificate_key b; "+lines+" location / { proxy_pass https://10.0.0.1; } }"), "1.30.6")
		if got := g.Listeners[0].MinTLS.IsUnknown(); got != open {
			t.Errorf("%s: whether clients can shake hands is left open: %v, want %v", lines, got, open)
		}
		if ways := paths(g, "GET /"); len(ways) > 1 != open {
			t.Errorf("%s: a request goes %d ways", lines, len(ways))
		}
	}
}
