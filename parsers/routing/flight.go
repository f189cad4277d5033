package routing

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// HeaderValue is one header field of a request in flight.
type HeaderValue struct {
	Name  string
	Value Value
}

// flight is a request on its way through a gateway's program.
type flight struct {
	listener *Listener
	req      *Request
	asked    asked
	method   Value
	path     Value
	query    Value
	headers  []HeaderValue
	dropped  []HeaderValue // the settings that left a header without a value
	response []HeaderEdit
	vars     map[string]*Value
	captures map[string]string
	upstream Value  // name of the picked member
	line     string // the request line, once it was asked for
	jumps    int
	shared   bool   // headers and vars are those of a fork too
	story    *story // nil unless somebody wants the reasons too
}

// HeaderEdit is what the gateway does to a header of the answer.
type HeaderEdit struct {
	Name  string
	Value Value // unset: the header is removed
	Add   bool  // beside what the upstream sends, instead of replacing it
	Span  Span
}

// spareHeaders is room for headers that a gateway usually adds.
const spareHeaders = 4

func newFlight(l *Listener, req *Request) *flight {
	f := &flight{listener: l, req: req, vars: map[string]*Value{}}
	f.method = Of(req.Method, Span{})
	f.asked = askedBy(req)
	f.path, f.query = Of(req.Path(), Span{}), Of(req.Query(), Span{})
	f.headers = make([]HeaderValue, 0, len(req.Header)+spareHeaders)
	f.headers = append(f.headers, HeaderValue{"Host", Of(req.Authority(), Span{})}) // RFC 9112 3.2.2
	for _, h := range req.Header {
		f.headers = append(f.headers, HeaderValue{h.Name, Of(h.Value, Span{})})
	}
	f.headers = append(f.headers, req.unknown...)
	return f
}

// fork is the same request on a way of its own. Most ways end soon: what is large is shared until one of them changes it.
func (f *flight) fork() *flight {
	f.shared = true
	f.dropped, f.response = slices.Clip(f.dropped), slices.Clip(f.response)
	c := *f
	c.story = f.story.fork()
	return &c
}

// own makes headers and vars those of this flight alone, so that they can be changed.
func (f *flight) own() {
	if !f.shared {
		return
	}
	f.vars, f.shared = maps.Clone(f.vars), false
	f.headers = append(make([]HeaderValue, 0, len(f.headers)+spareHeaders), f.headers...)
}

func (f *flight) variable(name string) Value {
	if v := f.vars[name]; v != nil {
		return *v
	}
	return Value{}
}

func (f *flight) setVariable(name string, v Value) {
	f.own()
	f.vars[name] = &v
}

func (f *flight) read(p Place) Value {
	switch p.Kind {
	case InVar:
		return f.variable(p.Name)
	case InMethod:
		return f.method
	case InPath:
		return f.path
	case InQuery:
		return f.query
	case InArgument:
		return f.argument(p.Name)
	case InHeader:
		return f.header(p.Name)
	case InTarget:
		return f.target()
	case InHost:
		return hostName(f.header("Host"))
	case InCapture:
		return f.captured(p.Name)
	default:
		return f.original(p)
	}
}

func (f *flight) original(p Place) Value {
	known := func(s string) Value { return Of(s, Span{}) }
	switch p.Kind {
	case InMethod:
		return known(f.req.Method)
	case InPath:
		return known(f.asked.path)
	case InQuery:
		return known(f.asked.query)
	case InTarget:
		return known(f.req.Origin())
	case InHost:
		return known(f.asked.host)
	case InScheme:
		return known(f.req.Scheme)
	case InPort:
		if strings.HasPrefix(f.listener.Address, "unix:") {
			return known("")
		}
		return known(strconv.Itoa(f.listener.Port))
	case InSNI:
		return known(f.req.SNI)
	case InProtocol:
		return known(f.req.protocol())
	case InClientIP:
		if f.req.from.IsUnknown() {
			return f.req.from
		}
		return known(f.req.ClientIP)
	case InRequestLine:
		return known(f.requestLine())
	case InHeaders:
		return known(f.req.longestHeader())
	case InBodySize:
		return known(strconv.FormatInt(f.req.BodySize, 10))
	case InArgument:
		return found(Argument(f.asked.query, p.Name, true))
	case InHeader:
		return f.originalHeader(p.Name)
	case InHeaderLines:
		return f.headerLines(p.Name)
	case InCookie:
		return f.cookie(p.Name)
	case InUpstreamHost:
		return f.upstream
	case InVar, InCapture:
		return f.read(p)
	case InResponseHeader: // the answer does not exist yet
	}
	return Value{}
}

func found(s string, ok bool) Value {
	if !ok {
		return Value{}
	}
	return Of(s, Span{})
}

func (f *flight) argument(name string) Value {
	if f.query.IsUnknown() {
		return f.query
	}
	return found(Argument(f.query.text, name, true))
}

func (f *flight) header(name string) Value {
	for _, h := range f.headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return Value{}
}

