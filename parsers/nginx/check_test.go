package nginx

import (
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Each of these was refused once, although nginx -t takes it.
func TestWhatNGINXTakesIsNotRefused(t *testing.T) {
	for about, text := range map[string]string{
		"an empty expression inside a prefix": `server { listen 80; location /client/ { location ~ { } location ~* { } } }`,
		"words of a format that touch":        `log_format main '$uri $status' bogus; server { listen 80; access_log /a.log main; location / { return 200; } }`,
		"header and argument without a name":  `map $http_ $m { a $arg_; } server { listen 80; location / { return 200 $m; } }`,
	} {
		for _, p := range lowered(t, inHTTP(text), "1.30.0").Problems {
			if p.Kind == routing.Refused {
				t.Errorf("%s: refused, %s", about, p.Message)
			}
		}
	}
}

func TestAConfigurationWithoutEventsIsRefused(t *testing.T) {
	for _, text := range []string{
		`http { server { listen 80; } }`,
		`stream { server { listen 443; proxy_pass 192.0.2.1:443; } }`,
	} {
		problems := lowered(t, text, "1.30.0").Problems
		if len(problems) != 1 || problems[0].Kind != routing.Refused || problems[0].Message != `no "events" section in configuration` {
			t.Errorf("of %s is said: %v", text, problems)
		}
	}
}
