package nginx

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// TestFilesOnTheDiskAreUnknownUnlessClientsOfSignalRAskForThem holds what reading assumes of files, and what it leaves open.
func TestFilesOnTheDiskAreUnknownUnlessClientsOfSignalRAskForThem(t *testing.T) {
	const page = "location / { root html; try_files $uri @app; } location @app { proxy_pass http://a.example.net; }"
	const deliveredAs = "delivered to a.example.net:80 as "
	tests := []struct{ name, directives, request, want string }{
		{"a path of SignalR is no file", page, "POST /chat/client/negotiate?hub=c", deliveredAs + "POST /chat/client/negotiate?hub=c"},
		{
			"another path may be one", page, "GET /app.js",
			"if false [is there a file of the name that try_files $uri @app looks for as $uri]: " + deliveredAs + "GET /app.js\n" +
				"if true [is there a file of the name that try_files $uri @app looks for as $uri]: answered by the gateway: a file from disk, or 404; 405 for POST",
		},
		{
			"an index stands for a folder", "location / { root html; } location ~ html$ { return 418; }", "GET /docs/",
			"if false [is there a file index.html in the folder]: answered by the gateway: a file from disk, or 404; 405 for POST\n" +
				"if true [is there a file index.html in the folder]: answered by the gateway: 418",
		},
		{"but not for one of SignalR", "location / { root html; } location ~ html$ { return 418; }", "GET /client/", "answered by the gateway: a file from disk, or 404; 405 for POST"},
		{"an index of its own path needs no folder", "location / { root html; index /home.html; } location = /home.html { return 418; }", "GET /client/", "answered by the gateway: 418"},
		{
			"a folder has not the name of an index", "location / { root html; try_files $uri $uri/ /index.html; }", "GET /client/x",
			"if false [is there a file of the name that try_files $uri $uri/ /index.html looks for as $uri]: answered by the gateway: 500 redirected inside more than 10 times\n" +
				"if true [is there a file of the name that try_files $uri $uri/ /index.html looks for as $uri]: answered by the gateway: a file from disk, or 404; 405 for POST",
		},
		{
			"but any other name", "location / { root html; try_files $uri/ =404; }", "GET /docs",
			"if false [is there a file of the name that try_files $uri/ =404 looks for as $uri/]: answered by the gateway: 404 no such file\n" +
				"if true [is there a file of the name that try_files $uri/ =404 looks for as $uri/]: if false [is there a file index.html in the folder]: answered by the gateway: a file from disk, or 404; 405 for POST\n" +
				"if true [is there a file of the name that try_files $uri/ =404 looks for as $uri/]: if true [is there a file index.html in the folder]: answered by the gateway: 404 no such file",
		},
		{"a missing file has its page", "error_page 404 @app; " + strings.Replace(page, "try_files $uri @app;", "", 1), "GET /client/x", deliveredAs + "GET /client/x"},
		{
			"an alias names a folder for a path of SignalR", "error_page 404 @app; location = /client/ { alias /srv/; autoindex on; } location @app { proxy_pass http://a.example.net; }", "GET /client/",
			"if false [is there a file index.html in the folder]: if false [is there a folder of that name on the disk]: " + deliveredAs + "GET /client/\n" +
				"if false [is there a file index.html in the folder]: if true [is there a folder of that name on the disk]: answered by the gateway: a folder's list\n" +
				"if true [is there a file index.html in the folder]: if false [is there a file or a folder of that name on the disk]: " + deliveredAs + "GET /client/index.html\n" +
				"if true [is there a file index.html in the folder]: if true [is there a file or a folder of that name on the disk]: answered by the gateway: a file from disk",
		},
		{
			"an inherited alias has the prefix of its own location", "error_page 404 @app; location /client/ { alias /srv/; location /client/negotiate { } } location @app { proxy_pass http://a.example.net; }",
			"GET /client/negotiate", deliveredAs + "GET /client/negotiate",
		},
		{"a test for a file", "location / { if (!-f $request_filename) { proxy_pass http://a.example.net; } }", "GET /client/x", deliveredAs + "GET /client/x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := told(lowered(t, oneServer(tt.directives), "1.30.0"), tt.request); got != tt.want {
				t.Errorf("%s is\n%s\nwant\n%s", tt.request, got, tt.want)
			}
		})
	}
}

func TestLimitsOfEveryLocationOnTheWayCount(t *testing.T) {
	g := lowered(t, inHTTP(`limit_req_zone $arg_k zone=few:1m rate=1r/m;
server { listen 80; server_name edge.example.com; error_page 403 /client/none;
location / { limit_req zone=few; deny all; }
location /client/ { proxy_pass http://a.example.net; } }`), "1.30.0")
	if got, want := delivery(t, g, "GET /x?k=a").Setting(routing.RateLimit).Text(), "limit_req zone=few"; !strings.HasPrefix(got, want) {
		t.Errorf("a request that came by a limited location is bounded by %q, want %q", got, want)
	}
	if got := delivery(t, g, "GET /client/x?k=a").Setting(routing.RateLimit); got.IsSet() && got.Text() != "" {
		t.Errorf("a request that met no limit is bounded by %q", got.Text())
	}
}

func TestAPageForTheGatewaysOwnErrorsIsLeftOpen(t *testing.T) {
	const forEmpty = "unknown: what the error page answers that takes the place of status 500"
	computed := "set $name ''; error_page 500 502 %s; location / { proxy_pass http://$name; }"
	for page, want := range map[string]string{"@other": forEmpty, "/50x.html": forEmpty} {
		g := lowered(t, oneServer(strings.Replace(computed, "%s", page, 1)), "1.30.0")
		if got := told(g, "GET /client/"); got != want {
			t.Errorf("with the page %s, an upstream without a name is %s, want %s", page, got, want)
		}
	}
	d := delivery(t, lowered(t, oneServer("error_page 500 502 /50x.html; location / { proxy_pass http://a.example.net; }"), ""), "GET /client/")
	if got := d.Setting(routing.FailurePage).Text(); got != "500 502 /50x.html" {
		t.Errorf("the page for no answer is %q", got)
	}
}
