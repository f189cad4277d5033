package nginx

import (
	"strconv"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// isChunked holds for requests whose bodies come in chunks.
var isChunked = routing.Equal{Of: routing.ReadOriginal(routing.InHeader, "Transfer-Encoding"), To: routing.Text("chunked"), Fold: true}

// contentLength is $content_length: of chunks it is known once they were read, which is when the body is needed.
var contentLength = routing.Choose{Arms: []routing.ChooseArm{
	{When: isChunked, To: unknown("whether the chunks of the body were read before $content_length is", routing.Span{})},
	{When: routing.Always{}, To: routing.ReadOriginal(routing.InHeader, "Content-Length")},
}}

// framed refuses requests that do not say clearly how long their bodies are (ngx_http_process_request_header).
func (w *lowering) framed(e *env) []routing.Arm {
	at := e.scope.head.Span()
	coding, length := routing.ReadOriginal(routing.InHeader, "Transfer-Encoding"), routing.ReadOriginal(routing.InHeader, "Content-Length")
	coded := routing.Not{Cond: equals(coding, "")}
	wrong := func(s string) bool { return s != "" && !isDigits(s) }
	arm := func(when routing.Cond, status int, label string) routing.Arm {
		return routing.Arm{When: when, Do: w.answer(e, status, at, label), Span: at}
	}
	return []routing.Arm{
		arm(holds("length", wrong, length), 400, "a Content-Length that is no number"),
		arm(routing.All{coded, equals(routing.ReadOriginal(routing.InProtocol, ""), "HTTP/1.0")}, 400, "Transfer-Encoding in HTTP/1.0"),
		arm(routing.All{isChunked, routing.Not{Cond: equals(length, "")}}, 400, "both Content-Length and Transfer-Encoding"),
		arm(routing.All{coded, routing.Not{Cond: isChunked}}, 501, "a Transfer-Encoding that NGINX does not know"),
	}
}

// framing is how the length of the body is told to the upstream: NGINX gathers chunks, unless proxy_request_buffering is off
// (ngx_http_proxy_create_request).
func (w *lowering) framing(e *env) []routing.Step {
	at := e.scope.head.Span()
	length := header{"Content-Length", routing.ReadOriginal(routing.InBodySize, ""), at}
	do := []routing.Step{setHeader(length)}
	if on := w.flag(e.scope, "proxy_request_buffering", true); !isOn(on) {
		length.to = unknown("whether the body had come whole before it was sent on", on.Span)
		do = []routing.Step{setHeader(length), setHeader(header{"Transfer-Encoding", length.to, at})}
	}
	steps := []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: isChunked, Do: do}}}}
	if d := w.one(e.scope, "proxy_set_body"); !d.IsZero() {
		size := routing.Call{Name: "length", Fn: func(a ...string) string { return strconv.Itoa(len(a[0])) }, Args: []routing.Expr{w.value(d, 1, e)}, Span: d.Span()}
		steps = append(steps, setHeader(header{"Content-Length", size, d.Span()}), removeHeader("Transfer-Encoding", d.Span()))
	}
	return steps
}

// chunkLimit answers 413 to chunks that exceed client_max_body_size: they are counted when the body is read, which is when it is
// passed on.
func (w *lowering) chunkLimit(e *env) []routing.Step {
	size, d := w.bodySize(e)
	if size == 0 {
		return nil
	}
	at := d.Span()
	over := routing.All{isChunked, routing.Over{Of: routing.ReadOriginal(routing.InBodySize, ""), Max: size}}
	do := w.answer(e, 413, at, "the body is larger than client_max_body_size ("+strconv.FormatInt(size, 10)+")")
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: over, Do: do, Label: "client_max_body_size", Span: at}}}}
}

// otherBody leaves open what comes of a body that is not the client's own.
func (w *lowering) otherBody(e *env) []routing.Step {
	var steps []routing.Step
	has := routing.Over{Of: routing.ReadOriginal(routing.InBodySize, ""), Max: 0}
	if d := w.one(e.scope, "proxy_set_body"); !d.IsZero() {
		at := d.Span()
		opaque := &routing.Opaque{Why: "what the upstream answers to another body than the client's", Span: at}
		return append(steps, &routing.Match{Span: at, Arms: []routing.Arm{{When: has, Do: []routing.Step{opaque}, Label: title(d), Span: at}}})
	}
	if d := w.one(e.scope, "proxy_pass_request_body"); !d.IsZero() && d.Value(1) != "on" {
		at := d.Span()
		status := routing.UnknownOf("what the upstream answers to another body than the client's", at)
		steps = append(steps, &routing.Match{Span: at, Arms: []routing.Arm{{
			When: has, Label: title(d), Span: at,
			Do: []routing.Step{&routing.Respond{Status: status, Label: "the body of the request does not reach the upstream", Span: at}},
		}}})
	}
	return steps
}
