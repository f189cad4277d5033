package nginx

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// inServer puts directives into a server.
func inServer(directives string) string {
	return "events { }\nhttp {\naccess_log off;\nserver {\nlisten 127.0.0.1:PORT;\nserver_name edge.example.com;\n" + directives + "\n}\n}\n"
}

func get(target string) string { return "GET " + target + " HTTP/1.1\r\nHost: edge.example.com" }

func TestTheRealNGINXFindsTheSameLocations(t *testing.T) {
	program := realNGINX(t)
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // a test that repeats
	targets := []string{"/", "/a", "/a/", "/a/b", "/a/b/", "/a/b/c", "/ab", "/A/B", "/a//b", "/a/%62", "/a/./b/../b", "/b", "/b/a?x=/a/b", "/c", "/%2561", "/a/b%2fc", "/a%3Fb"}
	var heads []string
	for _, target := range targets {
		heads = append(heads, get(target))
	}
	for range 30 {
		g := &locationMaker{random: random}
		agree(t, program, inServer(g.locations("", 2)), heads)
	}
}

// locationMaker makes random locations that answer with a number of their own.
type locationMaker struct {
	random *rand.Rand
	number int
}

func (m *locationMaker) locations(outer string, depth int) string {
	names := []string{outer + "/", outer + "/a", outer + "/a/", outer + "/a/b", outer + "/b", outer + "/b/", outer + "/ab"}
	var b strings.Builder
	used := map[string]bool{}
	for range 1 + m.random.IntN(5) {
		name := names[m.random.IntN(len(names))]
		modifier := []string{"", "", "", "= ", "^~ ", "~ ", "~* "}[m.random.IntN(7)]
		if strings.HasPrefix(modifier, "~") {
			name = []string{"^/a", "b$", "/b", "^/a/B", "c", "^/$", `\?`}[m.random.IntN(7)]
		}
		key := strings.TrimPrefix(modifier, "^~ ") + name
		if used[key] {
			continue
		}
		used[key] = true
		m.number++
		fmt.Fprintf(&b, "location %s%s {\n", modifier, name)
		if depth > 0 && modifier != "= " && m.random.IntN(2) == 0 {
			if strings.HasPrefix(modifier, "~") {
				m.number++
				fmt.Fprintf(&b, "location ~ c {\nreturn 200 \"location %d\";\n}\n", m.number)
			} else {
				b.WriteString(m.locations(strings.TrimSuffix(name, "/"), depth-1))
			}
		}
		if m.random.IntN(4) == 0 {
			b.WriteString("proxy_pass http://UPSTREAM;\n}\n")
			continue
		}
		fmt.Fprintf(&b, "return 200 \"location %d\";\n}\n", m.number)
	}
	return b.String()
}

