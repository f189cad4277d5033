package routing

import (
	"net"
	"slices"
	"strconv"
	"strings"
)

// Delivery is a request as an upstream receives it.
type Delivery struct {
	Forward *Forward
	Gateway *Gateway // that sends it
	// Address is the host:port that is connected to; Pool and Member say which entry that is, where a pool was used.
	Address Value
	// To is what the Forward names: a pool, or an authority.
	To     Value
	Pool   *Pool
	Member *Member
	// Key is what the member was picked by; unset when there was no choice or it does not depend on the request.
	Key     Value
	Scheme  Value
	Method  Value
	Target  Value
	Headers []HeaderValue
	// Response are the edits of the answer's headers.
	Response []HeaderEdit
	sent     *flight // the request as it was when it was sent
	dropped  []HeaderValue
	restated Value // the status that a gateway in front answers with whatever comes back
	asked    Value // the buffering that the listener behind asks for
}

// Setting is a property of how the request is forwarded; unset where the product has none or the configuration sets none. It is
// computed when it is asked for: of the many settings, a question concerns one or two.
func (d *Delivery) Setting(s Setting) Value {
	if s == AnswerStatus && d.restated.State() != Unset {
		return d.restated
	}
	if s == Buffering && d.asked.State() != Unset {
		return d.asked
	}
	e := d.Forward.Settings[s]
	if e == nil {
		return Value{}
	}
	return e.eval(d.sent)
}

// Dropped is the setting that left a header out, where one did: its Span is the line that removes it or sets it to the empty text.
func (d *Delivery) Dropped(name string) Value {
	var out Value
	for _, h := range d.dropped {
		if strings.EqualFold(h.Name, name) {
			out = h.Value
		}
	}
	return out
}

// Header is every field of that name, in order.
func (d *Delivery) Header(name string) []Value {
	var out []Value
	for _, h := range d.Headers {
		if strings.EqualFold(h.Name, name) {
			out = append(out, h.Value)
		}
	}
	return out
}

// Query is what arrives behind the question mark of the target. It can be known where what stands in front of it is not.
func (d *Delivery) Query() Value {
	switch {
	case !d.Target.IsUnknown():
		_, query, _ := strings.Cut(d.Target.text, "?")
		return d.Target.Became(query)
	case d.sent.path.IsUnknown():
		return d.sent.query
	}
	return d.Target
}

// Probe is the health probe of the member that the request goes to; nil when there is none.
func (d *Delivery) Probe() *Probe {
	if d.Forward.Probe == nil || d.Forward.Probe.Host.IsSet() {
		return d.Forward.Probe
	}
	p := *d.Forward.Probe
	p.Host = Of(hostOf(d.Address.text), d.Address.Span)
	return &p
}

// forward picks the member and ends the walk there, or goes on at the listener that the address belongs to.
func (r *tracing) forward(w *walk, s *Forward) {
	to := s.To.eval(w.flight).At(s.Span)
	w.because()
	if to.IsUnknown() {
		r.lose(w, to.Why(), to.Span)
		return
	}
	pool := w.gateway.Pools[lower(to.Text())]
	if pool == nil {
		r.direct(w, s, to)
		return
	}
	members := pool.usable()
	if len(members) == 0 {
		r.fail(w, s, &Respond{Status: Of("502", pool.Span), Label: "pool " + pool.Name + " has no members", Span: pool.Span})
		return
	}
	r.pick(w, s, to, pool, members)
}

// direct forwards to an authority that names no pool.
func (r *tracing) direct(w *walk, s *Forward, to Value) {
	if why := noAuthority(to.Text()); why != "" {
		r.fail(w, s, &Respond{Status: Of("500", to.Span), Label: "no upstream: " + why, Span: s.Span})
		return
	}
	if e := s.Settings[Resolvable]; e != nil && net.ParseIP(hostOf(to.Text())) == nil {
		can := e.eval(w.flight)
		if yes, ok := can.Bool(); ok && !yes {
			r.fail(w, s, &Respond{Status: Of("502", s.Span), Label: "the upstream's name cannot be resolved at run time", Reason: Unresolvable, Span: s.Span})
			if response := r.done[len(r.done)-1].Response; response != nil {
				response.Upstream = to
			}
			return
		}
	}
	r.deliver(w, s, &Delivery{Address: to, To: to})
}

// noAuthority says why a computed text is no host, or host and port.
func noAuthority(s string) string {
	if strings.HasPrefix(s, "unix:") {
		return ""
	}
	if hostOf(s) == "" {
		return "the name computed is empty"
	}
	_, port, err := net.SplitHostPort(s)
	n, bad := strconv.ParseUint(port, 10, 16)
	switch {
	case err == nil && (bad != nil || n == 0):
		return "the port computed is none"
	case err != nil && strings.Contains(s, ":") && net.ParseIP(strings.Trim(s, "[]")) == nil:
		return "what is computed is no host and port"
	}
	return ""
}

