package nginx

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// largeConfig is a configuration of about ten megabytes: servers with one location for SignalR each.
func largeConfig(servers int) string {
	var b strings.Builder
	b.WriteString("events { }\n\nhttp {\n    map $http_upgrade $connection_upgrade { default upgrade; '' close; }\n")
	for i := range servers {
		fmt.Fprintf(&b, `    # tenant %[1]d
    upstream chat%[1]d {
        server 127.0.0.1:%[2]d;
        keepalive 16;
    }
    server {
        listen 8080;
        server_name rt%[1]d.example.com;
        client_max_body_size 2m;
        add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;
        location /client/ {
            proxy_pass http://chat%[1]d;
            proxy_http_version 1.1;
            proxy_set_header Host chat%[1]d.service.signalr.net;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_read_timeout 100s;
            proxy_buffering off;
        }
        location ~ ^/(admin|internal)/ {
            return 404;
        }
    }
`, i, 20000+i%20000)
	}
	b.WriteString("}\n")
	return b.String()
}

func BenchmarkParse(b *testing.B) {
	text := largeConfig(10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var tree *Tree
	for b.Loop() {
		var err error
		if tree, err = ParseText("nginx.conf", text); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(tree.Main.nodes)), "statements")
	b.ReportMetric(float64(retained(func() any { t, _ := ParseText("nginx.conf", strings.Clone(text)); return t }))/(1<<20), "MB-kept")
}

// retained is the memory that a value keeps, in bytes.
func retained(build func() any) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	kept := build()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(kept)
	return after.HeapAlloc - before.HeapAlloc
}

func BenchmarkLower(b *testing.B) {
	tree, err := ParseText("nginx.conf", largeConfig(10_000))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Lower(tree, ""); err != nil {
			b.Fatal(err)
		}
	}
	kept := retained(func() any { g, _ := Lower(tree, ""); return g })
	b.ReportMetric(float64(kept)/(1<<20), "MB-kept")
}
