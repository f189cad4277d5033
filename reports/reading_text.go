package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// mostRows bounds what plain text shows of one list; JSON has all of it.
const mostRows = 100

// WriteText renders a reading as plain text.
func (r *Reading) WriteText(w io.Writer) error {
	t := &readingText{newPrinter(w, false)}
	t.printf("inputs\n")
	rows(t, r.shape.Inputs, t.input)
	rows(t, r.shape.Skipped, func(s readSkip) { t.line("  ", s.Name, "not looked at: "+s.Why) })
	for i := range r.shape.Gateways {
		t.printf("\n")
		t.gateway(&r.shape.Gateways[i])
	}
	if len(r.shape.Services) > 0 {
		t.printf("\nservices\n")
	}
	rows(t, r.shape.Services, func(s readService) { t.printf("  %s%s\n", s.Host, parenthesized(s.Place)) })
	if len(r.shape.Problems) > 0 {
		t.printf("\nwhat could not be read, or not as a whole\n")
	}
	rows(t, r.shape.Problems, func(p jsonProblem) { t.problem("  ", p) })
	return t.flush()
}

type readingText struct{ *printer }

// rows shows the first items of a list.
func rows[A any](t *readingText, list []A, show func(A)) {
	for _, item := range list[:min(len(list), mostRows)] {
		show(item)
	}
	if more := len(list) - mostRows; more > 0 {
		t.printf("  … and %s more, which --report json has\n", fmt.Sprint(more))
	}
}

// line writes one line: a place at its end can be clicked or searched for, which it could not be when broken.
func (t *readingText) line(indent, label, text string) {
	t.printf("%s%s %s\n", indent, styled{cyan, label}, text)
}

func parenthesized(p jsonPlace) string { return inParentheses(routing.Span(p).String()) }

func (t *readingText) input(in readInputShape) {
	what := "not read: it is of no format that is known here"
	if in.Format != "" {
		what = in.Format + inParentheses(in.Form) + ", " + count(in.Gateways, "gateway")
	}
	t.line("  ", in.Name, strings.TrimSuffix(what+", "+in.Note, ", "))
	rows(t, in.Files, func(name string) { t.printf("    read along  %s\n", name) })
	rows(t, in.Items, t.item)
}

func (t *readingText) item(i readItem) {
	what := i.Name
	if i.Value != nil {
		what += " = " + i.Value.words()
	}
	if i.Detail != "" {
		what += ": " + i.Detail
	}
	t.line("    ", i.Kind, what+parenthesized(i.Place))
	if i.Value != nil {
		t.notes(i.Value.From)
	}
	t.notes(i.From)
}

// words are the value, in quotes where it is empty, or why it is not known.
func (v *readValue) words() string {
	switch {
	case v.Unknown != "":
		return "unknown: " + v.Unknown
	case v.Text == "":
		return `""`
	}
	return v.Text
}

// notes tell what had a part in a value.
func (t *readingText) notes(list []jsonNote) {
	for _, n := range list {
		t.printf("      from %s%s\n", n.Text, parenthesized(n.Place))
	}
}

func (t *readingText) problem(indent string, p jsonProblem) {
	t.line(indent, problemWords[p.Kind]+":", placeOf(routing.Span(p.Place))+p.Message)
	if p.Fix != "" {
		t.line(indent+"  ", "fix:", p.Fix)
	}
}

// problemWords say what a kind of problem means for what was understood.
var problemWords = map[string]string{
	problemKinds[routing.Refused]: "refused", problemKinds[routing.Truncated]: "partial", problemKinds[routing.NotWhole]: "not whole", problemKinds[routing.Unread]: "not read",
}

func (t *readingText) gateway(g *readGatewayShape) {
	t.printf("%s%s\n", strings.TrimSpace(g.Kind+" "+g.Name), parenthesized(g.Place))
	if g.Version != "" {
		t.line("  ", "version", g.Version)
	}
	rows(t, g.Listeners, t.listener)
	rows(t, g.Pools, func(p readPool) { t.line("  ", "pool", p.Name+": "+orNone(p.Members)+parenthesized(p.Place)) })
	rows(t, g.Uses, t.use)
	if len(g.Endpoints) == 0 {
		t.line("  ", "client endpoint", "none: no route leads to a service")
	}
	rows(t, g.Endpoints, func(e readEndpoint) {
		t.line("  ", "client endpoint", e.URL+" → "+orNone(e.Services)+inParentheses(e.Source))
	})
	rows(t, g.Unknown, func(m jsonMissing) { t.line("  ", "unknown, if it comes to it:", m.Why+parenthesized(m.Place)) })
	rows(t, g.Problems, func(p jsonProblem) { t.problem("  ", p) })
	rows(t, g.Notes, func(n jsonNote) { t.line("  ", "note", placeOf(routing.Span(n.Place))+n.Text) })
}

func (t *readingText) listener(l readListener) {
	protocol := "HTTP"
	if l.TLS {
		protocol = "HTTPS"
	}
	hosts := "any host"
	if len(l.Hosts) > 0 {
		hosts = firstOf(l.Hosts)
	}
	t.line("  ", "listener", l.Name+": "+protocol+" for "+hosts+parenthesized(l.Place))
}

func (t *readingText) use(u readUse) {
	where := "which was not read"
	if u.Read.Line > 0 {
		where = "read at " + routing.Span(u.Read).String()
	}
	t.line("  ", "uses", u.Kind+" "+u.Name+", "+where+parenthesized(u.Place))
}