// fail answers for an upstream that cannot be reached. Edits of headers were meant for its answer. What a page of the gateway's own for
// that status answers is left open: it may send the request on, too, unless it is nothing but a page.
func (r *tracing) fail(w *walk, f *Forward, s *Respond) {
	w.response = nil
	if mode := f.Settings[Upgrade]; mode != nil && mode.eval(w.flight).text == Relay {
		s.Status = Of(hangsUp, s.Status.Span)
	}
	if e := f.Settings[FailurePage]; e != nil {
		page := e.eval(w.flight)
		words := strings.Fields(page.text)
		if slices.Contains(words, s.Status.text) {
			why := "what the error page answers that takes the place of status " + s.Status.text
			if s.Reason != Unresolvable || !strings.HasPrefix(words[len(words)-1], "/") {
				r.lose(w, why, page.Span)
				return
			}
			s.Status = UnknownOf(why, page.Span)
		}
	}
	r.respond(w, s)
}

// usable are the indexes of the members that get traffic while all are well.
func (p *Pool) usable() []int {
	var primary, backup []int
	for i := range p.Members {
		if p.Members[i].Backup {
			backup = append(backup, i)
		} else {
			primary = append(primary, i)
		}
	}
	if len(primary) == 0 {
		return backup
	}
	return primary
}

func (r *tracing) pick(w *walk, s *Forward, name Value, pool *Pool, members []int) {
	to := func(w *walk, i int, key Value) {
		m := &pool.Members[i]
		r.deliver(w, s, &Delivery{Address: m.Address, To: name, Pool: pool, Member: m, Key: key})
	}
	if len(members) == 1 {
		to(w, members[0], Value{})
		return
	}
	if pool.Pick.Key != nil {
		key := pool.Pick.Key.eval(w.flight).At(pool.Pick.Span)
		if key.IsUnknown() {
			r.lose(w, key.Why(), key.Span)
			return
		}
		if key.Text() != "" {
			to(w, members[pool.weighted(members, key.Text())], key)
			return
		}
	}
	if r.Choose != nil {
		to(w, members[r.Choose(pool)%len(members)], Value{})
		return
	}
	r.followAll(w, pool, members, to)
}

// followAll goes on with every member in a walk of its own.
func (r *tracing) followAll(w *walk, pool *Pool, members []int, to func(*walk, int, Value)) {
	if r.forks += len(members) - 1; r.forks >= maxPaths {
		r.lose(w, "too many pool members to follow every possibility", pool.Span)
		return
	}
	for _, i := range members {
		each := w.fork()
		each.path.Chosen = append(each.path.Chosen, Choice{pool, i})
		to(each, i, Value{})
		if !each.over {
			r.pending = append(r.pending, each)
		}
	}
	w.over = true
}

// weighted is the index that a key falls to. Which one is no product's own, but it is the same for equal keys.
func (p *Pool) weighted(members []int, key string) int {
	total := 0
	for _, i := range members {
		total += max(1, p.Members[i].Weight)
	}
	at := int(hashKey(key) % uint32(total))
	for n, i := range members {
		if at -= max(1, p.Members[i].Weight); at < 0 {
			return n
		}
	}
	return 0
}

func (r *tracing) deliver(w *walk, s *Forward, d *Delivery) {
	if d.Address.IsUnknown() {
		r.lose(w, d.Address.Why(), d.Address.Span)
		return
	}
	w.picked(d)
	d.fill(w, s)
	label := s.Label
	if label == "" {
		label = "forwards"
	}
	w.path.note(s.Span, label)
	if w.story != nil {
		d.Setting(SNI)
		w.because()
	}
	if !r.StayInside {
		next, why := w.gateway.Onward(d.Address.Text())
		switch {
		case why != "":
			r.lose(w, why, d.Address.Span)
			return
		case len(next) > 0:
			r.onward(w, d, next)
			return
		}
	}
	w.path.Delivery = d
	r.end(w)
}

// fill evaluates what is sent, now that the member is known.
func (d *Delivery) fill(w *walk, s *Forward) {
	d.Gateway = w.gateway
	d.Forward, d.Scheme, d.Method = s, s.Scheme.eval(w.flight).At(s.Span), w.method
	d.Address.text = withPort(d.Address.text, d.Scheme.Text())
	w.upstream = d.Address
	w.upstream.text = hostOf(d.Address.text)
	for _, step := range s.Then {
		w.change(step)
	}
	d.Target = s.Target.eval(w.flight).At(s.Span)
	w.because()
	w.trim()
	d.Headers, d.Response, d.dropped = w.headers, w.response, w.dropped
	d.sent = w.flight
}

// ListenerAt is the listener of this gateway that an address (host:port, or unix: and a path) belongs to; nil when there is none.
func (g *Gateway) ListenerAt(address string) *Listener {
	for _, l := range g.Listeners {
		if l.Address == address && strings.HasPrefix(address, "unix:") {
			return l
		}
	}
	if !strings.Contains(address, ":") {
		return nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil
	}
	ip := net.ParseIP(host)
	loopback, all := host == "localhost" || ip != nil && ip.IsLoopback(), "*"
	if ip != nil && ip.To4() == nil {
		all = "::" // sockets for all addresses of IPv4 take no others
	}
	var wildcard *Listener
	for _, l := range g.Listeners {
		switch {
		case strconv.Itoa(l.Port) != port:
		case l.Address == host:
			return l
		case l.Address == all && loopback:
			wildcard = l
		}
	}
	return wildcard
}

