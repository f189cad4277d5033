package nginx

import (
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// TestHeadersThatTheModuleTakesOff is what NGINX 1.22.1 was seen to do with version 0.34 of headers-more: levels around come first, and headers of
// answers are changed before those of add_header are added.
func TestHeadersThatTheModuleTakesOff(t *testing.T) {
	const allow = "Access-Control-Allow-Origin"
	for lines, want := range map[string]string{
		"":                                       "own",
		"more_set_headers '" + allow + ": a';":   "a",
		"more_set_headers '" + allow + ":';":     "none",
		"more_clear_headers 'Access-Control-*';": "none",
		"more_clear_headers 'Access-Control-Max-Age';":                  "own",
		"more_set_headers -s 500 '" + allow + ": a';":                   "own",
		"more_set_headers -s 200 '" + allow + ": a';":                   "unknown",
		"more_set_headers -t text/html '" + allow + ":';":               "own",
		"more_clear_headers " + allow + "; add_header " + allow + " b;": "b",
	} {
		d := lowered(t, inHTTP("server { listen 80; location / { "+lines+" proxy_pass https://10.0.0.1; } }"), "1.30.6")
		if got := lastEdit(paths(d, "GET /")[0].Delivery, allow); got != want {
			t.Errorf("%s: the answer has %q, want %q", lines, got, want)
		}
	}
}

func lastEdit(d *routing.Delivery, name string) string {
	out := "own"
	for _, edit := range d.Response {
		switch {
		case edit.Name != name:
		case edit.Value.IsUnknown():
			out = "unknown"
		case edit.Value.Text() == "":
			out = "none"
		default:
			out = edit.Value.Text()
		}
	}
	return out
}

func TestHeadersOfRequestsThatNothingLooksAtAreTakenOff(t *testing.T) {
	for lines, want := range map[string]string{
		"":                                                      "x",
		"more_clear_input_headers Origin;":                      "",
		"more_clear_input_headers 'Ori*';":                      "",
		"more_set_input_headers 'Origin: b';":                   "b",
		"more_set_input_headers -r 'Origin: c';":                "c",
		"more_set_input_headers -r 'X-Other: c';":               "x",
		"more_clear_input_headers Origin; set $a $http_origin;": "left open",
		"more_set_input_headers 'Host: b.example';":             "left open",
		"more_clear_input_headers Accept-Encoding;":             "x",
		"more_clear_input_headers Accept-Encoding; gzip on;":    "left open",
		"more_clear_input_headers Authorization;":               "x",
		"more_clear_input_headers Authorization; auth_basic a;": "left open",
	} {
		g := lowered(t, inHTTP("server { listen 80; location / { "+lines+" proxy_pass https://10.0.0.1; } }"), "1.30.6")
		ways := paths(g, "GET /\r\nOrigin: x")
		got := "left open"
		if len(ways) == 1 {
			got = ""
			for _, v := range ways[0].Delivery.Header("Origin") {
				got = v.Text()
			}
		}
		if got != want {
			t.Errorf("%s: Origin arrives as %q, want %q", lines, got, want)
		}
	}
}
