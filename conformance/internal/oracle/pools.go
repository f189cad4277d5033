package oracle

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// reachable is a gateway as it is where the members that cannot be reached have been given up: without them, and with the backups in
// their place where no other is left. Its pools do not pick by keys, so that a trace follows every member: which one NGINX's hash of a
// key picks is not predicted.
func reachable(g *routing.Gateway) *routing.Gateway {
	c := *g
	c.Pools = make(map[string]*routing.Pool, len(g.Pools))
	for name, p := range g.Pools {
		free := *p
		free.Pick.Key = nil
		free.Members = nil
		for _, m := range p.Members {
			if !isDead(m) {
				free.Members = append(free.Members, m)
			}
		}
		if len(free.Members) == 0 {
			free.Members = p.Members[:min(1, len(p.Members))]
		}
		c.Pools[name] = &free
	}
	return &c
}

// isDead reports whether nothing listens on a member's port.
func isDead(m routing.Member) bool {
	_, port := split(m.Address.Text())
	return port == strconv.Itoa(realnginx.ClosedPort)
}

// isFailing reports whether a member answers with errors.
func isFailing(m routing.Member) bool {
	host, _ := split(m.Address.Text())
	return realnginx.Fails(host)
}

// troubled reports whether another member may take over from the one that a key picks.
func troubled(p *routing.Pool) bool {
	for _, m := range p.Members {
		if isDead(m) || isFailing(m) {
			return true
		}
	}
	return false
}

// deserted reports whether NGINX may come to give up all members of the delivery's pool: those that answer with errors count as
// failures where another one is tried for them. A pool from which nothing else is tried is so, too, where a member cannot be reached.
func (f *Front) deserted(d *routing.Delivery) bool {
	pool := f.Gateway.Pools[strings.ToLower(d.Pool.Name)]
	if pool == nil || len(pool.Members) < 2 {
		return false
	}
	retry := " " + d.Setting(routing.Retry).Text() + " "
	dead, failing, primary := 0, 0, 0
	for _, m := range pool.Members {
		switch {
		case isDead(m):
			dead++
		case isFailing(m):
			failing++
		case !m.Backup:
			primary++
		}
	}
	retries := strings.Contains(retry, " http_503 ")
	return dead > 0 && !strings.Contains(retry, " error ") || failing > 0 && (primary == 0 || f.failed[pool.Name+" 503"]) && retries
}

// afterFailures are the requests that services saw, without those that were answered with an error for which another member is tried
// (ngx_http_upstream_test_next).
func afterFailures(d *routing.Delivery, seen []realnginx.Seen) []realnginx.Seen {
	if d.Pool == nil || !strings.Contains(" "+d.Setting(routing.Retry).Text()+" ", " http_503 ") || !mayRepeat(d) {
		return seen
	}
	for len(seen) > 1 && realnginx.Fails(seen[0].Host) {
		seen = seen[1:]
	}
	return seen
}

// mayRepeat reports whether NGINX sends a request again that a member has received.
func mayRepeat(d *routing.Delivery) bool {
	switch d.Method.Text() {
	case http.MethodPost, "LOCK", http.MethodPatch:
		return strings.Contains(d.Setting(routing.Retry).Text(), "non_idempotent")
	}
	return true
}

// intercepts reports whether an error page takes the place of what the service of a delivery answers.
func intercepts(d *routing.Delivery) bool {
	on, _ := d.Setting(routing.Intercept).Bool()
	host, _ := split(d.Address.Text())
	return on && realnginx.Fails(host)
}