// onward goes on at a listener, or at each of several addresses of a gateway that a name may stand for, on a walk of its own.
func (r *tracing) onward(w *walk, d *Delivery, next []Door) {
	if r.forks += len(next) - 1; r.forks >= maxPaths {
		r.lose(w, "too much is unknown to follow every possibility", d.Address.Span)
		return
	}
	for _, to := range next[1:] {
		each := w.fork()
		each.assumeDoor(to)
		r.hop(each, d, to.Gateway, to.Listener)
		if !each.over {
			r.pending = append(r.pending, each)
		}
	}
	if len(next) > 1 {
		w.assumeDoor(next[0])
	}
	r.hop(w, d, next[0].Gateway, next[0].Listener)
}

func (w *walk) assumeDoor(to Door) {
	why := "which address of " + to.Gateway.Kind + " " + to.Gateway.Name + " the name of the upstream stands for"
	w.path.Assumed = append(w.path.Assumed, Assumption{Key: "listener " + to.Listener.Name, Holds: true, Why: why, Span: to.Listener.Span})
}

// hop goes on at another listener, of the same gateway or of another one of the estate.
func (r *tracing) hop(w *walk, d *Delivery, next *Gateway, l *Listener) {
	w.path.Via, w.path.hungUp = append(w.path.Via, d), false
	said := "comes in again at listener " + l.Name
	if next != w.gateway {
		said = "comes in at listener " + l.Name + " of " + next.Kind + " " + next.Name
	}
	w.path.note(l.Span, said)
	if len(w.path.Via) > maxHops {
		r.lose(w, "the request is forwarded in circles", l.Span)
		return
	}
	entry := l.Entry
	if plain := d.Scheme.Text() != "https"; l.TLS && plain && l.Plain != "" {
		entry = l.Plain
	} else if l.TLS == plain {
		w.path.hungUp = true
		r.fail(w, d.Forward, &Respond{Status: Of("502", d.Forward.Span), Label: d.Scheme.Text() + " to a listener that speaks otherwise", Span: l.Span})
		return
	}
	req, unknown := d.request()
	if unknown.IsUnknown() {
		r.lose(w, unknown.Why(), unknown.Span)
		return
	}
	if next != w.gateway {
		req.from = UnknownOf("the address from which "+w.gateway.Kind+" "+w.gateway.Name+" sends is not known", d.Forward.Span)
	}
	told := w.story
	w.flight, w.gateway = newFlight(l, req), next
	if told != nil {
		w.story = &story{kept: map[string][]Event{}}
	}
	w.rest = block(next, entry)
}

// request is the delivery as a request of its own; the first part of it that is unknown comes back instead.
func (d *Delivery) request() (*Request, Value) {
	req := &Request{Method: d.Method.text, Scheme: d.Scheme.text, Target: d.Target.text, SNI: d.Setting(SNI).text, ClientIP: "127.0.0.1"}
	if strings.HasPrefix(d.Address.text, "unix:") {
		req.ClientIP = "unix:"
	}
	if p := d.Setting(Protocol); p.IsSet() {
		req.Protocol = p.text
	}
	for _, v := range []Value{d.Method, d.Scheme, d.Target, d.Setting(SNI), d.Setting(Protocol)} {
		if v.IsUnknown() {
			return nil, v
		}
	}
	for _, h := range d.Headers {
		host := strings.EqualFold(h.Name, "Host") && req.Host == ""
		switch {
		case host && h.Value.IsUnknown():
			return nil, h.Value
		case host:
			req.Host = h.Value.text
			continue
		case h.Value.IsUnknown():
			req.unknown = append(req.unknown, h)
			continue
		}
		req.Header = append(req.Header, Field{h.Name, h.Value.text})
		switch n, ok := parseSize(h.Value.text); {
		case ok && strings.EqualFold(h.Name, "Content-Length"):
			req.BodySize = n
		case strings.EqualFold(h.Name, "Transfer-Encoding"): // passed on as it comes
			req.BodySize = d.sent.req.BodySize
		}
	}
	return req, Value{}
}

func hostOf(authority string) string {
	if host, _, err := net.SplitHostPort(authority); err == nil {
		return host
	}
	return strings.Trim(authority, "[]")
}

func withPort(authority, scheme string) string {
	if _, _, err := net.SplitHostPort(authority); err == nil || strings.HasPrefix(authority, "unix:") {
		return authority
	}
	port := "80"
	if scheme == "https" {
		port = "443"
	}
	return net.JoinHostPort(strings.Trim(authority, "[]"), port)
}

func lower(s string) string { return strings.ToLower(s) }
