package reports

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Trace is one request at one listener of a gateway, and the ways that it can go.
type Trace struct {
	Gateway  *routing.Gateway
	Listener *routing.Listener
	Paths    []routing.Path
	// Socket says that the request is a WebSocket handshake.
	Socket bool
	// Secrets are texts of the request that must not be shown, wherever they end up.
	Secrets []string
}

// WriteTraces renders traces step by step with their source lines, and what arrives in the end. A trace of another version of the
// product is left out where it says the same as the one before.
func WriteTraces(w io.Writer, traces []Trace, sources Sources, color bool) error {
	out := newPrinter(w, color)
	var last string
	for _, t := range traces {
		var body bytes.Buffer
		v := &traceText{newPrinter(&body, color), collect(spansOf(t), sources), t.Socket}
		for i := range t.Paths {
			v.way(&t.Paths[i], i, len(t.Paths))
		}
		if err := v.flush(); err != nil {
			return err
		}
		t.hide(&body)
		if text := t.Listener.Name + body.String(); text != last {
			last = text
			out.traceHead(t)
			_, _ = body.WriteTo(out.out) // bufio keeps the error for flush
		}
	}
	return out.flush()
}

// hide masks the secrets of the request: a configuration may put one where nothing around it tells what it is.
func (t Trace) hide(body *bytes.Buffer) {
	text := body.String()
	for _, s := range t.Secrets {
		if len(s) >= shortestSecret {
			text = strings.ReplaceAll(text, s, redactionMark)
		}
	}
	body.Reset()
	body.WriteString(text)
}

// shortestSecret keeps words that stand elsewhere, too, from being masked there.
const shortestSecret = 8

func (p *printer) traceHead(t Trace) {
	name := strings.TrimSpace(t.Gateway.Kind + " " + t.Gateway.Name)
	if t.Gateway.Version != "" {
		name += " as " + t.Gateway.Version
	}
	p.printf("%s\n", styled{bold, name + ", listener " + t.Listener.Name})
}

func spansOf(t Trace) []routing.Span {
	var out []routing.Span
	for i := range t.Paths {
		for _, e := range t.Paths[i].Events() {
			out = append(out, e.Span)
		}
	}
	return out
}

type traceText struct {
	*printer
	excerpts map[routing.Span]Excerpt
	socket   bool
}

// safe is a text from outside without secrets; printf makes it fit for a terminal.
func safe(v fmt.Stringer) string { return Redact(v.String()) }

func (t *traceText) way(p *routing.Path, i, of int) {
	if of > 1 {
		t.printf("\n%s\n", styled{bold, fmt.Sprintf("way %d of %d", i+1, of)})
	}
	for _, a := range p.Assumed {
		answer := "yes"
		if !a.Holds {
			answer = "no"
		}
		t.printf("  assuming that the answer is %s: %s%s\n", answer, Redact(a.Why), inParentheses(a.Span.String()))
	}
	for _, c := range p.Chosen {
		t.printf("  picking %s, as happens to some requests\n", chosen(c))
	}
	t.steps(p.Events())
	for _, d := range p.Via {
		t.printf("\n%s %s%s\n", styled{cyan, "passes through"}, safe(d.Address), styled{faint, whatDiffers(p)})
		t.leg(d, p.Delivery)
	}
	t.ending(p)
	for _, l := range p.Logged {
		t.printf("  logs to %s: %s%s\n", l.Sink, safe(l.Line), inParentheses(l.Span.String()))
	}
	t.printf("\n")
}

// chosen names what a pick led to.
func chosen(c routing.Choice) string {
	member := safe(c.Pool.Members[c.Member].Address)
	if c.Pool.Pick.How == "" {
		return member + " of pool " + c.Pool.Name
	}
	return member + " of " + c.Pool.Name + " (" + c.Pool.Pick.How + ")"
}

