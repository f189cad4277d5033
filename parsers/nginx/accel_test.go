package nginx

import (
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// TestAListenerBehindSwitchesBuffering holds what X-Accel-Buffering in the answer of one listener does to another in front of it. Each line was
// tried with NGINX 1.22.1, 1.26.3 and 1.30.6.
func TestAListenerBehindSwitchesBuffering(t *testing.T) {
	const no, yes = "add_header X-Accel-Buffering no; ", "add_header X-Accel-Buffering yes; "
	for _, tt := range []struct{ name, front, behind, want string }{
		{"nothing is said", "", "", "holds"},
		{"no", "", no, "off"},
		{"no in other letters", "", "add_header x-accel-buffering ' No ';", "off"},
		{"what is neither", "", "add_header X-Accel-Buffering off;", "holds"},
		{"no and what is neither", "", no + "add_header X-Accel-Buffering off;", "off"},
		{"no, then yes", "", no + yes, "holds"},
		{"yes, then no", "", yes + no, "off"},
		{"yes where buffering is off", "proxy_buffering off;", yes, "holds"},
		{"yes where it is off and chunks come", "proxy_buffering off; proxy_http_version 1.1;", yes, "passes"},
		{"no where it is not heeded", "proxy_ignore_headers Expires X-Accel-Buffering;", no, "holds"},
		{"no where it is hidden from clients", "proxy_hide_header X-Accel-Buffering;", no, "off"},
		{"no where answers are compressed", "gzip on; gzip_types text/event-stream;", no, "off"},
		{"no only for some", "", "add_header X-Accel-Buffering $x; set $x no;", "off"},
		{"no for no request", "", "add_header X-Accel-Buffering $x; set $x '';", "holds"},
		{"no from further behind", "", "proxy_pass http://127.0.0.1:9002; ", "holds"},
		{"no from further behind that is passed on", "", "proxy_pass_header X-Accel-Buffering; proxy_pass http://127.0.0.1:9002; ", "?"},
	} {
		behind := tt.behind
		if tt.behind == "" || tt.behind[:len("proxy_pass")] != "proxy_pass" {
			behind += "proxy_pass http://10.0.0.1;"
		}
		g := lowered(t, inHTTP("server { listen 80; location / { "+tt.front+" proxy_pass http://127.0.0.1:9001; } } server { listen 127.0.0.1:9001; location / { "+behind+" } } "+
			"server { listen 127.0.0.1:9002; location / { "+no+" proxy_pass http://10.0.0.1; } }"), "1.22.1")
		p := paths(g, "GET /")
		if len(p) != 1 || len(p[0].Via) == 0 {
			t.Errorf("%s: the request goes no way through both: %v", tt.name, told(g, "GET /"))
			continue
		}
		v := p[0].Via[0].Setting(routing.Buffering)
		if got := v.Text(); got != tt.want && (tt.want != "?" || !v.IsUnknown()) {
			t.Errorf("%s: answers are %q, want %q", tt.name, got, tt.want)
		}
	}
}