func TestTheRealNGINXSendsTheSameRequests(t *testing.T) {
	program := realNGINX(t)
	targets := []string{"/", "/c", "/c/", "/c/x", "/c//x?q=1", "/c/%2Fx?a=%20b", "/c/a%20b", "/c/../c/y", "/cx?y", "/old/one/two?q=1", "/old/a%26b+c", "/loop", "/named", "/named?x=1", "/e/1", "/e/2?x", "/if?m=1", "/if", "/if?m=2", "/c/a+b", "/%zz", "/..", "/v/x?y=1", "/set?k=1"}
	var heads []string
	for _, target := range targets {
		heads = append(heads, get(target), "POST "+target+" HTTP/1.1\r\nHost: edge.example.com\r\nContent-Length: 0")
	}
	heads = append(heads, get("/c/")+"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Forwarded-For: 10.0.0.1\r\nTE: trailers\r\nKeep-Alive: 5\r\nAuthorization: Bearer x\r\nCookie: a=b")
	servers := map[string]string{
		"no URI part":                "location / { proxy_pass http://UPSTREAM; }",
		"a URI part":                 "location /c/ { proxy_pass http://UPSTREAM/; } location /old { proxy_pass http://UPSTREAM/n?z=1; }",
		"a slash too many":           "location /c { proxy_pass http://UPSTREAM/; }",
		"a path for a prefix":        "location /c/ { proxy_pass http://UPSTREAM/client/; }",
		"an exact location":          "location = /c { proxy_pass http://UPSTREAM/client; } location /c/ { proxy_pass http://UPSTREAM; }",
		"rewrite last":               "rewrite ^/old/(.*)$ /c/$1 last; location /c/ { proxy_pass http://UPSTREAM; }",
		"rewrite in a location":      "location /old/ { rewrite ^/old/([^/]*)/(.*)$ /c/$2?first=$1 last; return 404; } location /c/ { proxy_pass http://UPSTREAM/new/; }",
		"rewrite break":              "location /old/ { rewrite ^/old/(.*)$ /new/$1 break; proxy_pass http://UPSTREAM; } location /c/ { rewrite ^/c/(.*)$ /d/$1 break; proxy_pass http://UPSTREAM/e/; }",
		"rewrite without a flag":     "location /old/ { rewrite ^/old/(.*)$ /c/$1; rewrite ^/c/one(.*)$ /c/ONE$1; } location /c/ { proxy_pass http://UPSTREAM; }",
		"rewrite and break":          "location /old/ { rewrite ^/old/(.*)$ /c/$1; break; proxy_pass http://UPSTREAM/v/; }",
		"rewrite break in a server":  "rewrite ^/old/(.*)$ /c/$1 break; location /c/ { proxy_pass http://UPSTREAM/v/; }",
		"rewrite that drops a query": "rewrite ^/old/(.*)$ /c/$1? last; rewrite ^/c/x$ /c/y?k=v last; location /c/ { proxy_pass http://UPSTREAM; }",
		"rewrite in circles":         "location /loop { rewrite ^ /loop last; } location / { return 204; }",
		"rewrite as redirect":        "rewrite ^/old/(.*)$ http://other.example.com/$1 permanent; rewrite ^/c/x$ /c/y?z redirect; location / { return 403; }",
		"return":                     "location /c { return 301 https://$host$request_uri; } location /old { return 302 /x; } location /e { return 404 \"text\"; } location /if { return 418; } location /v { return 444; } location / { return 204; }",
		"named locations":            "location /named { error_page 418 = @n; return 418; } location @n { proxy_pass http://UPSTREAM; } location /c { try_files /none @m; } location @m { rewrite ^/c/(.*)$ /$1 break; proxy_pass http://UPSTREAM; }",
		"error pages":                "error_page 404 /c/lost?k=v; error_page 403 @forbidden; location /e/1 { return 404; } location /e/2 { return 403; } location @forbidden { return 402; } location /c/ { proxy_pass http://UPSTREAM; } location / { return 404; }",
		"error page of an error":     "error_page 404 = /named; error_page 405 =200 /c/; location /named { return 405; } location /c/ { proxy_pass http://UPSTREAM; } location / { return 404; }",
		"try_files":                  "location / { try_files $uri /c$uri?$args; } location /c { proxy_pass http://UPSTREAM; } location /e { try_files $uri =404; } location /old { try_files $uri @n; } location @n { return 402; }",
		"internal":                   "location /c { internal; proxy_pass http://UPSTREAM; } location /old { rewrite ^/old(.*)$ /c$1 last; }",
		"if decides":                 "location /if { if ($arg_m = 1) { return 402; } if ($arg_m) { proxy_pass http://UPSTREAM; } return 403; } location /c { set $x a; if ($request_method = POST) { set $x b; } return 200 $x; }",
		"the last if counts":         "location /if { if ($arg_m) { add_header A 1; } if ($arg_m = 1) { proxy_pass http://UPSTREAM; } try_files /none =402; } location / { return 204; }",
		"a failed match forgets":     "location ~ ^/c/(.*)$ { if ($arg_q ~ (2)) { return 402; } proxy_pass http://UPSTREAM/$1x; } location / { return 204; }",
		"named captures":             "location ~ ^/c/(?<rest>.*)$ { if ($arg_q ~ (2)) { return 402; } set $u UPSTREAM; proxy_pass http://$u/$rest$is_args$args; }",
		"variables: host only":       "location / { set $u UPSTREAM; proxy_pass http://$u; }",
		"variables: a slash":         "location / { set $u UPSTREAM; proxy_pass http://$u/; }",
		"variables: request_uri":     "location / { set $u UPSTREAM; proxy_pass http://$u$request_uri; }",
		"variables: after a rewrite": "location / { rewrite ^/old/(.*)$ /$1 break; set $u UPSTREAM; proxy_pass http://$u; }",
		"set $args":                  "location /set { set $args $args&z=1; proxy_pass http://UPSTREAM; } location / { return 204; }",
		"headers":                    "proxy_set_header X-A $http_x_forwarded_for; location /c/ { proxy_pass http://UPSTREAM; } location /old { proxy_set_header X-B b; proxy_set_header X-B c; proxy_set_header Cookie \"\"; proxy_pass http://UPSTREAM; }",
		"upgrade":                    "location /c/ { proxy_http_version 1.1; proxy_set_header Host chat.service.signalr.net; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $http_connection; proxy_set_header X-F $proxy_add_x_forwarded_for; proxy_set_header X-H $host:$server_port:$scheme:$proxy_host; proxy_pass http://UPSTREAM; }",
		"no headers of the client":   "location /c/ { proxy_pass_request_headers off; proxy_set_header Host x; proxy_pass http://UPSTREAM; }",
		"another method":             "location / { proxy_method PUT; proxy_pass http://UPSTREAM; }",
		"limit_except":               "location /c { limit_except GET { deny all; } proxy_pass http://UPSTREAM; } location / { limit_except POST { proxy_pass http://UPSTREAM; } return 402; }",
		"access":                     "location /c { deny 10.0.0.0/8; allow 127.0.0.0/8; deny all; proxy_pass http://UPSTREAM; } location /old { deny 127.0.0.1; allow all; proxy_pass http://UPSTREAM; } location /e { auth_basic x; auth_basic_user_file /dev/null; proxy_pass http://UPSTREAM; } location / { return 204; }",
		"nested without a handler":   "location /c/ { proxy_pass http://UPSTREAM; location /c/x { proxy_read_timeout 5s; error_page 404 405 =402 /named; } } location /named { return 402; }",
		"merge_slashes off":          "merge_slashes off; location /c/x { return 402; } location / { proxy_pass http://UPSTREAM/p; }",
		"headers of answers":         "add_header X-Added server; add_header X-Added $arg_q always; location /c/ { proxy_pass http://UPSTREAM; } location /c/x { add_header X-Added location; proxy_pass http://UPSTREAM; } location /old { return 404; } location /e { return 302 /x; } location /if { if ($arg_m) { add_header X-Added if; return 200 x; } return 204; }",
		"URI part in a regex":        "location ~ ^/c { proxy_pass http://UPSTREAM/x; }",
		"URI part in an if":          "location / { if ($arg_m) { proxy_pass http://UPSTREAM/x; } }",
		"an unknown variable":        "location / { return 200 $nothing_of_that_name; }",
		"a duplicate location":       "location /c { return 200; } location /c { return 201; }",
		"a duplicate directive":      "location /c { proxy_pass http://UPSTREAM; proxy_read_timeout 5s; proxy_read_timeout 6s; }",
		"a misplaced directive":      "location /c { if ($arg_m) { proxy_set_header A b; } }",
		"verify without authorities": "location /c { proxy_ssl_verify on; proxy_pass https://UPSTREAM; }",
		"a port behind an upstream":  "location /c { proxy_pass http://u:8080; }",
	}
	for name, directives := range servers {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(inServer(directives), "http {\n", "http {\nupstream u { server UPSTREAM; }\n", 1)
			agree(t, program, text, heads)
		})
	}
}

