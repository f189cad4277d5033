package nginx

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestUpstreamBlocksBecomePools(t *testing.T) {
	g := lowered(t, inHTTP(`
upstream Mixed { server a.example.net; server b.example.net:443 weight=3; server c.example.net down; server d.example.net backup; server [2001:db8::1]:81; server unix:/run/u.sock; }
upstream hashed { hash $arg_asrs_request_id consistent; server a:1; server b:1; }
upstream byaddress { ip_hash; server a:1; server b:1; }
upstream sticked { sticky cookie srv expires=1h; server a:1; server b:1; }
upstream moduled { balancer_by_lua_block { x() } server a:1; server b:1; }
upstream outside { zone z 64k; state /var/lib/x.state; }
server { listen 80; location / { proxy_pass http://mixed; } }`), "1.30.0")
	var members []string
	for _, m := range g.Pools["mixed"].Members {
		member := m.Address.Text()
		if m.Weight > 1 {
			member += "*3"
		}
		if m.Backup {
			member += " backup"
		}
		members = append(members, member)
	}
	want := "a.example.net:80, b.example.net:443*3, d.example.net:80 backup, [2001:db8::1]:81, unix:/run/u.sock"
	if got := strings.Join(members, ", "); got != want {
		t.Errorf("members are %s, want %s", got, want)
	}
	picks := map[string]struct {
		how   string
		keyed bool
	}{
		"mixed": {"round robin", false}, "hashed": {"hash $arg_asrs_request_id consistent", true}, "byaddress": {"ip_hash", true},
		"sticked": {"sticky cookie srv expires=1h", false}, "moduled": {"balancer_by_lua_block", true},
	}
	for name, want := range picks {
		if p := g.Pools[name].Pick; p.How != want.how || (p.Key != nil) != want.keyed || p.Span.Line == 0 {
			t.Errorf("%s picks by %q, keyed %v; want %q, %v", name, p.How, p.Key != nil, want.how, want.keyed)
		}
	}
	if m := g.Pools["outside"].Members; len(m) != 1 || !m[0].Address.IsUnknown() {
		t.Errorf("the members of a pool that is kept outside are %v, want an unknown one", m)
	}
}

func TestAnAddressIsHashedByItsFirstThreeOctets(t *testing.T) {
	for address, want := range map[string]string{"192.0.2.7": "192.0.2.0", "::ffff:192.0.2.7": "192.0.2.0", "2001:db8::1": "2001:db8::1", "nonsense": "nonsense"} {
		if got := hashedAddress(address); got != want {
			t.Errorf("%s is hashed as %s, want %s", address, got, want)
		}
	}
}

func TestVariablesOfMapsKeepTheirFirstValueUnlessTheyAreVolatile(t *testing.T) {
	const twice = `default b; a x; } server { listen 80; if ($m = x) { rewrite ^ /?k=c; } return 302 /$m; }`
	for kind, want := range map[string]string{"": "/x", "volatile; ": "/b"} {
		p := paths(lowered(t, inHTTP("map $arg_k $m { "+kind+twice), "1.30.0"), "GET /?k=a")[0]
		if got := strings.TrimPrefix(p.Response.Location.Text(), "http://edge.example.com"); got != want {
			t.Errorf("a map that is %q sends to %s, want %s", kind, got, want)
		}
	}
}

