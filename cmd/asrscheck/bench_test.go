package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// benchmark runs one command line over and over; it must end with a status.
func benchmark(b *testing.B, want int, args ...string) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		s := &session{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, env: func(string) string { return "" }}
		if got := run(args, s); got != want {
			b.Fatalf("asrscheck %s exits with %d instead of %d", strings.Join(args, " "), got, want)
		}
	}
}

func BenchmarkCheckOfOneNGINXConfiguration(b *testing.B) {
	benchmark(b, exitClean, "check", "../../fixtures/nginx/ok/two_tiers.conf")
}

func BenchmarkCheckOfOneApplicationGateway(b *testing.B) {
	benchmark(b, exitClean, "check", "../../fixtures/appgateway/ok/howto_az.json")
}

// BenchmarkCheckOfTenMegabytes reads 12,000 sites, of which one in a hundred leads to a service.
func BenchmarkCheckOfTenMegabytes(b *testing.B) {
	name := manySites(b, 12_000, func(i int) (upstream, host string) {
		if i%100 != 0 {
			upstream = fmt.Sprintf("app%d.example.internal", i)
			return upstream, upstream
		}
		return service(i), service(i)
	})
	benchmark(b, exitClean, "check", name, "--nginx-version", "1.30.0")
}

// BenchmarkCheckOfTenMegabytesOfFindings reads as many, all of which lead to a service and pass on the client's Host.
func BenchmarkCheckOfTenMegabytesOfFindings(b *testing.B) {
	name := manySites(b, 12_000, func(i int) (upstream, host string) { return service(i), "$host" })
	benchmark(b, exitFindings, "check", name, "--nginx-version", "1.30.0")
}

func service(i int) string { return fmt.Sprintf("chat%d.service.signalr.net", i) }

// manySites writes a configuration of n sites, and says what it is called.
func manySites(b *testing.B, n int, leads func(i int) (upstream, host string)) string {
	b.Helper()
	var text strings.Builder
	text.WriteString("events {}\nhttp {\naccess_log off;\nmap $http_upgrade $connection_upgrade { default upgrade; '' close; }\n")
	for i := range n {
		upstream, host := leads(i)
		fmt.Fprintf(&text, site, i, upstream, host, upstream)
	}
	text.WriteString("}\n")
	name := filepath.Join(b.TempDir(), "nginx.conf")
	if err := os.WriteFile(name, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	return name
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
	benchmark(b, exitClean, "test", "../../fixtures/nginx/ok/single.conf")
}