func TestTheRealNGINXChoosesTheSameServer(t *testing.T) {
	program := realNGINX(t)
	names := []string{
		"a.example.com", ".example.com", "*.b.example.com", "www.example.*", "www.*", `~^(?<sub>[a-z])\.test$`, `~^A\.Test$`, "_", `""`, "A.EXAMPLE.ORG", "a.example.com b.example.com",
		"*.example.com", `"~^x{2}\.test$"`,
	}
	hosts := []string{
		"a.example.com", "b.example.com", "x.b.example.com", "example.com", "EXAMPLE.com.", "www.example.org", "www.example.co.uk", "www.x", "q.test", "A.test", "a.test:81", "_", "unknown",
		"a.example.org", "xx.test", "y.example.com:8080", "127.0.0.1",
	}
	var heads []string
	for _, host := range hosts {
		heads = append(heads, "GET / HTTP/1.1\r\nHost: "+host)
	}
	random := rand.New(rand.NewPCG(5, 6)) //nolint:gosec // a test that repeats
	for range 12 {
		var b strings.Builder
		b.WriteString("events { }\nhttp {\naccess_log off;\nserver_names_hash_bucket_size 128;\n")
		for i, n := range random.Perm(len(names))[:2+random.IntN(6)] {
			address := []string{"127.0.0.1:PORT", "127.0.0.1:PORT", "*:PORT"}[random.IntN(3)]
			if i == 0 {
				address = "127.0.0.1:PORT"
			}
			fmt.Fprintf(&b, "server { listen %s; server_name %s; return 302 \"x://server-%d-$server_name-$host\"; }\n", address, names[n], i)
		}
		b.WriteString("}\n")
		agree(t, program, b.String(), heads)
	}
}

