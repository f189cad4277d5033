package nginx

import "slices"

// serverCount finds upstream blocks that NGINX refuses for their servers.
type serverCount struct {
	block    Directive
	primary  int
	backups  []Directive // those behind a directive that picks and knows no backups
	all      int
	noBackup bool
	unread   bool // there may be more servers
	resolves bool // a server is resolved at run time
	zone     bool
	resolver bool
}

// see takes the next directive of the block.
func (c *serverCount) see(d Directive) {
	_, gap := d.Gap()
	c.unread = c.unread || gap
	switch d.Name() {
	case "hash", "ip_hash", "random":
		c.noBackup = true
	case "least_conn", "least_time":
		c.noBackup = false
	case "state":
		c.unread = true
	case "zone":
		c.zone = true
	case "resolver":
		c.resolver = true
	case "server":
		c.server(d)
	}
}

func (c *serverCount) server(d Directive) {
	c.all++
	c.resolves = c.resolves || slices.Contains(d.Args(), "resolve")
	switch {
	case !slices.Contains(d.Args()[min(1, d.Len()-1):], "backup"):
		c.primary++
	case c.noBackup:
		c.backups = append(c.backups, d)
	}
}

// judge refuses what NGINX refuses (ngx_http_upstream_server, ngx_http_upstream_init_round_robin).
func (c *serverCount) judge(w *lowering) {
	for _, d := range c.backups {
		w.refuse(d, `balancing method does not support parameter "backup"`)
	}
	switch {
	case c.unread, w.uncertain(w.http):
	case c.all == 0:
		w.refuse(c.block, "no servers are inside upstream")
	case c.primary == 0:
		w.refuse(c.block, `no servers in upstream "`+c.block.Value(1)+`"`)
	case c.resolves && !c.zone:
		w.refuse(c.block, `resolving names at run time requires upstream "`+c.block.Value(1)+`" to be in shared memory`)
	case c.resolves && !c.resolver && w.one(w.http, "resolver").IsZero():
		w.refuse(c.block, `no resolver defined to resolve names at run time in upstream "`+c.block.Value(1)+`"`)
	}
}
