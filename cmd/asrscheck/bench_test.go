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

// BenchmarkFastTier drives all cases that are not slow through the reference proxy, with TLS on both sides.
func BenchmarkFastTier(b *testing.B) {
	benchmark(b, exitClean, "test", "../../fixtures/nginx/ok/tls.conf", "--label", "!slow")
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

// BenchmarkCheckOfAThousandFiles reads 1,000 sites that are included from files of their own.
func BenchmarkCheckOfAThousandFiles(b *testing.B) {
	folder := b.TempDir()
	size := 0
	write := func(name, text string) {
		size += len(text)
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	write("nginx.conf", httpBegins+"include site*.conf;\n}\n")
	for i := range 1000 {
		upstream := fmt.Sprintf("app%d.example.internal", i)
		if i%10 == 0 {
			upstream = service(i)
		}
		write(fmt.Sprintf("site%d.conf", i), fmt.Sprintf(site, i, upstream, upstream, upstream))
	}
	b.SetBytes(int64(size))
	benchmark(b, exitClean, "check", filepath.Join(folder, "nginx.conf"), "--nginx-version", "1.30.0")
}

func service(i int) string { return fmt.Sprintf("chat%d.service.signalr.net", i) }

// manySites writes a configuration of n sites, and says what it is called.
func manySites(b *testing.B, n int, leads func(i int) (upstream, host string)) string {
	b.Helper()
	var text strings.Builder
	text.WriteString(httpBegins)
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

const httpBegins = "events {}\nhttp {\naccess_log off;\nmap $http_upgrade $connection_upgrade { default upgrade; '' close; }\n"

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

// BenchmarkCheckOfALargeRuleTree reads five megabytes of rules of Akamai's Property Manager, of which the last one leads to a service.
func BenchmarkCheckOfALargeRuleTree(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"propertyName":"rt.contoso.example","ruleFormat":"v2025-10-16","rules":{"name":"default","options":{"is_secure":true},"behaviors":[`)
	fmt.Fprintf(&text, treeOrigin, "www.example.com")
	text.WriteString(`],"children":[`)
	for i := 0; text.Len() < 5<<20; i++ {
		fmt.Fprintf(&text, treeRule, i, strings.Repeat("kept for the sake of its own settings ", 20), i, i, fmt.Sprintf(treeOrigin, fmt.Sprintf("o%d.example", i)), i, i)
	}
	fmt.Fprintf(&text, treeClients, fmt.Sprintf(treeOrigin, "chat.service.signalr.net"))
	name := filepath.Join(b.TempDir(), "rules.json")
	if err := os.WriteFile(name, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	benchmark(b, exitClean, "check", name)
}

// What the rules of a large tree are made of.
const (
	treeOrigin = `{"name":"origin","options":{"originType":"CUSTOMER","hostname":"%s","forwardHostHeader":"ORIGIN_HOSTNAME","cacheKeyHostname":"ORIGIN_HOSTNAME",
  "compress":true,"httpPort":80,"httpsPort":443,"originSni":true,"verificationMode":"CUSTOM","customValidCnValues":["{{Origin Hostname}}"]}}`
	treeRule = `{"name":"rule %d","comments":"%s","criteriaMustSatisfy":"all","criteria":[
  {"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["/site/%d/*","/a*b/%d"],"matchCaseSensitive":false,"normalize":false}},
  {"name":"fileExtension","options":{"matchOperator":"IS_ONE_OF","values":["css","js","png","jpg","gif"],"matchCaseSensitive":false}}],"behaviors":[
  {"name":"caching","options":{"behavior":"MAX_AGE","ttl":"30d","mustRevalidate":false}},%s,
  {"name":"modifyOutgoingResponseHeader","options":{"action":"ADD","standardAddHeaderName":"OTHER","customHeaderName":"X-Rule","headerValue":"%d"}},
  {"name":"denyAccess","options":{"enabled":false,"reason":"r%d"}}],"children":[]},
`
	treeClients = `{"name":"SignalR","criteriaMustSatisfy":"all","criteria":[{"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["/client/*"],"matchCaseSensitive":true}}],
  "behaviors":[%s,{"name":"allowPost","options":{"enabled":true}},{"name":"allowDelete","options":{"enabled":true}},{"name":"webSockets","options":{"enabled":true}},
  {"name":"caching","options":{"behavior":"NO_STORE"}},{"name":"readTimeout","options":{"value":"120s","firstByteTimeout":"120s"}}],"children":[]}]}}
`
)

func BenchmarkLiveSuiteOnATwin(b *testing.B) {
	benchmark(b, exitClean, "test", "../../fixtures/nginx/ok/single.conf")
}
