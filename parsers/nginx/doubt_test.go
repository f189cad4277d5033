package nginx

import (
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// TestWhatMayComeOfAnswersIsLeftOpen holds what keeps answers of a service from being known to reach clients. What is left open was seen to fail
// with NGINX 1.22.1 or 1.30.6, or hangs on what stands elsewhere.
func TestWhatMayComeOfAnswersIsLeftOpen(t *testing.T) {
	const verified = "proxy_ssl_verify on; proxy_ssl_trusted_certificate a; "
	for lines, want := range map[string]string{
		"":                     "",
		"limit_rate 100;":      "whether answers get through in time at limit_rate 100",
		"limit_rate 0;":        "",
		"set $limit_rate 100;": "whether answers get through in time at set $limit_rate 100",
		"set $limit_rate 64k;": "",
		"set $limit_rate 100; set $limit_rate 0;":                 "",
		"set $r 100; limit_rate $r;":                              "whether answers get through in time at limit_rate $r",
		"set $r 64k; limit_rate $r;":                              "",
		"limit_rate $arg_rate;":                                   "",
		"set $r 100; proxy_limit_rate $r;":                        "whether answers get through in time at proxy_limit_rate $r",
		"set $r 100; proxy_limit_rate $r; proxy_buffering off;":   "",
		"more_set_headers 'Content-Length: 1';":                   "what clients make of answers whose Content-Length more_set_headers changes",
		"more_set_headers 'Server: edge';":                        "",
		"limit_rate 64k;":                                         "",
		"proxy_limit_rate 100;":                                   "whether answers get through in time at proxy_limit_rate 100",
		"proxy_limit_rate 100; proxy_buffering off;":              "",
		"proxy_buffer_size 512;":                                  "whether the head of an answer fits into proxy_buffer_size 512",
		"send_timeout 100ms;":                                     "whether send_timeout 100ms is long enough",
		"send_timeout 2;":                                         "",
		"ssi on;":                                                 "",
		"ssi on; ssi_types *;":                                    "what ssi on makes of the service's answers",
		"add_after_body /x;":                                      "",
		"add_after_body /x; addition_types application/json;":     "what add_after_body /x makes of the service's answers",
		"image_filter resize 10 10;":                              "what image_filter resize 10 10 makes of answers that are no images",
		"image_filter off;":                                       "",
		"js_body_filter main.change;":                             "what js_body_filter makes of answers",
		"proxy_bind 10.0.0.9;":                                    "whether the service can be reached from the address of proxy_bind 10.0.0.9",
		"proxy_bind off;":                                         "",
		"proxy_ssl_ciphers HIGH:!aNULL;":                          "",
		"proxy_ssl_ciphers RC4-SHA;":                              "",
		"proxy_ssl_protocols TLSv1.2; proxy_ssl_ciphers RC4-SHA;": "whether the service takes a cipher of proxy_ssl_ciphers RC4-SHA",
		"proxy_ssl_protocols TLSv1.2; proxy_ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384;": "",
		"proxy_ssl_conf_command MinProtocol TLSv1.2;":                                 "",
		"proxy_ssl_conf_command MaxProtocol TLSv1.1;":                                 "what proxy_ssl_conf_command MaxProtocol TLSv1.1 leaves of TLS",
		verified + "proxy_ssl_verify_depth 0;":                                        "whether no other authority stands between the service's certificate and those that are trusted",
		verified + "proxy_ssl_crl c;":                                                 "whether proxy_ssl_crl c holds lists of all authorities of the service's certificate that are not out of date",
		"proxy_ssl_verify_depth 0;":                                                   "",
		"proxy_ssl_name b.example.;":                                                  "whether a TLS handshake succeeds that asks for b.example., with a dot at its end",
	} {
		g := lowered(t, inHTTP("server { listen 80; location / { "+lines+" proxy_pass https://10.0.0.1; } }"), "1.30.6")
		v := paths(g, "GET /")[0].Delivery.Setting(routing.Doubt)
		if got := v.Why(); got != want {
			t.Errorf("%s: it is left open %q, want %q", lines, got, want)
		}
	}
}

func TestClientsDoNotComeDirectlyWhereALineIsWantedFirst(t *testing.T) {
	g := lowered(t, inHTTP("server { listen 80 proxy_protocol; } server { listen 81; }"), "1.30.6")
	if first, second := g.Listeners[0].Fronted, g.Listeners[1].Fronted; first.IsZero() || !second.IsZero() {
		t.Errorf("a line of the PROXY protocol is wanted at %v and at %v", first, second)
	}
}