// steps tells each step; a source line that several steps share is shown once.
func (t *traceText) steps(events []routing.Event) {
	shown := ""
	for i := 0; i < len(events); i++ {
		if length, times := round(events, i); times > 1 {
			t.printf("  %s the same %d steps come round %d times more\n", styled{cyan, " "}, length, times)
			i += length*times - 1
			continue
		}
		e := events[i]
		mark := " "
		if e.Decision {
			mark = ">"
		}
		t.printf("  %s %s%s\n", styled{cyan, mark}, Redact(e.Text), styled{faint, inParentheses(e.Span.String())})
		line := fmt.Sprint(e.Span.File, e.Span.Line)
		if excerpt, ok := t.excerpts[e.Span]; ok && line != shown {
			t.printf("%8d %s %s\n", e.Span.Line, styled{faint, "|"}, strings.TrimSpace(excerpt.Text))
			shown = line
		}
	}
}

// longestRound bounds how many steps a round of a cycle may have to be recognized.
const longestRound = 12

// round tells whether the steps from i on repeat those before it: how many steps make a round, and how often it comes again.
func round(events []routing.Event, i int) (length, times int) {
	for length = 2; length <= min(longestRound, i); length++ {
		first := events[i-length : i]
		for times = 0; i+(times+1)*length <= len(events) && slices.Equal(events[i+times*length:i+(times+1)*length], first); {
			times++
		}
		if times > 1 {
			return length, times
		}
	}
	return 0, 0
}

func (t *traceText) ending(p *routing.Path) {
	switch {
	case p.Delivery != nil:
		t.printf("\n%s %s\n", styled{green, "arrives at"}, safe(p.Delivery.Address))
		t.delivery(p.Delivery)
	case p.Response != nil:
		t.printf("\n%s %s\n", styled{yellow, "is answered by the gateway:"}, strings.TrimSpace(safe(p.Response.Status)+" "+Redact(p.Response.Label)))
		t.row("Location", p.Response.Location)
		t.edits(p.Response.Headers)
	default:
		t.printf("\n%s %s%s\n", styled{red, "ends where reading cannot follow:"}, Redact(p.Unknown.Why()), inParentheses(p.Unknown.Span.String()))
	}
}

func (t *traceText) delivery(d *routing.Delivery) {
	t.pool(d)
	for _, r := range rowsOf(d, t.socket) {
		t.property(r)
	}
	t.edits(d.Response)
}

func (t *traceText) pool(d *routing.Delivery) {
	if d.Pool == nil {
		return
	}
	how := d.Pool.Pick.How
	if len(d.Pool.Members) < 2 {
		how = "" // there is no choice
	}
	t.printf("  %s%s%s\n", pad("pool", idWidth), d.Pool.Name, inParentheses(strings.TrimSpace(how)))
}

// whatDiffers heads a leg of the way: what is the same at its end stands there.
func whatDiffers(p *routing.Path) string {
	if p.Delivery == nil {
		return ""
	}
	return ", where this differs from what arrives"
}

// leg is a delivery on the way: what is the same in the end is left out.
func (t *traceText) leg(d, end *routing.Delivery) {
	t.pool(d)
	same := map[string]bool{}
	if end != nil {
		for _, r := range rowsOf(end, t.socket) {
			same[r.name+" "+r.String()] = true
		}
	}
	for _, r := range rowsOf(d, t.socket) {
		if !same[r.name+" "+r.String()] {
			t.property(r)
		}
	}
}

// edits are the headers of the answer that the gateway changes.
func (t *traceText) edits(list []routing.HeaderEdit) {
	for _, e := range list {
		if e.Value.IsSet() {
			t.row("answer "+e.Name+":", e.Value)
		} else {
			t.printf("  %sremoved\n", pad("answer "+e.Name+":", idWidth))
		}
	}
}

// row is one property of what arrives, with the place that decides it.
func (t *traceText) row(name string, v routing.Value) { t.property(property{name: name, value: v}) }

func (t *traceText) property(r property) {
	if !r.value.IsSet() {
		return
	}
	t.printf("  %s%s%s\n", pad(r.name, idWidth), safe(r), styled{faint, inParentheses(r.value.Span.String())})
	for _, n := range r.value.Related {
		t.printf("  %s%s%s\n", pad("", idWidth), placeOf(n.Span), Redact(n.Text))
	}
}
