package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// benchmark runs one command line over and over; it must end clean.
func benchmark(b *testing.B, args ...string) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		s := &session{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, env: func(string) string { return "" }}
		if got := run(args, s); got != exitClean {
			b.Fatalf("asrscheck %s exits with %d instead of %d", strings.Join(args, " "), got, exitClean)
		}
	}
}

func BenchmarkCheckOfOneNGINXConfiguration(b *testing.B) {
	benchmark(b, "check", "../../fixtures/nginx/ok/two_tiers.conf")
}

func BenchmarkCheckOfOneApplicationGateway(b *testing.B) {
	benchmark(b, "check", "../../fixtures/appgateway/ok/howto_az.json")
}

// BenchmarkCheckOfTenMegabytes reads 12,000 sites, of which one in a hundred leads to a service.
func BenchmarkCheckOfTenMegabytes(b *testing.B) {
	var text strings.Builder
	text.WriteString("events {}\nhttp {\naccess_log off;\nmap $http_upgrade $connection_upgrade { default upgrade; '' close; }\n")
	for i := range 12_000 {
		upstream := fmt.Sprintf("app%d.example.internal", i)
		if i%100 == 0 {
			upstream = fmt.Sprintf("chat%d.service.signalr.net", i)
		}
		fmt.Fprintf(&text, site, i, upstream, upstream, upstream)
	}
	text.WriteString("}\n")
	name := filepath.Join(b.TempDir(), "nginx.conf")
	if err := os.WriteFile(name, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	benchmark(b, "check", name, "--nginx-version", "1.30.0")
}

// site is one of many servers, as long as they are in practice.
const site = `  server {
    listen 8080;
    server_name rt%d.example.com;
    # kept apart from its neighbors for the sake of its own settings
    location / { root /srv/www; try_files $uri $uri/ /index.html; }
    location /static/ { root /srv/www; expires 30d; }
    location /client/ {
      proxy_pass https://%s;
      proxy_set_header Host %s;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_ssl_server_name on;
      proxy_ssl_name %s;
      proxy_ssl_verify on;
      proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;
      proxy_read_timeout 120s;
      proxy_buffering off;
    }
  }
`

func BenchmarkLiveSuiteOnATwin(b *testing.B) {
	benchmark(b, "test", "../../fixtures/nginx/ok/single.conf")
}
