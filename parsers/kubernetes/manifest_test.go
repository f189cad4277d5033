package kubernetes

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestManifestsAreToldApartFromOtherText(t *testing.T) {
	for text, want := range map[string]bool{
		"apiVersion: v1\nkind: Service\n": true,
		"# a comment\n---\nkind: Ingress # of the edge\napiVersion: networking.k8s.io/v1\n": true,
		"- apiVersion: v1\n  kind: Service\n":                                               true,
		`{"apiVersion": "v1", "items": [], "kind": "List"}`:                                 true,
		`{"resources": [{"apiVersion": "2024-01-01", "kind": "web"}]}`:                      false,
		"name: CI\non: push\n":    false,
		"server { listen 80; }\n": false,
		"apiVersion: v1\n":        false,
	} {
		if got := Detect([]byte(text)); got != want {
			t.Errorf("%q is detected: %v", text, got)
		}
	}
}

func TestWhatIsWrongWithAManifestIsSaidWithItsPlace(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"no YAML", "apiVersion: v1\nkind: ConfigMap\ndata: [\n", "manifest.yaml:3:1: "},
		{"a tab", "apiVersion: v1\nkind: ConfigMap\n\tdata: x\n", "manifest.yaml:"},
		{"Helm", "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n", "manifest.yaml:4:9: this is a template of Helm"},
		{"Helm that is YAML", "apiVersion: v1\nkind: Service\nmetadata:\n  name: \"{{ include \\\"x\\\" . }}\"\n", "manifest.yaml:4:10: this is a template of Helm"},
		{"a number", "apiVersion: v1\nkind: Ingress\nmetadata:\n  annotations:\n    a: 5\n", `manifest.yaml:5:5: the value of a is no string`},
	} {
		r := read(t, tt.text)
		if len(r.Problems) != 1 || !strings.HasPrefix(r.Problems[0].Span.String()+": "+r.Problems[0].Message, tt.want) {
			t.Errorf("%s: the problems are %v instead of %s", tt.name, r.Problems, tt.want)
		}
	}
}

const proxyMap = `apiVersion: v1
kind: ConfigMap
metadata: {name: proxy}
data:
  nginx.conf: |
    events {}
    http { include conf.d/*.conf; %s}
  default.conf: "server { listen 443 ssl; ssl_certificate a; ssl_certificate_key a;\n location / { proxy_pass https://chat.service.signalr.net; } }"
  start.sh: "proxy_pass https://x;"
`

func TestConfigMapsAreReadAsFilesThatFindEachOther(t *testing.T) {
	g := only(t, strings.Replace(proxyMap, "%s", "", 1))
	if got := told(g, "GET https://a/client/"); got != "https://chat.service.signalr.net:443/client/ as chat.service.signalr.net" {
		t.Errorf("told %s", got)
	}
	if g.Name != "configmap/proxy/nginx.conf" || g.Kind != "nginx" || g.Span.Line != 3 {
		t.Errorf("the gateway is %s %s at %v", g.Kind, g.Name, g.Span)
	}
}

func TestConfigMapsSayWhatIsMountedFromElsewhere(t *testing.T) {
	g := only(t, strings.Replace(proxyMap, "%s", "include /etc/nginx/extra.conf; ", 1))
	if len(g.Problems) != 1 || g.Problems[0].Kind != routing.NotWhole || g.Problems[0].Span.Line != 7 {
		t.Errorf("the problems are %v", g.Problems)
	}
}

func TestATemplateInAConfigMapIsOneOfNGINX(t *testing.T) {
	text := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: proxy}\ndata:\n  default.conf: |\n    server {\n      server_name {{ .Values.host }};\n    }\n"
	g := only(t, text)
	if len(g.Problems) != 1 || !strings.Contains(g.Problems[0].Message, "this is a template") || g.Problems[0].Span.Line != 7 {
		t.Errorf("the problems are %v", g.Problems)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(strings.Replace(proxyMap, "%s", "", 1)))
	f.Add([]byte(manifest(`backend-protocol: HTTPS`, `- {path: /client, pathType: Prefix, backend: {service: {name: signalr, port: {number: 443}}}}`)))
	f.Add([]byte(route(`- {path: {value: /client}}`, `- {type: URLRewrite, urlRewrite: {hostname: a}}`)))
	f.Add([]byte("kind: List\napiVersion: v1\nitems: &i\n- kind: List\n  items: *i\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, g := range Read([]File{{"fuzz.yaml", data}}, Options{}).Gateways {
			told(g, "GET https://rt.example.com/client/?id=1")
		}
	})
}
