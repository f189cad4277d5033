package nginx

import (
	"strconv"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Defaults of NGINX src/http/ngx_http_core_module.c.
const (
	defaultLargeBuffer = 8 << 10
	defaultFirstBuffer = 1 << 10
	defaultBodySize    = 1 << 20
)

// lineLimit answers 414 to a request line that does not fit into one buffer. The default server of the socket says how large that
// is: which server a request is for is not known yet.
func (w *lowering) lineLimit(s *server) []routing.Step {
	return w.bufferLimit(s, "414", routing.ReadOriginal(routing.InRequestLine, ""), "the request line is longer than large_client_header_buffers allow")
}

// headerLimit answers 400 to a header line that does not fit into one buffer of the server that was chosen.
func (w *lowering) headerLimit(s *server) []routing.Step {
	return w.bufferLimit(s, "400", routing.ReadOriginal(routing.InHeaders, ""), "a header is longer than large_client_header_buffers allow")
}

func (w *lowering) bufferLimit(s *server, status string, of routing.Expr, label string) []routing.Step {
	d := w.one(s.scope, "large_client_header_buffers")
	size := int64(defaultLargeBuffer)
	at := d.Span()
	if !d.IsZero() {
		n, ok := parseSize(d.Value(2))
		if !ok {
			return nil // the check of the directive says so
		}
		size = n
	}
	// Lines are read into the first buffer as long as they fit there; each ends with CR and LF.
	longest := max(size, w.firstBuffer(s)) - 2
	respond := &routing.Respond{Status: routing.Of(status, at), Label: label, Span: at}
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{
		When: routing.Longer{Of: of, Max: int(longest)}, Do: []routing.Step{respond}, Label: "large_client_header_buffers", Span: at,
	}}}}
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
	d := w.one(e.scope, "client_max_body_size")
	size := int64(defaultBodySize)
	if !d.IsZero() {
		n, ok := parseSize(d.Value(1))
		if !ok || n == 0 {
			return nil // 0 switches the check off
		}
		size = n
	}
	at := d.Span()
	when := routing.Over{Of: routing.ReadOriginal(routing.InBodySize, ""), Max: size}
	do := w.answer(e, 413, at, "the body is larger than client_max_body_size ("+strconv.FormatInt(size, 10)+")")
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: when, Do: do, Label: "client_max_body_size", Span: at}}}}
}
