package nginx

import (
	"os"
	"strings"
	"testing"
)

func TestConfigurationIsToldApartFromOtherText(t *testing.T) {
	yes := []string{
		"events { }\nhttp { }\n", "server { listen 80; }", "upstream a { server b; }\n", "location / { proxy_pass http://a; }", "proxy_pass http://a;\nproxy_set_header Host a;\n",
		"# configuration file /etc/nginx/nginx.conf:\nuser x;\n", "nginx: ok\n# configuration file /etc/nginx/nginx.conf:\n", largeConfig(2000), "user nginx;\nworker_processes auto;\nload_module x;\n",
		"\ufeffserver { listen 80; }", "server { listen 80 \n}", "server {\n  {% if tls %}listen 443 ssl;{% endif %}\n  location / { proxy_pass {{ upstream }}; }\n}\n",
	}
	no := []string{
		"", "{}", `{"server": "a", "listen": 80}`, "server:\n  listen: 80\n", "<policies><inbound><base /></inbound></policies>", "resource \"azurerm_application_gateway\" \"x\" {\n  name = \"a\"\n}\n",
		"hello world", "package main\n\nimport \"fmt\"\n", "#!/bin/sh\nset -e\nserver=1;\n", "[server]\nlisten = 80\n", "\x00\x01\x02\x03\x04\x05", "frontend web\n  bind *:80\n", "user;\n",
		"body { color: red; }\n.server { margin: 0; }\n",
	}
	for _, text := range yes {
		if !Detect(text) {
			t.Errorf("%.60q is not recognized", text)
		}
	}
	for _, text := range no {
		if Detect(text) {
			t.Errorf("%.60q is taken for NGINX configuration", text)
		}
	}
}

func TestOurOwnSourcesAreNoConfiguration(t *testing.T) {
	for _, name := range []string{"detect.go", "directives.txt", "../../LICENSE", "../../go.mod"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if Detect(string(text)) {
			t.Errorf("%s is taken for NGINX configuration", strings.TrimPrefix(name, "../../"))
		}
	}
}
