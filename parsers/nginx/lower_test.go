package nginx

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// lowered is the gateway of a text; version may be empty.
func lowered(t testing.TB, text, version string) *routing.Gateway {
	t.Helper()
	g, err := Lower(parseText(t, text), version)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// inHTTP puts directives into http{}.
func inHTTP(directives string) string {
	return "events { }\nhttp {\naccess_log off;\n" + directives + "\n}\n"
}

// oneServer puts directives into a server of edge.example.com.
func oneServer(directives string) string {
	return inHTTP("server {\nlisten 80;\nserver_name edge.example.com;\n" + directives + "\n}")
}

// paths traces a request, written as "METHOD target" and header lines.
func paths(g *routing.Gateway, head string) []routing.Path {
	if !strings.Contains(head, "Host: ") {
		first, rest, _ := strings.Cut(head, "\r\n")
		head = strings.TrimSuffix(first+" HTTP/1.1\r\nHost: edge.example.com\r\n"+rest, "\r\n")
	}
	return g.Trace(g.Listeners[0], request(head))
}

// told tells the ways of a request in a line each.
func told(g *routing.Gateway, head string) string {
	var lines []string
	for _, p := range paths(g, head) {
		line := ""
		for _, a := range p.Assumed {
			line += fmt.Sprintf("if %v [%s]: ", a.Holds, a.Why)
		}
		line += p.Outcome()
		if d := p.Delivery; d != nil {
			line += " as " + d.Method.Text() + " " + d.Target.String()
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// delivery is the only way of a request, which must end at an upstream.
func delivery(t testing.TB, g *routing.Gateway, head string) *routing.Delivery {
	t.Helper()
	found := paths(g, head)
	if len(found) != 1 || found[0].Delivery == nil {
		t.Fatalf("%s ends as\n%s", head, told(g, head))
	}
	return found[0].Delivery
}

// grievances are the problems of a gateway as "line: message".
func grievances(g *routing.Gateway) string {
	var lines []string
	for _, p := range g.Problems {
		kind := map[routing.ProblemKind]string{routing.Refused: "refused", routing.NotWhole: "not whole"}[p.Kind]
		lines = append(lines, fmt.Sprintf("%d: %s: %s", p.Span.Line, kind, p.Message))
	}
	return strings.Join(lines, "\n")
}

func TestVersionsThatMakeADifferenceAreVariants(t *testing.T) {
	proxied := "location / { proxy_pass http://chat.example.net; %s }"
	tests := []struct{ name, directives, version, variants string }{
		{"everything is said", "proxy_http_version 1.1; proxy_set_header Connection x;", "", ""},
		{"the HTTP version is not", "proxy_set_header Connection x;", "NGINX 1.30", "NGINX before 1.29.7"},
		{"the Connection header is not", "proxy_http_version 1.1;", "NGINX 1.30", "NGINX before 1.29.7"},
		{"Host is said twice", "proxy_http_version 1.1; proxy_set_header Connection x; proxy_set_header Host a; proxy_set_header Host b;", "NGINX 1.30", "NGINX 1.31.4 or later"},
		{"Host is empty", "proxy_http_version 1.1; proxy_set_header Connection x; proxy_set_header Host '';", "NGINX 1.30", "NGINX 1.31.4 or later"},
		{"both", "proxy_set_header Host '';", "NGINX 1.30", "NGINX before 1.29.7, NGINX 1.31.4 or later"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := lowered(t, oneServer(fmt.Sprintf(proxied, tt.directives)), "")
			var variants []string
			for _, v := range g.Variants {
				variants = append(variants, v.Version)
			}
			if got := strings.Join(variants, ", "); g.Version != tt.version || got != tt.variants {
				t.Errorf("version %q with variants %q, want %q with %q", g.Version, got, tt.version, tt.variants)
			}
		})
	}
}

func TestAKnownVersionHasNoVariants(t *testing.T) {
	g := lowered(t, oneServer("location / { proxy_pass http://chat.example.net; }"), "nginx/1.22.1")
	if g.Version != "NGINX 1.22.1" || len(g.Variants) != 0 {
		t.Errorf("version %q with %d variants", g.Version, len(g.Variants))
	}
	if _, err := Lower(parseText(t, oneServer("")), "newest"); err == nil {
		t.Error("newest is taken for a version")
	}
}

func TestServersAreChosenByNameAndAddress(t *testing.T) {
	g := lowered(t, inHTTP(`
server { listen 80; server_name first.example.com; return 401; }
server { listen 80 default_server; server_name _; return 402; }
server { listen 80; server_name edge.example.com; return 403; }
server { listen 80; server_name *.example.com; return 404; }
server { listen 80; server_name *.deep.example.com; return 405; }
server { listen 80; server_name edge.*; return 406; }
server { listen 80; server_name ~^edge\.(?<zone>.+)$; return 407; }
server { listen 80; server_name edge.example.com; return 408; }
server { listen 80; server_name .example.org; return 409; }
server { listen 192.0.2.1:80; server_name special; return 410; }
server { listen [::]:80; listen unix:/run/x.sock; listen 443 ssl; listen 444 quic; server_name six; return 411; }
server { listen 80; server_name plain.net; return 413; }
server { listen 80; server_name .plain.net; return 414; }
server { server_name nowhere; return 412; }`), "1.30.0")
	hosts := map[string]string{
		"edge.example.com": "403", "EDGE.example.com:80": "403", "edge.example.com.": "403", "x.example.com": "404", "a.b.example.com": "404", "x.deep.example.com": "405",
		"edge.other": "406", "edge.other.net": "406", "example.org": "409", "www.example.org": "409", "unknown": "402", "example.com": "402", "nowhere": "412",
		"plain.net": "413", "a.plain.net": "402", // a dotted name whose plain one is taken is ignored as a whole
	}
	for host, want := range hosts {
		if got := told(g, "GET / HTTP/1.1\r\nHost: "+host); got != "answered by the gateway: "+want {
			t.Errorf("%s is %s, want %s", host, got, want)
		}
	}
	var sockets []string
	for _, l := range g.Listeners {
		sockets = append(sockets, fmt.Sprintf("%s:%d tls %v", l.Address, l.Port, l.TLS))
	}
	want := "*:80 tls false, 192.0.2.1:80 tls false, :::80 tls false, unix:/run/x.sock:0 tls false, *:443 tls true"
	if got := strings.Join(sockets, ", "); got != want {
		t.Errorf("listeners are %s, want %s", got, want)
	}
	if got := g.Trace(g.Listeners[1], request("GET / HTTP/1.1\r\nHost: edge.example.com"))[0].Outcome(); got != "answered by the gateway: 410" {
		t.Errorf("on the address of its own the answer is %s, want that of the only server there", got)
	}
	for _, h := range g.Listeners[0].Hosts {
		if h.Host == "_" || strings.HasPrefix(h.Host, "~") || h.Block == "" || h.Span.Line == 0 {
			t.Errorf("%+v is no host of a listener", h)
		}
	}
}

func TestSlashesAreMergedAsTheServerSaysThatReadsTheRequestLine(t *testing.T) {
	const servers = `server { listen 80; listen 443 ssl; server_name a.example.com; merge_slashes off; return 302 $uri; }
server { listen 80; listen 443 ssl; server_name .b.example.com; return 302 $uri; }`
	g := lowered(t, inHTTP(servers), "1.30.0")
	tests := []struct {
		listener        int
		host, sni, want string
	}{
		{0, "a.example.com", "", "//x"},
		{0, "b.example.com", "", "//x"},
		{1, "b.example.com", "b.example.com", "/x"},
		{1, "b.example.com", "", "//x"},
		{1, "a.example.com", "www.b.example.com", "/x"},
	}
	for _, tt := range tests {
		r := request("GET //x HTTP/1.1\r\nHost: " + tt.host)
		r.SNI = tt.sni
		p := g.Trace(g.Listeners[tt.listener], r)[0]
		if _, path, _ := strings.Cut(p.Response.Location.Text(), ".com"); strings.TrimPrefix(path, ":443") != tt.want {
			t.Errorf("listener %d, host %s, server name %q: %s, want %s", tt.listener, tt.host, tt.sni, path, tt.want)
		}
	}
}

func TestLocationsAreFoundAsTheDocumentationSays(t *testing.T) {
	documented := oneServer(`
location = / { return 401; }
location / { return 402; }
location /documents/ { return 403; }
location ^~ /images/ { return 404; }
location ~* \.(gif|jpg|jpeg)$ { return 405; }`)
	nested := oneServer(`
location /a/ { return 401; location /a/b/ { return 402; location ~ x$ { return 403; } } location ~ z$ { return 404; } }
location ~ [xyz]$ { return 405; }
location ^~ /q/ { return 406; location /q/r { return 407; } }
location ~ ^/re { return 408; location ~ ^/re/in { return 409; } }`)
	redirected := oneServer(`
location /user/ { proxy_pass http://u.example.net; }
location = /login { return 401; }
location /login/ { proxy_pass http://u.example.net; }
location /plain/ { return 402; }`)
	tests := []struct{ text, target, want string }{
		{documented, "/", "401"},
		{documented, "/index.html", "402"},
		{documented, "/documents/document.html", "403"},
		{documented, "/images/1.gif", "404"},
		{documented, "/documents/1.jpg", "405"},
		{documented, "/documents/1.JPG", "405"},
		{nested, "/a/c", "401"},
		{nested, "/a/b/c", "402"},
		{nested, "/a/b/x", "403"},
		{nested, "/a/z", "404"},
		{nested, "/a/y", "405"},
		{nested, "/a/b/y", "405"},
		{nested, "/q/x", "406"},
		{nested, "/q/rx", "407"},
		{nested, "/re/x", "405"},
		{nested, "/re", "408"},
		{nested, "/re/in/a", "409"},
		{redirected, "/login", "401"},
		{redirected, "/plain", "a file from disk, or 404; 405 for POST"},
	}
	for _, tt := range tests {
		if got := told(lowered(t, tt.text, ""), "GET "+tt.target); got != "answered by the gateway: "+tt.want {
			t.Errorf("%s is %s, want %s", tt.target, got, tt.want)
		}
	}
	if got, want := told(lowered(t, redirected, ""), "POST /user?x=1"), "redirected (301) to http://edge.example.com/user/?x=1"; got != want {
		t.Errorf("a proxied location without its slash is %s, want %s", got, want)
	}
}

func TestProxyPassSendsTheTargetThatNGINXWouldSend(t *testing.T) {
	tests := []struct{ name, directives, target, want string }{
		{"the raw target", "location /c/ { proxy_pass http://u; }", "/c//a%2Fb?q=1", "/c//a%2Fb?q=1"},
		{"the prefix replaced", "location /c/ { proxy_pass http://u/d/; }", "/c//a%2Fb?q=1", "/d/a/b?q=1"},
		{"a slash too many", "location /c { proxy_pass http://u/; }", "/c/x", "//x"},
		{"letters that belong to no prefix", "location /b { proxy_pass http://u/client; }", "/bogus", "/clientogus"},
		{"a query in the replacement", "location /c { proxy_pass http://u/n?x=1; }", "/crest", "/n?x=1rest"},
		{"rewritten and kept", "location /c/ { rewrite ^/c/(.*)$ /d/$1 break; proxy_pass http://u/ignored/; }", "/c/x?q=1", "/d/x?q=1"},
		{"rewritten and searched again", "rewrite ^/old/(.*)$ /c/$1?k=v last; location /c/ { proxy_pass http://u; }", "/old/x?q=1", "/c/x?k=v&q=1"},
		{"a variable and nothing behind", "location / { set $n u; proxy_pass http://$n; }", "/c//x?q=1", "/c//x?q=1"},
		{"a variable and a slash", "location / { set $n u; proxy_pass http://$n/; }", "/c/x?q=1", "/"},
		{"a variable and $request_uri", "location / { set $n u; proxy_pass http://$n$request_uri; }", "/c//x?q=1", "/c//x?q=1"},
		{"a variable and $uri", "location / { set $n u; proxy_pass http://$n$uri; }", "/c/x%20y?q=1", "/c/x y"},
		{"a named location", "location / { error_page 418 = @n; return 418; } location @n { proxy_pass http://u; }", "/c//x?q=1", "/c//x?q=1"},
		{"try_files", "location / { try_files $uri @n; } location @n { proxy_pass http://u; }", "/c/client/?q=1", "/c/client/?q=1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := lowered(t, inHTTP("upstream u { server a.example.net:8080; }\nserver {\nlisten 80;\n"+tt.directives+"\n}"), "1.30.0")
			d := delivery(t, g, "GET "+tt.target)
			if d.Target.Text() != tt.want || d.Address.Text() != "a.example.net:8080" {
				t.Errorf("%s goes to %s as %s, want %s", tt.target, d.Address, d.Target, tt.want)
			}
		})
	}
}

func TestHeadersAreSentAsEachVersionSendsThem(t *testing.T) {
	tests := []struct{ name, version, server, location, header, want string }{
		{"Host by default", "1.30.0", "", "", "Host", "u.example.net:8443 (default of NGINX)"},
		{"Host inherited", "1.30.0", "proxy_set_header Host a;", "", "Host", "a"},
		{"Host not inherited", "1.30.0", "proxy_set_header Host a;", "proxy_set_header X y;", "Host", "u.example.net:8443 (default of NGINX)"},
		{"two Hosts before 1.31.4", "1.31.3", "", "proxy_set_header Host a; proxy_set_header host b;", "Host", "a, b"},
		{"two Hosts since 1.31.4", "1.31.4", "", "proxy_set_header Host a; proxy_set_header host b;", "Host", "b"},
		{"an empty Host before 1.31.4", "1.30.0", "", "proxy_set_header Host '';", "Host", ""},
		{"an empty Host since 1.31.4", "1.31.4", "", "proxy_set_header Host '';", "Host", "u.example.net:8443 (default of NGINX 1.31.4 or later)"},
		{"Connection before 1.29.7", "1.29.6", "", "", "Connection", "close (default of NGINX before 1.29.7)"},
		{"Connection since 1.29.7", "1.29.7", "", "", "Connection", ""},
		{"Connection emptied", "1.22.1", "", "proxy_set_header Connection '';", "Connection", ""},
		{"Upgrade dropped", "1.30.0", "", "", "Upgrade", ""},
		{"Upgrade passed on", "1.30.0", "", "proxy_set_header Upgrade $http_upgrade;", "Upgrade", "websocket"},
		{"hop by hop", "1.30.0", "", "", "TE", ""},
		{"the client's own", "1.30.0", "", "", "Authorization", "Bearer x"},
		{"one taken away", "1.30.0", "", "proxy_set_header Authorization '';", "Authorization", ""},
		{"Proxy-Connection before 1.31.0", "1.30.0", "", "", "Proxy-Connection", "x"},
		{"Proxy-Connection since 1.31.0", "1.31.0", "", "", "Proxy-Connection", ""},
		{"none of the client's", "1.30.0", "", "proxy_pass_request_headers off;", "Authorization", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := lowered(t, oneServer(tt.server+"location / { proxy_pass https://u.example.net:8443; "+tt.location+" }"), tt.version)
			d := delivery(t, g, "GET /\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nTE: trailers\r\nAuthorization: Bearer x\r\nProxy-Connection: x")
			var values []string
			for _, v := range d.Header(tt.header) {
				values = append(values, v.String())
			}
			if got := strings.Join(values, ", "); got != tt.want {
				t.Errorf("%s is %q, want %q", tt.header, got, tt.want)
			}
		})
	}
}

func TestAnInheritanceThatIsCutIsNamed(t *testing.T) {
	g := lowered(t, oneServer("proxy_set_header Host chat.example.net;\nlocation / {\nproxy_pass https://u.example.net;\nproxy_set_header Upgrade $http_upgrade;\n}"), "1.30.0")
	v := delivery(t, g, "GET /").Header("Host")[0]
	if hidden := v.Hidden(); v.Span.Line != 10 || len(hidden) != 1 || hidden[0].Span.Line != 7 {
		t.Errorf("the Host that is left is decided at %s, with %v hidden; want line 10, with line 7", v.Span, hidden)
	}
}

func TestSettingsAreWhatTheDirectivesSay(t *testing.T) {
	tests := []struct {
		name, version, http, location string
		setting                       routing.Setting
		want                          string
	}{
		{"no server name by default", "1.30.0", "", "", routing.SNI, "not set"},
		{"the name of proxy_pass", "1.30.0", "proxy_ssl_server_name on;", "", routing.SNI, "u.example.net"},
		{"a name of its own", "1.30.0", "proxy_ssl_server_name on; proxy_ssl_name n.example.net:443;", "", routing.SNI, "n.example.net"},
		{"a name alone is not sent", "1.30.0", "proxy_ssl_name n.example.net;", "", routing.SNI, "not set"},
		{"no verification by default", "1.30.0", "", "", routing.VerifyChain, "false (default of NGINX)"},
		{"verification", "1.30.0", "proxy_ssl_verify on; proxy_ssl_trusted_certificate ca.pem;", "", routing.VerifyName, "true"},
		{"the name that is verified", "1.30.0", "proxy_ssl_verify on; proxy_ssl_trusted_certificate ca.pem;", "", routing.VerifiedName, "u.example.net"},
		{"HTTP/1.0 before 1.29.7", "1.29.6", "", "", routing.Protocol, "HTTP/1.0 (default of NGINX before 1.29.7)"},
		{"HTTP/1.1 since 1.29.7", "1.29.7", "", "", routing.Protocol, "HTTP/1.1 (default of NGINX 1.29.7 or later)"},
		{"the nearest HTTP version", "1.30.0", "proxy_http_version 1.0;", "proxy_http_version 1.1;", routing.Protocol, "HTTP/1.1"},
		{"HTTP/2", "1.30.0", "", "proxy_http_version 2;", routing.Protocol, "HTTP/2"},
		{"buffering over HTTP/1.1", "1.30.0", "", "", routing.Buffering, "passes (default of NGINX 1.29.7 or later)"},
		{"buffering over HTTP/1.0", "1.29.6", "", "", routing.Buffering, "holds (default of NGINX before 1.29.7)"},
		{"buffering and compression", "1.30.0", "gzip on; gzip_types text/event-stream;", "", routing.Buffering, "holds"},
		{"compression of other answers", "1.30.0", "gzip on; gzip_types text/css;", "", routing.Buffering, "passes (default of NGINX 1.29.7 or later)"},
		{"compression switched off", "1.30.0", "gzip on; gzip_types *;", "gzip off;", routing.Buffering, "passes (default of NGINX 1.29.7 or later)"},
		{"no buffering", "1.29.6", "gzip on; gzip_types *;", "proxy_buffering off;", routing.Buffering, "off"},
		{"a time-out by default", "1.30.0", "", "", routing.ReadTimeout, "1m0s (default of NGINX)"},
		{"a time-out", "1.30.0", "proxy_read_timeout 2h;", "proxy_read_timeout 1m30s;", routing.IdleTimeout, "1m30s"},
		{"a time-out that is none", "1.30.0", "proxy_read_timeout soon;", "", routing.ReadTimeout, `unknown (the value of "proxy_read_timeout" is no time)`},
		{"no cache", "1.30.0", "proxy_cache z;", "proxy_cache off;", routing.Cache, "not set"},
		{"a cache", "1.30.0", "proxy_cache z;", "", routing.Cache, "true"},
		{"a small buffer for the head of the answer", "1.30.0", "", "proxy_buffer_size 512;", routing.Doubt, "unknown (whether the head of an answer fits into proxy_buffer_size 512)"},
		{"old versions of TLS", "1.30.0", "proxy_ssl_protocols TLSv1.1 SSLv3;", "", routing.MaxTLS, "TLS1.1"},
		{"a new version of TLS", "1.30.0", "proxy_ssl_protocols TLSv1.3;", "", routing.MaxTLS, "TLS1.3"},
		{"a rate limit", "1.30.0", "limit_req zone=z burst=5;", "", routing.RateLimit, "limit_req zone=z burst=5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := lowered(t, inHTTP(tt.http+"\nserver { listen 80; location / { proxy_pass https://u.example.net; "+tt.location+" } }"), tt.version)
			if got := delivery(t, g, "GET /").Setting(tt.setting).String(); got != tt.want {
				t.Errorf("%s is %s, want %s", tt.setting, got, tt.want)
			}
		})
	}
}

func TestAddressesAreNoServerNames(t *testing.T) {
	for name, directives := range map[string]string{"fixed": "proxy_pass https://192.0.2.1;", "computed": "set $u 192.0.2.1; proxy_pass https://$u;"} {
		g := lowered(t, oneServer("proxy_ssl_server_name on; location / { "+directives+" }"), "1.30.0")
		if sni := delivery(t, g, "GET /").Setting(routing.SNI); sni.IsSet() {
			t.Errorf("%s: the server name is %s, want none", name, sni)
		}
	}
}

func TestNamesThatAreComputedNeedAResolver(t *testing.T) {
	computed := "set $u chat.example.net; location / { proxy_pass https://$u; }"
	tests := map[string]struct{ text, want string }{
		"none":                                {oneServer(computed), "answered by the gateway: 502 the upstream's name cannot be resolved at run time"},
		"a resolver":                          {oneServer("resolver 192.0.2.53;" + computed), "delivered to chat.example.net:443 as GET /"},
		"an upstream of that name":            {inHTTP("upstream Chat.example.net { server 192.0.2.9:444; }\nserver { listen 80; " + computed + "}"), "delivered to 192.0.2.9:444 as GET /"},
		"a proxy_pass that names it":          {oneServer(computed + "location /x { proxy_pass https://chat.example.net; }"), "delivered to chat.example.net:443 as GET /"},
		"a proxy_pass that names it over TLS": {oneServer(computed + "location /x { proxy_pass http://chat.example.net; }"), "answered by the gateway: 502 the upstream's name cannot be resolved at run time"},
	}
	for name, tt := range tests {
		if got := told(lowered(t, tt.text, "1.30.0"), "GET /"); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}
