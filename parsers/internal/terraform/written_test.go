package terraform_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/terraform"
)

func TestHowAnArgumentUsesAReferenceIsReadFromItsText(t *testing.T) {
	gateway := func(host string) string {
		return "resource \"gw\" \"x\" {\n  pool {\n    name = \"n\"\n    host = " + host + "\n  }\n}\n"
	}
	for text, want := range map[string]string{
		gateway(`svc.a.hostname`):                               "bare at main.tf:4:12",
		gateway(`"${svc.a.hostname}"`):                          "bare at main.tf:4:12",
		gateway(`(svc.a[0].hostname)`):                          "bare at main.tf:4:12",
		gateway(`svc.a["k"].hostname`):                          "bare at main.tf:4:12",
		gateway(`["www.example", svc.a.hostname]`):              "bare at main.tf:4:12",
		gateway(`toset(svc.a[*].hostname)`):                     "bare at main.tf:4:12",
		gateway(`[lower("X"), svc.a.hostname]`):                 "bare at main.tf:4:12",
		gateway(`"${svc.a.hostname}-suffix"`):                   "changed at main.tf:4:12",
		gateway(`replace(svc.a.hostname, "a", "b")`):            "changed at main.tf:4:12",
		gateway(`[replace(svc.a.hostname, "a", "b")]`):          "changed at main.tf:4:12",
		gateway(`svc.a.hostname == "" ? "" : svc.a.hostname`):   "changed at main.tf:4:12",
		gateway(`[for s in svc.a : s.hostname]`):                "changed at main.tf:4:12",
		gateway(`"www.example"`):                                "not found",
		gateway(`svc.b.hostname`):                               "not found",
		gateway("svc.a.hostname") + strings.Repeat("(", 1000):   "not found",
		strings.Replace(gateway("svc.a.hostname"), "x", "y", 1): "not found",
		"resource \"gw\" \"x\" {\n  dynamic \"pool\" {\n    for_each = [1]\n    content {\n      host = trimsuffix(svc.a.hostname, \".\")\n    }\n  }\n}\n": "changed at main.tf:5:14",
		gateway("svc.a.hostname") + "resource \"gw\" \"x\" {\n  pool {\n    host = upper(svc.a.hostname)\n  }\n}\n":                                         "changed at main.tf:9:12",
	} {
		c := terraform.Open(terraform.Input{Files: files(map[string]string{"main.tf": text})})
		if got := written(c, "gw", "x", "pool", "host"); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestArgumentsInJSONAreFoundTheSameWay(t *testing.T) {
	for text, want := range map[string]string{
		`{"resource":{"gw":{"x":{"pool":[{"name":"n","host":"${svc.a.hostname}"}]}}}}`: "bare at main.tf.json:1:53",
		`{"resource":{"gw":{"x":{"pool":{"host":"https://${svc.a.hostname}"}}}}}`:      "changed at main.tf.json:1:41",
	} {
		c := terraform.Open(terraform.Input{Files: files(map[string]string{"main.tf.json": text})})
		if got := written(c, "gw", "x", "pool", "host"); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func written(c *terraform.Configuration, argument ...string) string {
	bare, found, at := c.Written(".", append([]string{"resource"}, argument...), "svc.a.hostname")
	switch {
	case !found:
		return "not found"
	case bare:
		return "bare at " + at.String()
	}
	return "changed at " + at.String()
}
