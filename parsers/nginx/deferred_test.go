package nginx

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// sites are servers that are alike but for their number. With only at 0 or above, the lines of all others are left empty.
func sites(n, only int) string {
	var b strings.Builder
	b.WriteString("proxy_set_header X-Site $server_name;\nadd_header A b;\nmap $http_x $y { default 1; 2 3; }\n")
	for i := range n {
		if only >= 0 && i != only {
			b.WriteString("\n\n\n\n\n")
			continue
		}
		fmt.Fprintf(&b, `server { listen 80; server_name s%[1]d.example.com; large_client_header_buffers 4 %[2]dk; set $here %[1]d;
			location /client/ { proxy_pass http://10.0.0.1:8080; proxy_set_header Host h%[1]d; proxy_set_header Y $y; error_page 413 = @large; }
			location @large { return 200 $here; }
			location ~ ^/(old|new)/ { if ($http_x) { set $here x; } rewrite ^/old/(.*)$ /client/$1 last; return 404; }
		}
`, i, 8+i%3)
	}
	return inHTTP(b.String())
}

// way tells all that a trace tells, place by place.
func way(g *routing.Gateway, host, target string) string {
	head := "POST " + target + " HTTP/1.1\r\nHost: " + host
	var b strings.Builder
	for _, p := range paths(g, head) {
		for _, e := range p.Events() {
			fmt.Fprintf(&b, "%s: %s\n", e.Span, e.Text)
		}
	}
	return b.String() + told(g, head)
}

func TestAServerOfManyIsLoweredAsOneThatStandsAlone(t *testing.T) {
	const n = 2000
	many := lowered(t, sites(n, -1), "")
	if _, held := many.Blocks["server 1"]; held || many.Block("server 1") == nil || many.Block("server 1 oddity") != nil {
		t.Fatal("the blocks of servers are not made when they are asked for")
	}
	for _, i := range []int{0, n / 2, n - 1, 1} {
		alone := lowered(t, sites(n, i), "")
		for v := range alone.Variants {
			for _, target := range []string{"/client/?hub=chat", "/old/x", "/"} {
				host := fmt.Sprintf("s%d.example.com", i)
				if got, want := way(many.Variants[v], host, target), way(alone.Variants[v], host, target); got != want {
					t.Errorf("POST %s of site %d among others goes\n%s\nand alone\n%s", target, i, got, want)
				}
			}
		}
	}
	if limit, ok := many.ShortestLimit(); !ok || limit != 8<<10-2 {
		t.Errorf("the shortest limit is %d, want that of the servers with 8k", limit)
	}
}

func TestServersAreForgotten(t *testing.T) {
	keeps := func(n int) uint64 {
		tree := parseText(t, sites(n, -1))
		return retained(func() any { g, _ := Lower(tree, "1.30.0"); return g })
	}
	const more = 4000
	if got := (keeps(1000+more) - keeps(1000)) / more; got > 8<<10 {
		t.Errorf("a gateway keeps %d bytes for each server, as many as the steps of the server take", got)
	}
}

func TestBlocksCanBeAskedForAtOnce(t *testing.T) {
	g := lowered(t, sites(1000, -1), "1.30.0")
	var wait sync.WaitGroup
	for worker := range 4 {
		wait.Go(func() {
			for i := worker; i < 1000; i += 7 {
				if got := way(g, fmt.Sprintf("s%d.example.com", i), "/client/"); !strings.Contains(got, "10.0.0.1:8080") {
					t.Errorf("site %d: %s", i, got)
				}
			}
		})
	}
	wait.Wait()
}
