package apim

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// The variables of the program that hold where a request goes. Their names begin with a colon, which no policy variable's does.
var (
	toHost      = routing.Place{Kind: routing.InVar, Name: ":backend"}
	toScheme    = routing.Place{Kind: routing.InVar, Name: ":scheme"}
	toPrefix    = routing.Place{Kind: routing.InVar, Name: ":prefix"}
	hostHeader  = routing.Place{Kind: routing.InVar, Name: ":host"}
	restOfPath  = routing.Place{Kind: routing.InVar, Name: ":rest"}
	verifyChain = routing.Place{Kind: routing.InVar, Name: ":chain"}
	verifyName  = routing.Place{Kind: routing.InVar, Name: ":name"}
	byEntity    = routing.Place{Kind: routing.InVar, Name: ":entity"} // set where the settings of a backend count
	byID        = routing.Place{Kind: routing.InVar, Name: ":by id"}  // the scope that chose a backend by its id
)

// target is where a backend is, in the three parts that a request needs.
type target struct{ host, scheme, prefix routing.Expr }

func set(what routing.Place, to routing.Expr, at routing.Span) routing.Step {
	return &routing.Set{What: what, To: to, Span: at}
}

func (t target) steps(at routing.Span) []routing.Step {
	steps := []routing.Step{set(toHost, t.host, at), set(toScheme, t.scheme, at), set(toPrefix, t.prefix, at)}
	for _, of := range []routing.Place{verifyChain, verifyName, byEntity} { // those of a backend that was chosen before
		steps = append(steps, &routing.Remove{What: of, Span: at})
	}
	return steps
}

// targetOf takes a URL apart. ws and wss are the schemes of WebSocket APIs.
func targetOf(v routing.Value) target {
	part := func(of func(*url.URL) string) routing.Expr {
		if v.State() != routing.Known {
			return routing.Lit{Value: v.Or(routing.UnknownOf("no backend URL is given", v.Span))}
		}
		u, err := url.Parse(strings.TrimSpace(v.Text()))
		if err != nil || u.Host == "" {
			return routing.Lit{Value: routing.UnknownOf(fmt.Sprintf("%.100q is no URL of a backend", v.Text()), v.Span)}
		}
		return routing.Lit{Value: v.Became(of(u))}
	}
	prefix := part(prefixOf)
	if strings.Contains(v.Text(), "?") {
		prefix = routing.Lit{Value: routing.UnknownOf("what becomes of a query in the URL of a backend is not documented", v.Span)}
	}
	return target{part(hostOf), part(schemeOf), prefix}
}

func hostOf(u *url.URL) string   { return strings.ToLower(u.Host) }
func prefixOf(u *url.URL) string { return strings.TrimSuffix(u.EscapedPath(), "/") }
func schemeOf(u *url.URL) string {
	scheme := strings.ToLower(u.Scheme)
	return map[string]string{"ws": "http", "wss": "https"}[scheme] + map[bool]string{true: scheme}[scheme == "http" || scheme == "https"]
}

// computedTarget takes a URL apart that is computed for each request.
func computedTarget(of routing.Expr, at routing.Span) target {
	part := func(name string, get func(*url.URL) string) routing.Expr {
		return routing.Call{Name: name, Args: []routing.Expr{of}, Span: at, Fn: func(args ...string) string {
			u, err := url.Parse(args[0])
			if err != nil {
				return ""
			}
			return get(u)
		}}
	}
	return target{part("host of URL", hostOf), part("scheme of URL", schemeOf), part("path of URL", prefixOf)}
}

// service is the backend that an API starts with: its service URL, with the settings of a backend of the same URL ("Backends in API
// Management").
func (b *builder) service(a *api) []routing.Step {
	n := a.Get("serviceUrl")
	v := azure.Filled(n)
	at := n.Span()
	if at.IsZero() {
		at = a.span
	}
	if !v.IsSet() {
		v = routing.UnknownOf("the API has no service URL, and what takes its place is not documented", a.span)
	}
	return b.at(v, at)
}

// at are the steps that lead to a URL. The settings of a backend with the same URL count there too ("Backends in API Management").
func (b *builder) at(v routing.Value, at routing.Span) []routing.Step {
	steps := targetOf(v).steps(at)
	for _, p := range b.parts["backends"] {
		if known := p.Get("url").Text(); v.Text() != "" && strings.EqualFold(strings.TrimSuffix(known, "/"), strings.TrimSuffix(v.Text(), "/")) {
			steps = append(steps, b.entity(p)...)
		}
	}
	return steps
}

// atComputed is at for a URL that is computed for each request.
func (b *builder) atComputed(of routing.Expr, at routing.Span) []routing.Step {
	steps := computedTarget(of, at).steps(at)
	for _, p := range b.parts["backends"] {
		known := p.Get("url").Text()
		if known == "" {
			continue
		}
		url := strings.TrimSuffix(known, "/")
		same := routing.Any{routing.Equal{Of: of, To: routing.Text(url), Fold: true}, routing.Equal{Of: of, To: routing.Text(url + "/"), Fold: true}}
		steps = append(steps, &routing.Match{Arms: []routing.Arm{{When: same, Do: b.entity(p)}}})
	}
	return steps
}

