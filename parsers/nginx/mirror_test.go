package nginx

import (
	"strings"
	"testing"
)

// TestCopiesOfRequestsAreFollowedToTheirUpstream holds where mirror sends copies, as far as that is plain.
func TestCopiesOfRequestsAreFollowedToTheirUpstream(t *testing.T) {
	const (
		proxied = "location / { mirror /m; proxy_pass http://a; } "
		open    = "? where mirror /m sends copies of the request"
	)
	tests := []struct{ name, directives, want string }{
		{"none", "location / { proxy_pass http://a; } location = /m { proxy_pass http://b; }", ""},
		{"one", "resolver 10.0.0.1; " + proxied + "location = /m { internal; proxy_pass https://b.example.net$request_uri; }", "b.example.net:443"},
		{"to a name that nothing resolves", proxied + "location = /m { proxy_pass https://b.example.net$request_uri; }", ""},
		{"to a name that another line resolves", proxied + "location = /m { proxy_pass http://a$request_uri; }", "a:80"},
		{"to an address", proxied + "location = /m { proxy_pass http://10.0.0.4$request_uri; }", "10.0.0.4:80"},
		{"two", "mirror /m; mirror /n; location / { proxy_pass http://a; } location /m { proxy_pass http://b:81; } location /n { proxy_pass http://c/x; }", "b:81 c:80"},
		{"switched off further in", "mirror /m; location / { mirror off; proxy_pass http://a; } location /m { proxy_pass http://b; }", ""},
		{"another one further in", "mirror /m; location / { mirror /n; proxy_pass http://a; } location /m { proxy_pass http://b; } location /n { proxy_pass http://c; }", "c:80"},
		{"inherited by if", "location / { mirror /m; proxy_pass http://a; if ($arg_x = '') { proxy_pass http://a2; } } location = /m { proxy_pass http://b; }", "b:80"},
		{"of a file", "location / { mirror /m; root html; } location = /m { proxy_pass http://b; }", "b:80"},
		{"of nothing that is answered at once", "location / { mirror /m; return 204; } location = /m { proxy_pass http://b; }", ""},
		{"to nobody", proxied + "location = /m { root html; }", ""},
		{"to a program", proxied + "location = /m { fastcgi_pass b:9000; }", ""},
		{"with the name of another", proxied + "location = /m { proxy_set_header Host chat.example.net; proxy_pass http://10.0.0.4; }", "chat.example.net 10.0.0.4:80"},
		{"back to where it came from", "location / { mirror /m; proxy_pass http://a; }", "a:80"},
		{"an expression comes before the prefix", proxied + "location /m { proxy_pass http://b; } location ~ m$ { proxy_pass http://c; }", open},
		{"no expression is asked", proxied + "location ^~ /m { proxy_pass http://b; } location ~ m$ { proxy_pass http://c; }", "b:80"},
		{"a computed upstream", "set $b b; " + proxied + "location = /m { proxy_pass http://$b; }", open},
		{"a rewrite on the way", proxied + "location = /m { rewrite ^ /x; }", open},
		{"its own server", proxied + "location = /m { proxy_pass http://127.0.0.1; }", open},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range paths(lowered(t, oneServer(tt.directives), "1.30.0"), "GET /")[0].Copied {
				if c.To.IsUnknown() {
					got = append(got, "? "+c.To.Why())
					continue
				}
				got = append(got, c.To.Text())
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("copies go to %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCopiesForAPoolGoToAnyMember(t *testing.T) {
	g := lowered(t, inHTTP("upstream pool { server b.example.net:443; server c.example.net; } server { listen 80; location / { mirror /m; proxy_pass http://a; } location = /m { proxy_pass http://pool; } }"), "1.30.0")
	var got []string
	for _, c := range paths(g, "GET /")[0].Copied {
		got = append(got, c.To.Text())
	}
	if want := "b.example.net:443 c.example.net:80"; strings.Join(got, " ") != want {
		t.Errorf("copies go to %q, want %q", got, want)
	}
}