func (f *flight) originalHeader(name string) Value {
	if strings.EqualFold(name, "Host") {
		return Of(f.req.Host, Span{})
	}
	for _, h := range f.req.unknown {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return found(f.req.Get(name))
}

// headerLines are the fields of a name as the one that they stand for (RFC 9110 5.3, and RFC 9113 8.2.3 for Cookie).
func (f *flight) headerLines(name string) Value {
	var all []string
	if strings.EqualFold(name, "Host") && f.req.Host != "" {
		all = append(all, f.req.Host)
	}
	for _, h := range f.req.unknown {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	for _, h := range f.req.Header {
		if strings.EqualFold(h.Name, name) {
			all = append(all, h.Value)
		}
	}
	separator := ", "
	if strings.EqualFold(name, "Cookie") {
		separator = "; "
	}
	return found(strings.Join(all, separator), len(all) > 0)
}

func (f *flight) target() Value {
	if f.path.IsUnknown() {
		return f.path
	}
	if f.query.IsUnknown() {
		return f.query
	}
	v := f.path
	if !f.query.Span.IsZero() {
		v = v.With(f.query.Span, "the query is set here").At(f.query.Span)
	}
	if f.query.text != "" {
		v.text += "?" + f.query.text
	}
	return v
}

func (f *flight) cookie(name string) Value {
	all, _ := f.req.Get("Cookie")
	for pair := range strings.SplitSeq(all, ";") {
		if k, v, _ := strings.Cut(strings.TrimSpace(pair), "="); k == name {
			return Of(v, Span{})
		}
	}
	return Value{}
}

func (f *flight) captured(name string) Value {
	s, ok := f.captures[name]
	return found(s, ok)
}

// capture tries a pattern and keeps its groups; those of the last match stay when it fails.
func (f *flight) capture(p *Pattern, s string) bool {
	groups := p.match(s)
	if groups == nil {
		return false
	}
	f.captures = groups
	return true
}

func hostName(v Value) Value {
	if v.state == Known {
		v.text = HostName(v.text)
	}
	return v
}

func (r *Request) protocol() string {
	if r.Protocol == "" {
		return "HTTP/1.1"
	}
	return r.Protocol
}

// requestLine is made once: products look at it more often than that.
func (f *flight) requestLine() string {
	if f.line == "" {
		f.line = f.req.Method + " " + f.req.Target + " " + f.req.protocol()
	}
	return f.line
}

func (r *Request) longestHeader() string {
	longest := Field{"Host", r.Host}
	for _, h := range r.Header {
		if len(h.Name)+len(h.Value) > len(longest.Name)+len(longest.Value) {
			longest = h
		}
	}
	return longest.Name + ": " + longest.Value
}

func parseSize(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// assign carries out Set.
func (f *flight) assign(p Place, v Value) {
	switch p.Kind {
	case InVar:
		f.setVariable(p.Name, v)
	case InMethod:
		f.method = v
	case InPath:
		f.path = v
	case InQuery:
		f.query = v
	case InArgument:
		f.query = withArgument(f.query, p.Name, v)
	case InHeader:
		f.setHeader(p.Name, v)
	case InResponseHeader:
		f.response = append(f.response, HeaderEdit{Name: p.Name, Value: v, Span: v.Span})
	default: // the rest is read only
	}
}

// setHeader replaces the first field of that name where it stands and drops the others; empty and unset values remove it.
func (f *flight) setHeader(name string, v Value) {
	if name == AllHeaders {
		f.headers = nil
		return
	}
	f.own()
	placed := v.state != Unknown && v.text == ""
	if placed {
		f.dropped = append(f.dropped, HeaderValue{name, v}) // forks share none of it
	}
	kept := f.headers[:0] // in place: nobody else has this list, and a delivery takes it over
	for _, h := range f.headers {
		if !strings.EqualFold(h.Name, name) {
			kept = append(kept, h)
			continue
		}
		if !placed {
			kept, placed = append(kept, HeaderValue{name, v}), true
		}
	}
	if !placed {
		kept = append(kept, HeaderValue{name, v})
	}
	f.headers = kept
}

// trim leaves out what stands around the values of headers: white space there is no part of them (RFC 9110 section 5.5).
func (f *flight) trim() {
	for i, h := range f.headers {
		if text := strings.Trim(h.Value.text, " \t"); text != h.Value.text {
			f.own()
			f.headers[i].Value.text = text
		}
	}
}

// removeHeaders takes the headers away whose names a function picks.
func (f *flight) removeHeaders(only func(name string) bool) {
	f.own()
	f.headers = slices.DeleteFunc(f.headers, func(h HeaderValue) bool { return only(h.Name) })
}

// add carries out Add.
func (f *flight) add(p Place, v Value) {
	switch p.Kind {
	case InHeader:
		f.own()
		f.headers = append(f.headers, HeaderValue{p.Name, v})
	case InResponseHeader:
		f.response = append(f.response, HeaderEdit{Name: p.Name, Value: v, Add: true, Span: v.Span})
	default:
		f.assign(p, v)
	}
}

// withArgument is a query with one argument set, or removed where the value is unset.
func withArgument(query Value, name string, v Value) Value {
	if query.IsUnknown() {
		return query
	}
	if v.IsUnknown() {
		return v
	}
	var kept []string
	for pair := range strings.SplitSeq(query.text, "&") {
		if key, _, _ := strings.Cut(pair, "="); pair != "" && key != name {
			kept = append(kept, pair)
		}
	}
	if v.IsSet() {
		kept = append(kept, name+"="+v.text)
	}
	return Of(strings.Join(kept, "&"), v.Span)
}