// entity are the settings of a backend: whether its certificate is verified, and what is sent to it.
func (b *builder) entity(p azure.Part) []routing.Step {
	steps := append(verification(p, false), set(byEntity, routing.Text("true"), place(p.Object)))
	credentials := p.Child("credentials")
	if auth := credentials.Child("authorization"); !auth.Node.Unset() {
		what := routing.Place{Kind: routing.InHeader, Name: "Authorization"}
		steps = append(steps, set(what, routing.Lit{Value: routing.Of(auth.Get("scheme").Text()+" ***", auth.Span())}, auth.Span()))
	}
	for h := range credentials.Get("header").All() {
		what := routing.Place{Kind: routing.InHeader, Name: h.Name()}
		if strings.EqualFold(h.Name(), "Host") {
			what = hostHeader
		}
		value := h
		if h.Kind() == jsontree.List {
			value = h.At(0)
		}
		steps = append(steps, set(what, routing.Lit{Value: azure.Text(value)}, h.Span()))
	}
	for q := range credentials.Get("query").All() {
		value := q
		if q.Kind() == jsontree.List {
			value = q.At(0)
		}
		steps = append(steps, set(routing.Place{Kind: routing.InArgument, Name: q.Name()}, routing.Lit{Value: azure.Text(value)}, q.Span()))
	}
	return steps
}

// verification are the checks of its certificate that a backend states, or only those that it does not turn on.
func verification(p azure.Part, off bool) []routing.Step {
	var steps []routing.Step
	for _, check := range []struct {
		property string
		what     routing.Place
	}{{"validateCertificateChain", verifyChain}, {"validateCertificateName", verifyName}} {
		if v := azure.Flag(p.Child("tls").Get(check.property)); v.IsSet() && (!off || v.Text() != "true") {
			steps = append(steps, set(check.what, routing.Lit{Value: v}, v.Span))
		}
	}
	return steps
}

// backend are the steps that choose a backend by its id.
func (b *builder) backend(id string, at routing.Span) []routing.Step {
	p, ok := b.find("backends", id)
	if !ok {
		what := fmt.Sprintf("the backend %.100q was not read", id)
		b.problem(routing.NotWhole, at, what, "give the backends of the service too")
		return targetOf(routing.UnknownOf(what, at)).steps(at)
	}
	if strings.EqualFold(inner(p, "type").Text(), "Pool") {
		return b.pool(p, at)
	}
	n := p.Get("url")
	v := azure.Filled(n).Or(routing.UnknownOf("the backend has no URL", place(p.Object)))
	return append(targetOf(v).steps(at), b.entity(p)...)
}

// pool makes a pool of backends ("Backends in API Management": load-balanced pool). Requests are shared out in turn, by weight, among those of
// the first priority. Session affinity is a cookie.
func (b *builder) pool(p azure.Part, at routing.Span) []routing.Step {
	key := strings.ToLower(fmt.Sprintf("pool %s at %s", p.Own(), at))
	pool := &routing.Pool{Name: p.Own(), Span: place(p.Object), Pick: routing.Pick{How: "turns, by weight", Span: at}}
	inner := p.Child("pool")
	if session := inner.Child("sessionAffinity").Child("sessionId"); !session.Node.Unset() {
		pool.Pick.How = "the session affinity cookie " + session.Get("name").Text()
		pool.Pick.Key = routing.ReadOriginal(routing.InCookie, session.Get("name").Text())
	}
	members := b.members(inner)
	lowest := 0
	for i, m := range members {
		if i == 0 || m.priority < lowest {
			lowest = m.priority
		}
	}
	for _, m := range members {
		pool.Members = append(pool.Members, routing.Member{Address: m.host, Weight: m.weight, Backup: m.priority > lowest, Span: m.span})
	}
	b.g.Pools[key] = pool
	alike := func(of func(target) routing.Expr) routing.Expr {
		if len(members) == 0 {
			return routing.Lit{}
		}
		first, _ := of(members[0].target).(routing.Lit)
		for _, m := range members[1:] {
			if other, ok := of(m.target).(routing.Lit); !ok || other.Text() != first.Text() {
				return routing.Lit{Value: routing.UnknownOf("the backends of pool "+p.Own()+" differ in scheme or path", at)}
			}
		}
		return first
	}
	steps := target{
		routing.Text(key), alike(func(t target) routing.Expr { return t.scheme }), alike(func(t target) routing.Expr { return t.prefix }),
	}.steps(at)
	var off []routing.Step // what is not checked of one of them is not checked
	for _, m := range members {
		steps, off = append(steps, m.settings...), append(off, m.off...)
	}
	return append(steps, off...)
}

// pooled is a backend in a pool.
type pooled struct {
	host             routing.Value
	target           target
	priority, weight int
	settings, off    []routing.Step // of the backend itself, and the checks that it turns off
	span             routing.Span
}

func (b *builder) members(pool azure.Object) []pooled {
	var out []pooled
	for _, s := range pool.List("services") {
		id := s.Get("id")
		m := pooled{span: id.Span(), priority: 1, weight: 1}
		if n, ok := azure.Number(s.Get("priority")); ok {
			m.priority = n
		}
		if n, ok := azure.Number(s.Get("weight")); ok {
			m.weight = n
		}
		v := azure.Text(id)
		if p, ok := b.find("backends", id.Text()); ok && id.Kind() == jsontree.String {
			v = azure.Filled(p.Get("url")).Or(routing.UnknownOf("the backend has no URL", place(p.Object)))
			m.settings, m.off = b.entity(p), verification(p, true)
		} else if id.Kind() == jsontree.String {
			v = routing.UnknownOf(fmt.Sprintf("the backend %.100q was not read", azure.LastSegment(id.Text())), id.Span())
		}
		m.target = targetOf(v)
		if lit, ok := m.target.host.(routing.Lit); ok {
			m.host = lit.Value
		}
		out = append(out, m)
	}
	return out
}