func TestMapsThatCannotBeEvaluatedAreUnknown(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"look-around":     {"map $arg_a $m { default d; ~(?=x) look; x exact; } server { listen 80; return 302 /$m; }", "unknown"},
		"an exact key":    {"map $arg_a $m { default d; ~(?=x) look; '' exact; } server { listen 80; return 302 /$m; }", "/exact"},
		"itself":          {"map $m $m { default d; } server { listen 80; return 302 /$m; }", "unknown"},
		"ranges":          {"geo $m { ranges; default d; } server { listen 80; return 302 /$m; }", "/d"},
		"two definitions": {"map $arg_a $m { default d; } server { listen 80; set $m x; return 302 /$m; }", "unknown"},
		"a module's":      {"js_set $m m.x; server { listen 80; return 302 /$m; }", "unknown"},
		"measured":        {"server { listen 80; return 302 /$request_id; }", "unknown"},
		"an upstream's":   {"server { listen 80; return 302 /$upstream_addr; }", "/"},
	}
	for name, tt := range tests {
		p := paths(lowered(t, inHTTP(tt.text), "1.30.0"), "GET /")[0]
		got := strings.TrimPrefix(p.Response.Location.Text(), "http://edge.example.com")
		if p.Response.Location.IsUnknown() {
			got = "unknown"
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestConditionsThatCannotBeDecidedAreFollowedBothWays(t *testing.T) {
	tests := []struct{ name, directives, want string }{
		{"a file of another name", "location / { if (-f /srv/closed) { return 503; } return 204; }", "if true [is there a file /srv/closed on the machine]: answered by the gateway: 503, answered by the gateway: 204"},
		{"a file of the request's name", "location / { if (!-f $request_filename) { return 402; } return 204; }", "answered by the gateway: 402"},
		{"an expression that Go does not know", "location / { if ($uri ~ ^/(?!x)) { return 402; } return 204; }", "402, 204"},
		{"an expression of a location", "location ~ ^/(?!x) { return 402; } location / { return 204; }", "402, 204"},
		{"another server", "location / { auth_request /auth; return 402; }", "answered by the gateway: 402"},
		{"another server before a proxy", "location / { auth_request /auth; proxy_pass http://a; }", "delivered to a:80, 401 or 403"},
		{"a script before a proxy", "location / { access_by_lua_block { x() } proxy_pass http://a; }", "unknown: what does access_by_lua_block of a module do to the request, delivered to a:80"},
		{"a script that answers", "location / { content_by_lua_block { x() } }", "unknown: content_by_lua_block answers the request"},
		{"an unknown directive", "location / { frobnicate on; proxy_pass http://a; }", "unknown: what does frobnicate of a module do to the request, delivered to a:80"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := told(lowered(t, oneServer(tt.directives), "1.30.0"), "GET /")
			for part := range strings.SplitSeq(tt.want, ", ") {
				if !strings.Contains(got, part) {
					t.Errorf("told\n%s\nwant\n%s", got, tt.want)
				}
			}
		})
	}
}

func TestWhatWasNotReadIsFollowedBothWays(t *testing.T) {
	const proxied = "location / { proxy_pass http://a; }"
	tests := map[string]struct{ text, want string }{
		"in http":     {inHTTP("include gone;\nserver { listen 80; " + proxied + " }"), "if true"},
		"in a server": {oneServer("include gone; " + proxied), "if true"},
		"in it":       {oneServer("location / { include gone; proxy_pass http://a; }"), "if true"},
		"in another":  {oneServer("location /x { include gone; proxy_pass http://b; } " + proxied), "delivered"},
		"in an if":    {oneServer("location / { if ($arg_x) { include gone; } proxy_pass http://a; }"), "delivered"},
		"stock files": {inHTTP("include mime.types;\nserver { listen 80; " + proxied + " }"), "delivered"},
		"the end":     {"http { server { listen 80; " + proxied, "if true"},
	}
	for name, tt := range tests {
		got := told(lowered(t, tt.text, "1.30.0"), "GET /")
		if !strings.HasPrefix(got, tt.want) && !strings.Contains(got, "\n"+tt.want) || !strings.Contains(got, "delivered to a:80") {
			t.Errorf("%s: told\n%s\nwant one that begins %q, and a delivery", name, got, tt.want)
		}
	}
}

func TestLogsHoldWhatTheirFormatSays(t *testing.T) {
	tests := []struct{ name, http, location, want string }{
		{"by default", "", "", `logs/access.log (default of NGINX): 127.0.0.1 -  [-] "GET /?access_token=x HTTP/1.1" - - "" ""`},
		{"off", "access_log off;", "", ""},
		{"off in the location", "", "access_log off;", ""},
		{"a format", "log_format path '$remote_addr $uri' ' $status'; access_log /var/log/a path;", "", "/var/log/a: 127.0.0.1 / -"},
		{"escaped", "log_format j escape=json '{\"u\":\"$request_uri\"}'; access_log a j;", "", `a: {"u":"/?access_token=x"}`},
		{"under a condition that holds", "log_format q '$args'; map $arg_access_token $q { default 1; '' 0; } access_log a q if=$q;", "", "a: access_token=x"},
		{"under one that does not", "log_format q '$args'; map $arg_access_token $q { default 0; } access_log a q if=$q;", "", ""},
		{"several", "log_format p '$uri'; log_format q '$args'; access_log a p; access_log b q;", "", "a: /, b: access_token=x"},
		{"an inherited one is replaced", "log_format p '$uri'; log_format q '$args'; access_log a q;", "access_log b p;", "b: /"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := "events { }\nhttp {\n" + tt.http + "\nserver { listen 80; location / { " + tt.location + " proxy_pass http://a; } }\n}\n"
			var lines []string
			for _, l := range paths(lowered(t, text, "1.30.0"), "GET /?access_token=x")[0].Logged {
				lines = append(lines, l.Sink+": "+l.Line.Text())
			}
			if got := strings.Join(lines, ", "); got != tt.want {
				t.Errorf("logged %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAccessIsDecidedByAddressAndPassword(t *testing.T) {
	tests := []struct{ name, directives, want string }{
		{"denied", "deny 127.0.0.1; allow all;", "answered by the gateway: 403 not let in by deny"},
		{"allowed", "allow 127.0.0.0/8; deny all;", "delivered to a:80 as GET /"},
		{"another network", "allow 10.0.0.0/8; deny all;", "answered by the gateway: 403 not let in by deny"},
		{"return comes first", "deny all; return 402;", "answered by the gateway: 402"},
		{"a password", "auth_basic x;", "answered by the gateway: 401 not let in by auth_basic"},
		{"no password", "auth_basic off;", "delivered to a:80 as GET /"},
		{"either, and the address is right", "satisfy any; allow 127.0.0.1; deny all; auth_basic x;", "delivered to a:80 as GET /"},
		{"a password for no realm", "set $realm off; auth_basic $realm;", "delivered to a:80 as GET /"},
		{"either, and neither is wanted", "satisfy any; auth_basic off;", "delivered to a:80 as GET /"},
		{"either, without addresses", "satisfy any; auth_basic x;", "answered by the gateway: 401 not let in by auth_basic"},
		{"either, and none is right", "satisfy any; allow 10.0.0.1; deny all; auth_basic x;", "answered by the gateway: 401 not let in by auth_basic"},
		{"an error page instead", "error_page 403 = @n; deny all;", "delivered to b:80 as GET /"},
		{"an error page with another status", "error_page 403 =402 @n; deny all;", "delivered to b:80 as GET /"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := lowered(t, oneServer("location / { proxy_pass http://a; "+tt.directives+" } location @n { proxy_pass http://b; }"), "1.30.0")
			if got := told(g, "GET /"); got != tt.want {
				t.Errorf("told %s, want %s", got, tt.want)
			}
		})
	}
}

func TestProblemsAreNamedAsNGINXNamesThem(t *testing.T) {
	tests := []struct{ text, want string }{
		{oneServer("location / { proxy_pass http://a; proxy_read_timeout 5s; proxy_read_timeout 6s; }"), `7: refused: "proxy_read_timeout" directive is duplicate`},
		{oneServer("location / { if ($uri) { proxy_set_header A b; } }"), `7: refused: "proxy_set_header" directive is not allowed here`},
		{oneServer("location / { proxy_pass; }"), `7: refused: invalid number of arguments in "proxy_pass" directive`},
		{oneServer("location /;"), `7: refused: directive "location" has no opening "{"`},
		{oneServer("root / { }"), `7: refused: directive "root" is not terminated by ";"`},
		{oneServer("gzip perhaps;"), `7: refused: invalid value "perhaps" in "gzip" directive, it must be "on" or "off"`},
		{oneServer("proxy_bufering off;"), `7: refused: unknown directive "proxy_bufering"`},
		{oneServer("2}$ off;"), `7: refused: unknown directive "2}$"`},
		{oneServer("frobnicate off;"), `7: not whole: unknown directive "frobnicate", unless it is a module's: what it does is not known`},
		{oneServer("location /a { } location /a { }"), `7: refused: duplicate location "/a"`},
		{oneServer("location = /a { location /a/b { } }"), `7: refused: location "/a/b" cannot be inside the exact location "/a"`},
		{oneServer("location /a { location /b { } }"), `7: refused: location "/b" is outside location "/a"`},
		{oneServer("location /a { location @b { } }"), `7: refused: named location "@b" can be on the server level only`},
		{oneServer("location ~ ^/a { proxy_pass http://b/c; }"), `7: refused: "proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block`},
		{oneServer("location / { proxy_pass b; }"), "7: refused: invalid URL prefix"},
		{oneServer("location / { proxy_pass https://b; proxy_ssl_verify on; }"), "7: refused: no proxy_ssl_trusted_certificate for proxy_ssl_verify"},
		{oneServer("return 200 $nothing;"), `7: refused: unknown "nothing" variable`},
		{oneServer("return 200 $;"), "7: refused: invalid variable name"},
		{oneServer("return 200 ${NOTHING};"), "7: not whole: ${NOTHING} is filled in from the environment before NGINX starts: its value is not known"},
		{oneServer("set $host x;"), `7: refused: the duplicate "host" variable`},
		{oneServer("access_log a nothing;"), `7: refused: unknown log format "nothing"`},
		{oneServer("if ($uri x) { }"), `7: refused: invalid condition "$uri"`},
		{oneServer("rewrite ^ /x forever;"), `7: refused: invalid parameter "forever"`},
		{oneServer("return x;"), `7: refused: invalid return code "x"`},
		{oneServer("location / { proxy_http_version 3; proxy_pass http://a; }"), `7: refused: invalid value "3"`},
		{oneServer("large_client_header_buffers 4 400;"), `7: refused: the "large_client_header_buffers" size must be equal to or greater than "connection_pool_size"`},
		{oneServer("client_max_body_size 1x;"), `7: refused: "client_max_body_size" directive invalid value`},
		{inHTTP("server { listen 80 default_server; }\nserver { listen 80 default_server; }"), "5: refused: a duplicate default server for 0.0.0.0:80"},
		{inHTTP("server { listen 80; listen *:80; }"), "4: refused: a duplicate listen 0.0.0.0:80"},
		{inHTTP("server { listen a:80x; }"), `4: refused: invalid port in "a:80x" of the "listen" directive`},
		{inHTTP("upstream u { server a; }\nserver { location / { proxy_pass http://u:8080; } }"), `5: refused: upstream "u" may not have port 8080`},
		{inHTTP("upstream u { server http://a; }"), `4: refused: invalid host in upstream "http://a"`},
		{inHTTP("upstream u { server a; }\nupstream U { server a; }"), `5: refused: duplicate upstream "U"`},
		{inHTTP("map $uri $x { a b c; }\nserver { return 200 $x; }"), "4: refused: invalid number of the map parameters"},
		{inHTTP("map $uri $x { a { } }"), `4: refused: unexpected "{"`},
		{"server {\nreturn 204;\n}\n", "1: not whole: this is a part of a configuration, which is included in http{}: what the file around it sets is not known"},
		{"location / { proxy_pass http://a; }\n", "1: not whole: this is a part of a configuration, which is included in server{}: what the file around it sets is not known"},
	}
	for _, tt := range tests {
		if got := grievances(lowered(t, tt.text, "1.30.0")); got != tt.want {
			t.Errorf("problems of\n%s\nare\n%s\nwant\n%s", tt.text, got, tt.want)
		}
	}
}

func TestPartsOfConfigurationsAreLowered(t *testing.T) {
	for name, text := range map[string]string{
		"a file of conf.d": "upstream u { server a.example.net; }\nserver { listen 80; location / { proxy_pass http://u; } }", "a file with a location": "location / { proxy_pass http://a.example.net; }",
	} {
		if got := told(lowered(t, text, "1.30.0"), "GET /"); got != "delivered to a.example.net:80 as GET /" {
			t.Errorf("%s: told %s", name, got)
		}
	}
}

func TestConnectionsThatAreOnlyPassedOnKeepHostAndName(t *testing.T) {
	g := lowered(t, "events { }\nstream {\nupstream u { server chat.service.signalr.net:443; }\nserver { listen 443; ssl_preread on; proxy_pass u; proxy_timeout 1h; }\n}\n", "1.30.0")
	l := g.Listeners[0]
	p := g.Trace(l, &routing.Request{Method: "GET", Target: "/client/", Host: "edge.example.com", SNI: "edge.example.com", Scheme: "https"})[0]
	if p.Delivery == nil || !l.TLS {
		t.Fatalf("it ends as %s, TLS %v", p.Outcome(), l.TLS)
	}
	d := p.Delivery
	got := strings.Join([]string{d.Address.Text(), d.Header("Host")[0].Text(), d.Setting(routing.SNI).Text(), d.Setting(routing.IdleTimeout).Text(), d.Setting(routing.Upgrade).Text()}, " ")
	if want := "chat.service.signalr.net:443 edge.example.com edge.example.com 1h0m0s relay"; got != want {
		t.Errorf("told %s, want %s", got, want)
	}
}

func TestConnectionsOfStreamGoWhereItsOwnDirectivesSay(t *testing.T) {
	maps := "map $ssl_preread_server_name $to { edge.example.com u; other.example.com 192.0.2.7:443; default bare.example.net; }\nupstream u { server chat.service.signalr.net:443; }\n"
	server := func(directives string) string { return maps + "server { listen 443; " + directives + " }\n" }
	toService := "delivered to chat.service.signalr.net:443 over https"
	for name, tt := range map[string]struct{ text, sni, want string }{
		"a name that was read":                    {server("ssl_preread on; proxy_pass $to;"), "edge.example.com", toService},
		"another name":                            {server("ssl_preread on; proxy_pass $to;"), "other.example.com", "delivered to 192.0.2.7:443 over https"},
		"an address without a port":               {server("ssl_preread on; resolver 192.0.2.1; proxy_pass $to;"), "third.example.com", "answered by the gateway: 444 no upstream: the port computed is none"},
		"a name that was not read":                {server("proxy_pass $to;"), "edge.example.com", "answered by the gateway: 444 no upstream: the port computed is none"},
		"TLS that ends":                           {"server { listen 443 ssl; proxy_pass 192.0.2.7:443; }", "edge.example.com", "delivered to 192.0.2.7:443 over http"},
		"TLS that begins anew":                    {"server { listen 443 ssl; proxy_ssl on; proxy_pass chat.service.signalr.net:443; }", "edge.example.com", toService},
		"TLS inside of TLS":                       {"server { listen 443; proxy_ssl on; proxy_pass chat.service.signalr.net:443; }", "edge.example.com", "unknown: what the upstream makes of the client's TLS inside of the proxy's own"},
		"who is not let in":                       {"deny all;" + server("ssl_preread on; proxy_pass u;"), "edge.example.com", "answered by the gateway: 444 not let in by deny"},
		"who is let in again":                     {"deny all;" + server("allow all; proxy_pass u;"), "edge.example.com", toService},
		"a line before the request":               {server("proxy_protocol on; proxy_pass u;"), "edge.example.com", "unknown: what the upstream makes of the line of the PROXY protocol that comes before the request"},
		"a variable of HTTP":                      {server("proxy_pass $host;"), "edge.example.com", "unknown: the value of $host"},
		"a script":                                {server("js_preread x.f; proxy_pass u;"), "edge.example.com", "unknown: js_preread in stream{} is not read"},
		"a variable that is set":                  {server("set $way u; proxy_pass $way;"), "edge.example.com", "unknown: the value of $way"},
		"a variable that is set, and a map of it": {"map $way $where { default u; x y; }\n" + server("set $way x; proxy_pass $where;"), "edge.example.com", "unknown: the value of $way"},
		"what may stand in a file":                {server("include more.conf; proxy_pass u;"), "edge.example.com", toService + " or unknown: more.conf was not read: only this one file was given"},
		"two servers on a socket":                 {server("proxy_pass u;") + "server { listen 443; proxy_pass u; }", "edge.example.com", "unknown: several servers of stream{} share a socket"},
	} {
		g := lowered(t, "events { }\nhttp { map $uri $to { default x; } }\nstream {\n"+tt.text+"\n}\n", "1.30.0")
		var ways []string
		for _, p := range g.Trace(g.Listeners[0], &routing.Request{Method: "GET", Target: "/client/", Host: tt.sni, SNI: tt.sni, Scheme: "https"}) {
			if d := p.Delivery; d != nil {
				ways = append(ways, "delivered to "+d.Address.Text()+" over "+d.Scheme.Text())
			} else {
				ways = append(ways, p.Outcome())
			}
		}
		got := strings.Join(ways, " or ")
		if got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestTheLowestTLSVersionIsKnown(t *testing.T) {
	tests := []struct{ version, directives, want string }{
		{"1.26.0", "", "TLS1.0 (default of NGINX before 1.27.3)"}, {"1.30.0", "", "TLS1.2 (default of NGINX 1.27.3 or later)"}, {"1.30.0", "ssl_protocols TLSv1.3 TLSv1.1;", "TLS1.1"}, {"1.30.0", "ssl_protocols TLSv1.3;", "TLS1.3"},
	}
	for _, tt := range tests {
		g := lowered(t, inHTTP("server { listen 443 ssl; "+tt.directives+" }"), tt.version)
		if got := g.Listeners[0].MinTLS.String(); got != tt.want {
			t.Errorf("NGINX %s with %q offers %s, want %s", tt.version, tt.directives, got, tt.want)
		}
	}
}

func TestWhatIsLoweredIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("proxy_set_header A b;\n")
	b.WriteString(strings.Repeat("proxy_set_header X y;\n", 20_000))
	for range 1000 {
		b.WriteString("location /x { proxy_pass http://a; }\n")
	}
	g := lowered(t, oneServer(b.String()), "1.30.0")
	steps := 0
	for i := range 1000 {
		steps += len(g.Block(fmt.Sprintf("location %d", i+1)))
	}
	if steps < maxLowered/2 || steps > 2*maxLowered || !strings.Contains(grievances(g), "unfolds to more than asrscheck reads") {
		t.Errorf("%d steps, problems %.300s", steps, grievances(g))
	}
}

func TestDirectivesOfNGINXAreWellFormed(t *testing.T) {
	if n := len(knownDirectives()); n < 600 {
		t.Errorf("%d directives are known, want those of all modules", n)
	}
	for name, ways := range knownDirectives() {
		if !isDirectiveName(name) {
			t.Errorf("%q is no name of a directive", name)
		}
		for _, way := range ways {
			if len(way.contexts) == 0 || way.args == "" {
				t.Errorf("%s has no contexts or arguments", name)
			}
		}
	}
}

func TestTheClientsAddressIsTakenFromTrustedPeers(t *testing.T) {
	tests := []struct{ name, directives, fields, want string }{
		{"nobody is trusted", "", "X-Real-IP: 198.51.100.7", "127.0.0.1"},
		{"a trusted peer", "set_real_ip_from 127.0.0.0/8;", "X-Real-IP: 198.51.100.7", "198.51.100.7"},
		{"another peer", "set_real_ip_from 10.0.0.0/8;", "X-Real-IP: 198.51.100.7", "127.0.0.1"},
		{"no address", "set_real_ip_from 127.0.0.1;", "X-Real-IP: unknown", "127.0.0.1"},
		{"a list", "set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;", "X-Forwarded-For: 198.51.100.7, 10.0.0.1:81 ,", "10.0.0.1"},
		{"a list of trusted peers", "set_real_ip_from 127.0.0.1; set_real_ip_from 10.0.0.0/8; real_ip_header X-Forwarded-For; real_ip_recursive on;", "X-Forwarded-For: 198.51.100.7, 10.0.0.1", "198.51.100.7"},
		{"a protocol", "set_real_ip_from 127.0.0.1; real_ip_header proxy_protocol;", "X-A: 1", "unknown"},
		{"in a location", "location /x { set_real_ip_from 127.0.0.1; return 302 /$remote_addr; }", "X-Real-IP: 198.51.100.7", "127.0.0.1"},
	}
	for _, tt := range tests {
		g := lowered(t, oneServer(tt.directives+" location / { return 302 /$remote_addr; }"), "1.30.0")
		p := paths(g, "GET /x HTTP/1.1\r\nHost: edge.example.com\r\n"+tt.fields)[0]
		got := strings.TrimPrefix(p.Response.Location.Text(), "http://edge.example.com/")
		if p.Response.Location.IsUnknown() {
			got = "unknown"
		}
		if got != tt.want {
			t.Errorf("%s: the address is %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestHeadersWithOddNamesAreIgnored(t *testing.T) {
	tests := map[string]string{"": "X-A", "underscores_in_headers on;": "X-A X_B", "ignore_invalid_headers off;": "X-A X_B X.C"}
	for directive, want := range tests {
		d := delivery(t, lowered(t, oneServer(directive+" location / { proxy_pass http://a; }"), "1.30.0"), "GET / HTTP/1.1\r\nHost: edge.example.com\r\nX-A: 1\r\nX_B: 2\r\nX.C: 3")
		var got []string
		for _, h := range d.Headers {
			if strings.HasPrefix(h.Name, "X") {
				got = append(got, h.Name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("with %q %v is sent, want %s", directive, got, want)
		}
	}
}

func TestAUserIsWhoTheBasicSchemeNames(t *testing.T) {
	for field, want := range map[string]string{"Basic YTpi": "a", "basic  YTpi": "a", "Bearer x": "", "Basic YQ==": "", "Basic ?": "", "": ""} {
		if got := basicUser(field); got != want {
			t.Errorf("the user of %q is %q, want %q", field, got, want)
		}
	}
}

func TestCyclesOfRedirectsAreLoggedLikeOtherAnswers(t *testing.T) {
	g := lowered(t, oneServer("access_log x; location / { error_page 404 = @n; return 404; } location @n { try_files /none @n; }"), "1.30.0")
	p := paths(g, "GET /")[0]
	if p.Response == nil || p.Response.Status.Text() != "500" || len(p.Logged) != 1 {
		t.Errorf("a cycle ends as %s and is logged %d times, want 500 and once", p.Outcome(), len(p.Logged))
	}
}

func TestAnErrorPageInFrontOfAnotherServerLeavesItsErrorsOpen(t *testing.T) {
	const text = `server { listen 80; error_page 404 /e; location / { proxy_pass http://127.0.0.1:81; proxy_intercept_errors on; } } server { listen 81; return 404; }`
	if p := paths(lowered(t, inHTTP(text), "1.30.0"), "GET /")[0]; !p.Unknown.IsSet() {
		t.Errorf("the end is %s, want an unknown one", p.Outcome())
	}
	if p := paths(lowered(t, inHTTP(strings.Replace(text, "on;", "off;", 1)), "1.30.0"), "GET /")[0]; p.Response == nil {
		t.Errorf("without interception the end is %s, want the answer of the server behind", p.Outcome())
	}
}

func TestWhatAGeoBlockCanGiveIsFoundInTheProgram(t *testing.T) {
	for name, block := range map[string]string{
		"networks": "geo $s { default one.example; 203.0.113.0/24 two.example; }",
		"ranges":   "geo $s { ranges; default one.example; 203.0.113.0-203.0.113.9 two.example; 203.0.113.3-203.0.113.4 two.example; }",
	} {
		g := lowered(t, inHTTP(block+" server { listen 80; location / { proxy_pass http://$s; } }"), "1.30.0")
		var found []string
		for v := range g.Literals(g.Listeners[0].Entry) {
			found = append(found, v.Text())
		}
		for _, want := range []string{"one.example", "two.example"} {
			if !slices.Contains(found, want) {
				t.Errorf("%s: %q is not found in %q", name, want, found)
			}
		}
	}
}

func TestARequestWithTwoHostsIsRefused(t *testing.T) {
	const server = "location / { proxy_pass http://10.0.0.1; } location /hop { proxy_set_header Host a; proxy_set_header Host b; proxy_pass http://127.0.0.1:81; } } server { listen 127.0.0.1:81; server_name a; location / { proxy_pass http://10.0.0.1; }"
	g := lowered(t, oneServer(server), "1.30.0")
	for head, want := range map[string]string{
		"GET / HTTP/1.1\r\nHost: edge.example.com":                           "200",
		"GET / HTTP/1.1\r\nHost: edge.example.com\r\nhost: b":                "400",
		"GET / HTTP/1.1\r\nHost: edge.example.com\r\nhost: edge.example.com": "400",
		"GET / HTTP/1.1\r\nHost: edge.example.com\r\nhost: ":                 "400",
		"GET /hop HTTP/1.1\r\nHost: edge.example.com":                        "400",
	} {
		got := "200"
		if p := paths(g, head); len(p) != 1 || p[0].Response != nil {
			got = p[0].Response.Status.Text()
		}
		if got != want {
			t.Errorf("%q is answered with %s, want %s", head, got, want)
		}
	}
}
