package frontdoor

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// group is an origin group, or a backend pool of the classic tier.
type group struct {
	name    string
	origins []origin
	cookie  bool // session affinity
	picked  routing.Span
	probe   azure.Object // its settings; unset where there is none
	span    routing.Span
}

// origin is an enabled origin, or backend of the classic tier.
type origin struct {
	host, header      routing.Value
	httpPort, tlsPort routing.Value
	nameCheck         routing.Value
	priority, weight  int
	span              routing.Span
}

func (b *builder) groupOf(id *jsontree.Node) (*group, routing.Value) {
	p, why := b.find(id, "originGroups")
	if why != "" {
		return nil, routing.UnknownOf(why, id.Span())
	}
	g := &group{name: p.Own(), probe: p.Child("healthProbeSettings"), span: place(p.Object), picked: place(p.Object)}
	if state := p.Get("sessionAffinityState"); strings.EqualFold(state.Text(), "Enabled") {
		g.cookie, g.picked = true, state.Span()
	}
	read := false
	for _, o := range b.parts["origins"] {
		if !o.below(p) {
			continue
		}
		read = true
		if !strings.EqualFold(o.Get("enabledState").Text(), "Disabled") {
			g.origins = append(g.origins, readOrigin(o.Object, "hostName", "originHostHeader"))
		}
	}
	if !read {
		why := "no origin of group " + g.name + " was read"
		b.problem(routing.NotWhole, g.span, why, "give the origins too: az afd origin list -g GROUP --profile-name PROFILE --origin-group-name "+g.name)
		return nil, routing.UnknownOf(why, g.span)
	}
	return g, routing.Value{}
}

// readOrigin reads what the tiers have in common.
func readOrigin(o azure.Object, host, header string) origin {
	out := origin{
		host: azure.Lowered(azure.Filled(o.Get(host))).Or(routing.UnknownOf("the origin has no host name", place(o))), header: azure.Filled(o.Get(header)),
		httpPort: azure.Text(o.Get("httpPort")).Or(routing.DefaultOf("80", product)), tlsPort: azure.Text(o.Get("httpsPort")).Or(routing.DefaultOf("443", product)),
		nameCheck: azure.Flag(o.Get("enforceCertificateNameCheck")).Or(routing.DefaultOf("true", product)), span: place(o),
	}
	out.priority, _ = azure.Number(o.Get("priority"))
	out.weight, _ = azure.Number(o.Get("weight"))
	if state := azure.OneOf(o.Get("enabledState"), states...); state.IsUnknown() {
		out.host = routing.UnknownOf("whether the origin is enabled is not known: "+state.Why(), state.Span)
	}
	if !out.header.IsSet() {
		at := out.span
		if n := o.Get(header); !n.Span().IsZero() {
			at = n.Span()
		}
		out.header.Span = at
	}
	return out
}

// pool is the group as requests of a scheme reach it. Among the enabled origins of the lowest priority the fastest are chosen by weight,
// whatever the request is; the others stand by ("Traffic routing methods to origin").
func (b *builder) pool(g *group, scheme string) string {
	name := strings.ToLower(g.name + " over " + scheme)
	if _, done := b.g.Pools[name]; done {
		return name
	}
	p := &routing.Pool{Name: g.name, Span: g.span, Pick: routing.Pick{How: "latency and weight", Span: g.picked}}
	if g.cookie {
		p.Pick.How, p.Pick.Cookie = "session affinity, a cookie", true
	}
	lowest := 0
	for i, o := range g.origins {
		if i == 0 || o.priority < lowest {
			lowest = o.priority
		}
	}
	for _, o := range g.origins {
		p.Members = append(p.Members, routing.Member{Address: o.address(scheme), Weight: o.weight, Backup: o.priority > lowest, Span: o.span})
	}
	b.g.Pools[name] = p
	return name
}

func (o origin) address(scheme string) routing.Value {
	return azure.AddressWith(o.host, o.port(scheme))
}

func (o origin) port(scheme string) routing.Value {
	if scheme == "https" {
		return o.tlsPort
	}
	return o.httpPort
}

// each is an expression that differs from origin to origin. Those of one host name that differ cannot be told apart.
func (g *group) each(of func(origin) routing.Expr) routing.Expr {
	if len(g.origins) == 1 {
		return of(g.origins[0])
	}
	byHost := map[string]routing.Expr{}
	for _, o := range g.origins {
		if _, twice := byHost[o.host.Text()]; twice {
			byHost[o.host.Text()] = routing.Lit{Value: routing.UnknownOf("two origins have the same host name", o.span)}
			continue
		}
		byHost[o.host.Text()] = of(o)
	}
	return routing.Lookup{Key: routing.Read(routing.InUpstreamHost, ""), Fold: true, Exact: byHost}
}
