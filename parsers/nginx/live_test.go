package nginx

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// These tests run the real NGINX in front of an upstream that tells what it received, and compare with what Trace predicts.

// echo is an upstream that answers with the head of the request.
func echo(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var lines []string
		for name, values := range r.Header {
			for _, v := range values {
				lines = append(lines, name+": "+v)
			}
		}
		slices.Sort(lines)
		_, _ = fmt.Fprintf(w, "%s %s %s\nHost: %s\n%s", r.Method, r.RequestURI, r.Proto, r.Host, strings.Join(lines, "\n"))
	}))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// freePort is a port on which nothing listens.
func freePort(t *testing.T) string {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// runningNGINX starts the real NGINX. It returns what NGINX says when it refuses the configuration.
func runningNGINX(t *testing.T, program, text, port string) (refused string) {
	t.Helper()
	dir := t.TempDir()
	conf := filepath.Join(dir, "nginx.conf")
	for _, temp := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		text = strings.Replace(text, "http {\n", "http {\n"+temp+"_temp_path "+dir+"/"+temp+";\n", 1)
	}
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "-p", dir, "-c", conf, "-g", "daemon off; master_process off; error_log stderr; pid "+dir+"/pid;")
	cmd.Env = []string{"PATH=/usr/bin:/bin"}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { cancel(); <-ended })
	for range 200 {
		var dialer net.Dialer
		if c, err := dialer.DialContext(ctx, "tcp", "127.0.0.1:"+port); err == nil {
			_ = c.Close()
			return ""
		}
		select {
		case err := <-ended:
			ended <- err
			return said.String()
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatalf("NGINX did not start: %s", said.String())
	return ""
}

// seen is what came of a request: what the upstream received, or NGINX's own answer.
type seen struct{ status, location, body string }

// ask sends a request as it is written.
func ask(t *testing.T, port, head string) seen {
	t.Helper()
	var dialer net.Dialer
	c, err := dialer.DialContext(t.Context(), "tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = io.WriteString(c, head+"\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return seen{status: "closed"}
	}
	if err != nil {
		t.Fatalf("%q: %v", head, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	location := strings.TrimPrefix(resp.Header.Get("Location"), "http://edge.example.com:"+port)
	return seen{strconv.Itoa(resp.StatusCode), strings.TrimPrefix(location, "http://edge.example.com"), string(body)}
}

// request parses a request as it is written.
func request(head string) *routing.Request {
	lines := strings.Split(head, "\r\n")
	first := strings.Fields(lines[0])
	req := &routing.Request{Method: first[0], Target: first[1], Scheme: "http", ClientIP: "127.0.0.1"}
	for _, l := range lines[1:] {
		name, value, _ := strings.Cut(l, ": ")
		switch name {
		case "Host":
			req.Host = value
			continue
		case "Content-Length":
			req.BodySize, _ = strconv.ParseInt(value, 10, 64)
		case "":
			return req
		}
		req.Header = append(req.Header, routing.Field{Name: name, Value: value})
	}
	return req
}

// predicted tells in the same words what Trace says; ok is false where it cannot tell.
func predicted(paths []routing.Path) (seen, bool) {
	if len(paths) != 1 || paths[0].Unknown.IsUnknown() {
		return seen{}, false
	}
	p := paths[0]
	if r := p.Response; r != nil {
		if r.Status.Text() == "444" {
			return seen{status: "closed"}, true
		}
		return seen{r.Status.Text(), r.Location.Text(), r.Body}, r.Status.State() == routing.Known
	}
	d := p.Delivery
	var lines []string
	for _, h := range d.Headers {
		if h.Name != "Host" {
			lines = append(lines, http.CanonicalHeaderKey(h.Name)+": "+h.Value.Text())
		}
	}
	slices.Sort(lines)
	host := ""
	if hosts := d.Header("Host"); len(hosts) == 1 {
		host = hosts[0].Text()
	}
	return seen{status: "200", body: fmt.Sprintf("%s %s %s\nHost: %s\n%s", d.Method.Text(), d.Target.Text(), d.Setting(routing.Protocol).Text(), host, strings.Join(lines, "\n"))}, true
}

func versionOf(t testing.TB, program string) string {
	t.Helper()
	out, _ := exec.CommandContext(t.Context(), program, "-v").CombinedOutput()
	return regexp.MustCompile(`[0-9.]+`).FindString(strings.TrimPrefix(string(out), "nginx version: nginx/"))
}

// agree compares prediction and reality for a configuration in which PORT and UPSTREAM stand for themselves.
func agree(t *testing.T, program, text string, heads []string) {
	t.Helper()
	port := freePort(t)
	text = strings.NewReplacer("PORT", port, "UPSTREAM", echo(t)).Replace(text)
	tree := parseText(t, text)
	g, err := Lower(tree, versionOf(t, program))
	if err != nil {
		t.Fatal(err)
	}
	refused := runningNGINX(t, program, text, port)
	if mine := firstRefusal(g); (refused != "") != (mine != "") {
		t.Errorf("NGINX says %q, asrscheck %q, of\n%s", refused, mine, text)
		return
	}
	if refused != "" {
		return
	}
	for _, head := range heads {
		got := ask(t, port, head)
		want, known := predicted(g.Trace(g.Listeners[0], request(head)))
		if !known {
			continue
		}
		if want.body == "" || got.body == "" || strings.HasPrefix(got.body, "<html>") {
			got.body, want.body = "", ""
		}
		if got.body == "400 Bad Request" && strings.Contains(want.body, " b HTTP") {
			continue // the upstream does not take a space in the request target either
		}
		if got != want {
			t.Errorf("%q:\nNGINX: %+v\nTrace: %+v\nin\n%s", head, got, want, text)
		}
	}
}

func firstRefusal(g *routing.Gateway) string {
	for _, p := range g.Problems {
		if p.Kind == routing.Refused {
			return p.Span.String() + ": " + p.Message
		}
	}
	return ""
}

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
			fmt.Fprintf(&b, "server { listen %s; server_name %s; return 200 \"server %d $server_name $host\"; }\n", address, names[n], i)
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
split_clients "one" $always { * same; }
split_clients "two" $hundred { 100% same; }
`
	values := `"$plain|$hosted|$chained|$connection_upgrade|$both|$without|$near|$where|$always|$hundred|$args|$is_args|$arg_A|$uri|$request_uri|$request_method|$scheme|$host|$http_host|$server_port|$remote_addr|$cookie_c|$http_x_y|$proxy_add_x_forwarded_for|$server_protocol|$server_name"`
	var heads []string
	for _, target := range []string{"/?a=A", "/?a=b&b=2", "/?a=cx", "/?a=dY&ip=10.1.2.3", "/x%20y?a=default", "/?ip=192.0.2.7", "/?z=x", "/?a=none&A=2", "/"} {
		heads = append(heads, get(target), get(target)+"\r\nUpgrade: websocket\r\nX-Y: z\r\nCookie: b=1; c=2\r\nX-Forwarded-For: 192.0.2.1", "GET "+target+" HTTP/1.1\r\nHost: x.Edge.example.com:81")
	}
	text := strings.Replace(inServer("return 200 "+values+";"), "http {\n", "http {\n"+maps, 1)
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
