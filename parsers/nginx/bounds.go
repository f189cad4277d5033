package nginx

import (
	"slices"
	"strconv"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Defaults of NGINX src/http/ngx_http_core_module.c.
const (
	defaultLargeBuffer = 8 << 10
	defaultFirstBuffer = 1 << 10
	defaultBodySize    = 1 << 20
)

// lineLimit answers 414 to a request line that does not fit into one buffer. Which server a request is for is not known yet.
func (w *lowering) lineLimit(v *virtual) []routing.Step {
	usual := w.lineSize(v.preferred)
	otherwise := w.answersInItsWay(v)
	return v.byHandshake(func(s *server) bool { return w.lineSize(s) != usual || otherwise(s) }, func(s *server) []routing.Step {
		_, at, ok := w.largeBuffer(s)
		if !ok {
			return nil
		}
		e := beforeLine(s)
		e.lineless = true
		return w.limitStep(e, 414, "the request line is longer than large_client_header_buffers allow", at, w.longerLine(routing.InRequestLine, w.lineSize(s)))
	})
}

// lineSize is how long a request line may be: it is read into the first buffer as long as it fits there.
func (w *lowering) lineSize(s *server) int64 {
	large, _, _ := w.largeBuffer(s)
	return max(large, w.firstBuffer(s))
}

// headerLimit answers 400 to a header line that does not fit into one buffer of the server that was chosen. Where the first buffer is
// the larger one, it depends on what else is in it.
func (w *lowering) headerLimit(s *server) []routing.Step {
	large, at, ok := w.largeBuffer(s)
	if !ok {
		return nil
	}
	if pool := w.poolSize(s); large < pool {
		w.refuse(w.one(s.scope, "large_client_header_buffers"), `the "large_client_header_buffers" size must be equal to or greater than "connection_pool_size"`)
	}
	e := &env{server: s, scope: s.scope, headless: true}
	const label = "a header is longer than large_client_header_buffers allow"
	first := w.firstBuffer(s)
	if first <= large {
		return w.limitStep(e, tooLargeHeader, label, at, w.longerLine(routing.InHeaders, large))
	}
	fits := routing.Given{Value: routing.UnknownOf("does a long header fit into what is left of the first buffer", at)}
	return append(w.limitStep(e, tooLargeHeader, label, at, w.longerLine(routing.InHeaders, first)),
		w.limitStep(e, tooLargeHeader, label, at, routing.All{w.longerLine(routing.InHeaders, large), routing.Not{Cond: fits}})...)
}

// longerLine holds for lines that fill more than a buffer: CR and LF end them.
func (w *lowering) longerLine(kind routing.PlaceKind, buffer int64) routing.Cond {
	longest := int(buffer) - 2
	if w.shortest == 0 || longest < w.shortest {
		w.shortest = longest
	}
	return routing.Longer{Of: routing.ReadOriginal(kind, ""), Max: longest}
}

// tooLargeHeader is the status that error_page knows a header by that is too long; 400 is answered (NGX_HTTP_REQUEST_HEADER_TOO_LARGE).
const tooLargeHeader = 494

// limitStep refuses a request, and logs it as the server does.
func (w *lowering) limitStep(e *env, status int, label string, at routing.Span, when routing.Cond) []routing.Step {
	do := w.refuses(e, status, at, label)
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: when, Do: do, Label: "large_client_header_buffers", Span: at}}}}
}

// largeBuffer is the size of one of the large_client_header_buffers; ok is false when it cannot be read, which NGINX refuses.
func (w *lowering) largeBuffer(s *server) (size int64, at routing.Span, ok bool) {
	d := w.one(s.scope, "large_client_header_buffers")
	if d.IsZero() {
		return defaultLargeBuffer, routing.Span{}, true
	}
	size, ok = parseSize(d.Value(2))
	return size, d.Span(), ok
}

// poolSize is connection_pool_size, of 512 bytes where pointers have 64 bits.
func (w *lowering) poolSize(s *server) int64 {
	if n, ok := parseSize(w.one(s.scope, "connection_pool_size").Value(1)); ok {
		return n
	}
	return 64 * 8
}

func (w *lowering) firstBuffer(s *server) int64 {
	if d := w.one(s.scope, "client_header_buffer_size"); !d.IsZero() {
		if n, ok := parseSize(d.Value(1)); ok {
			return n
		}
	}
	return defaultFirstBuffer
}

// bodyLimit answers 413 to a body that is larger than client_max_body_size.
func (w *lowering) bodyLimit(e *env) []routing.Step {
	size, d := w.bodySize(e)
	if size == 0 {
		return nil
	}
	at := d.Span()
	too := w.tooLong(d, size)
	do := append(slices.Clone(too.do), w.answer(e, 413, at, too.label)...)
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: too.when, Do: do, Label: "client_max_body_size", Span: at}}}}
}

// bodySize is client_max_body_size; 0 switches the check off.
func (w *lowering) bodySize(e *env) (int64, Directive) {
	d := w.one(e.scope, "client_max_body_size")
	if d.IsZero() {
		return defaultBodySize, d
	}
	n, _ := parseSize(d.Value(1)) // 0 where it cannot be read
	return n, d
}

// longBody is what all locations under one client_max_body_size have in common.
type longBody struct {
	when  routing.Cond
	do    []routing.Step
	label string
}

func (w *lowering) tooLong(d Directive, size int64) longBody {
	if known, ok := w.longBodies[d]; ok {
		return known
	}
	at := d.Span()
	over := routing.Over{Of: routing.ReadOriginal(routing.InBodySize, ""), Max: size}
	rest := header{"Content-Length", unknown("how much is left of a body that was thrown away", at), at}
	too := longBody{
		when:  routing.All{over, routing.Not{Cond: isChunked}, equals(readVar(discardedVar), "")},
		do:    []routing.Step{setVar(discardedVar, "1", at), setHeader(rest)},
		label: "the body is larger than client_max_body_size (" + strconv.FormatInt(size, 10) + ")",
	}
	w.longBodies[d] = too
	return too
}