func TestTheRealNGINXComputesTheSameValues(t *testing.T) {
	program := realNGINX(t)
	maps := `
map $arg_a $plain { default d; A upper; "" empty; b "x $arg_b"; ~^c(.)$ "group $1"; ~*^D(?<letter>.)$ "named $letter"; \default escaped; }
map $host $hosted { hostnames; default none; .example.com all; edge.example.com exact; *.edge.example.com mask; edge.* tail; }
map $plain $chained { default "chained $plain"; upper UP; }
map $http_upgrade $connection_upgrade { default upgrade; '' close; }
map "$arg_a:$arg_b" $both { default no; "b:2" yes; }
map $arg_z $without { x y; }
geo $near { default far; 127.0.0.0/8 near; 127.0.0.1 here; }
geo $arg_ip $where { default -; 10.0.0.0/8 ten; 10.1.0.0/16 ten-one; 192.0.2.7 seven; }
geo $arg_ip $spread { ranges; default -; 10.0.0.0-10.2.255.255 wide; 10.1.0.0-10.1.0.9 first; 10.1.0.7-10.1.0.9 last; 10.2.0.0-10.2.0.255 gone; delete 10.2.0.0-10.2.0.255; 0.0.0.1-0.0.0.1 one; 255.255.0.0-255.255.255.254 end; }
geo $arg_ip $last { default x; 10.0.0.0/8 first; 10.0.0.0/8 second; delete 10.1.0.0/16; 10.1.2.3 here; delete 10.1.2.3; 192.0.2.7 seven; 0.0.0.0/0 all; 2001:db8::/32 six; 224.0.0.0/3 none; }
geo $behind { default far; 198.51.100.0/24 near; 203.0.113.0/24 other; proxy 127.0.0.0/8; proxy 198.51.100.0/24; proxy_recursive; }
geo $arg_ip $inner { default far; 198.51.100.0/24 near; 203.0.113.0/24 other; proxy 10.0.0.0/8; }
split_clients "one" $always { * same; }
split_clients "two" $hundred { 100% same; }
`
	values := `"x://$plain|$hosted|$chained|$connection_upgrade|$both|$without|$near|$where|$spread|$last|$behind|$inner|$always|$hundred|$args|$is_args|$arg_A|$uri|$request_uri|$request_method|$scheme|$host|$http_host|$server_port|$remote_addr|$cookie_c|$http_x_y|$proxy_add_x_forwarded_for|$server_protocol|$server_name"`
	var heads []string
	for _, target := range []string{
		"/?a=A", "/?a=b&b=2", "/?a=cx", "/?a=dY&ip=10.1.2.3", "/x%20y?a=default", "/?ip=192.0.2.7", "/?z=x", "/?a=none&A=2", "/",
		"/?ip=10.1.0.3", "/?ip=10.1.0.8", "/?ip=10.1.0.10", "/?ip=10.2.0.1", "/?ip=10.2.1.0", "/?ip=0.0.0.1", "/?ip=0..0.1", "/?ip=255.255.255.254", "/?ip=255.255.255.255", "/?ip=2001:db8::1", "/?ip=2001:db9::1", "/?ip=::ffff:10.1.0.8", "/?ip=010.1.0.8",
	} {
		heads = append(heads, get(target), get(target)+"\r\nUpgrade: websocket\r\nX-Y: z\r\nCookie: b=1; c=2\r\nX-Forwarded-For: 192.0.2.1", get(target)+"\r\nX-Forwarded-For: 203.0.113.9, 198.51.100.7", "GET "+target+" HTTP/1.1\r\nHost: x.Edge.example.com:81")
	}
	text := strings.Replace(inServer("return 302 "+values+";"), "http {\n", "http {\n"+maps, 1)
	agree(t, program, text, heads)
}

func TestTheRealNGINXRefusesTheSameLengths(t *testing.T) {
	program := realNGINX(t)
	servers := []string{
		"client_header_buffer_size 200; large_client_header_buffers 4 400; client_max_body_size 10; location / { return 204; }",
		"client_header_buffer_size 500; large_client_header_buffers 4 300; client_max_body_size 0; location / { client_max_body_size 5; return 204; } location /x { return 204; }",
	}
	var heads []string
	for _, n := range []int{295, 296, 297, 298, 299, 300, 301, 395, 396, 397, 398, 399, 400, 401, 495, 497, 498, 499, 500, 501} {
		line := "GET / HTTP/1.1"
		heads = append(heads, "GET /"+strings.Repeat("x", n-len(line))+" HTTP/1.1\r\nHost: edge.example.com", get("/")+"\r\nX-Long: "+strings.Repeat("y", n-len("X-Long: ")))
	}
	for _, n := range []int{5, 6, 10, 11} {
		heads = append(heads, fmt.Sprintf("POST / HTTP/1.1\r\nHost: edge.example.com\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", n, strings.Repeat("z", n)))
	}
	for _, directives := range servers {
		text := strings.Replace(inServer(directives), "access_log off;", "access_log off; connection_pool_size 256; request_pool_size 256;", 1)
		agree(t, program, text, heads)
	}
}
