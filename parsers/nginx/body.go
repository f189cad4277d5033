package nginx

import (
	"slices"
	"strconv"
	"strings"

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
	for _, d := range w.list(e.scope, "proxy_set_header") {
		if lower(d.Value(1)) == "transfer-encoding" {
			opaque := &routing.Opaque{Why: "what the upstream makes of a body that is not sent as " + title(d) + " says", Span: d.Span()}
			when := routing.Not{Cond: equals(w.value(d, 2, e), "")}
			steps = append(steps, &routing.Match{Span: d.Span(), Arms: []routing.Arm{{When: when, Do: []routing.Step{opaque}, Label: title(d), Span: d.Span()}}})
		}
	}
	if d, stated := w.statedLength(e); stated != nil {
		why := "what the upstream makes of a Content-Length where there is no body"
		opaque := &routing.Opaque{Why: why, Span: d.Span()}
		when := routing.All{routing.Not{Cond: has}, routing.Not{Cond: isChunked}, routing.Not{Cond: equals(stated, "")}, routing.Not{Cond: equals(stated, "0")}}
		steps = append(steps, &routing.Match{Span: d.Span(), Arms: []routing.Arm{{When: when, Do: []routing.Step{opaque}, Label: title(d), Span: d.Span()}}})
	}
	return steps
}

// statedLength is the length of the body that proxy_set_header states; nil where NGINX does.
func (w *lowering) statedLength(e *env) (Directive, routing.Expr) {
	for _, d := range slices.Backward(w.list(e.scope, "proxy_set_header")) {
		if lower(d.Value(1)) == "content-length" && d.Value(2) != "$content_length" && d.Value(2) != "$http_content_length" {
			return d, w.value(d, 2, e)
		}
	}
	return Directive{}, nil
}

// lostBody says so where another length than the body's is stated: the upstream then reads less of it, or waits for more.
func (w *lowering) lostBody(e *env) routing.Expr {
	d, stated := w.statedLength(e)
	if stated == nil {
		return nil
	}
	size := routing.ReadOriginal(routing.InBodySize, "")
	wrong := routing.All{routing.Over{Of: size, Max: 0}, routing.Not{Cond: isChunked}, routing.Not{Cond: routing.Equal{Of: stated, To: size}}}
	return routing.Choose{Arms: []routing.ChooseArm{{When: wrong, To: routing.Lit{Value: routing.Of("a request whose length is stated by "+strings.TrimSpace(title(d)), d.Span())}}}}
}
