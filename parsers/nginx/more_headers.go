package nginx

import (
	"maps"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// moreLine is what a directive of the module headers-more does to one header (github.com/openresty/headers-more-nginx-module; measured with 0.34).
type moreLine struct {
	name, value string // an asterisk at the end of a name stands for any end; without a value the header is taken off
	sometimes   bool   // for some types or statuses only
	existing    bool   // only where there is one
	at          Directive
}

// moreLines are the lines of directives of a level, those of the levels around it first.
func (w *lowering) moreLines(s *scope, names ...string) []moreLine {
	if s == nil || !slices.ContainsFunc(names, func(name string) bool { return w.numbers[name] > 0 }) {
		return nil
	}
	lines := w.moreLines(s.parent, names...)
	for _, d := range w.own(s, names...) {
		lines = append(lines, readMore(d)...)
	}
	return lines
}

func readMore(d Directive) []moreLine {
	var lines []moreLine
	m := moreLine{at: d}
	never := false
	for i := 1; i < d.Len(); i++ {
		switch arg := d.Value(i); arg {
		case "-r":
			m.existing = true
		case "-s", "-t":
			i++
			m.sometimes = true
			never = never || !slices.ContainsFunc(strings.Fields(d.Value(i)), func(one string) bool { return isOfService(arg, lower(one)) })
		default:
			m.name, m.value, _ = strings.Cut(arg, ":")
			m.name, m.value = strings.TrimSpace(m.name), strings.TrimSpace(m.value)
			if strings.HasPrefix(d.Name(), "more_clear") {
				m.value = ""
			}
			lines = append(lines, m)
		}
	}
	if never && !strings.HasSuffix(d.Name(), "_input_headers") {
		return nil
	}
	return lines
}

// isOfService reports whether the service gives good answers of a status (-s) or a type (-t).
func isOfService(option, value string) bool {
	if option == "-s" {
		return value != "" && value[0] <= '2'
	}
	return slices.Contains(answerTypes, value)
}

// names are those of some headers that the line is about.
func (m *moreLine) names(some []string) []string {
	stem, open := strings.CutSuffix(lower(m.name), "*")
	return slices.DeleteFunc(slices.Clone(some), func(name string) bool {
		return lower(name) != stem && (!open || !strings.HasPrefix(lower(name), stem))
	})
}

// permissions are the headers by which browsers are let in, framing those without which clients cannot read an answer.
var (
	permissions = strings.Fields("Access-Control-Allow-Origin Access-Control-Allow-Credentials Access-Control-Allow-Headers Access-Control-Allow-Methods")
	framing     = strings.Fields("Connection Content-Encoding Content-Length Sec-WebSocket-Accept Sec-WebSocket-Extensions Sec-WebSocket-Protocol Transfer-Encoding Upgrade")
)

// moreAnswer changes headers of answers, of all statuses, before those of add_header are added.
func (w *lowering) moreAnswer(e *env) []routing.Step {
	var steps []routing.Step
	for _, m := range w.moreLines(e.scope, "more_set_headers", "more_clear_headers") {
		names, at := []string{m.name}, m.at.Span()
		if strings.HasSuffix(m.name, "*") {
			names = m.names(permissions)
		}
		for _, name := range names {
			what := routing.Place{Kind: routing.InResponseHeader, Name: name}
			switch {
			case m.sometimes:
				steps = append(steps, &routing.Set{What: what, To: unknown("what "+m.at.Name()+" makes of "+name, at), Span: at})
			case m.value == "":
				steps = append(steps, &routing.Remove{What: what, Span: at})
			default:
				steps = append(steps, &routing.Set{What: what, To: w.text(m.value, m.at, e), Span: at})
			}
		}
	}
	return steps
}

// reframed is a line that changes how clients read answers.
func (w *lowering) reframed(e *env) doubt {
	for _, m := range w.moreLines(e.scope, "more_set_headers", "more_clear_headers") {
		if names := m.names(framing); len(names) > 0 {
			return doubt{m.at, "what clients make of answers whose " + names[0] + " " + m.at.Name() + " changes"}
		}
	}
	return doubt{}
}

// moreRequest changes headers of the client's request that nothing but the service looks at.
func (w *lowering) moreRequest(e *env) []routing.Step {
	var steps []routing.Step
	for _, m := range w.moreLines(e.scope, moreInput...) {
		at, what := m.at.Span(), routing.Place{Kind: routing.InHeader, Name: m.name}
		var step routing.Step = &routing.Set{What: what, To: w.text(m.value, m.at, e), Span: at}
		switch stem, open := strings.CutSuffix(lower(m.name), "*"); {
		case !w.plain[m.at]:
			continue // see foreign
		case open:
			what.Name = routing.AllHeaders
			step = &routing.Remove{What: what, Only: func(name string) bool { return strings.HasPrefix(lower(name), stem) }, Span: at}
		case m.value == "":
			step = &routing.Remove{What: what, Span: at}
		case m.existing:
			there := routing.Truthy{Of: routing.Read(routing.InHeader, m.name)}
			step = &routing.Match{Span: at, Arms: []routing.Arm{{When: there, Do: []routing.Step{step}, Span: at}}}
		}
		steps = append(steps, step)
	}
	return steps
}

var moreInput = []string{"more_set_input_headers", "more_clear_input_headers"}

// lookedAt are headers of requests that NGINX itself looks at, lookedAtBy those at which it looks where one of some texts stands in the configuration.
var (
	lookedAt   = append([]string{"Host", "Content-Length", "Cookie", "X-Forwarded-For", "X-Real-IP", "Range"}, hopByHop...)
	lookedAtBy = map[string][]string{
		"Authorization": {"auth_basic", "auth_request"}, "Accept-Encoding": {"gzip"}, "Via": {"gzip"}, "Referer": {"valid_referers"}, "User-Agent": {"gzip_disable", "_browser"},
	}
)

// isPlainMore reports whether a directive changes headers of requests that nothing in the configuration looks at.
func (c *config) isPlainMore(d Directive) bool {
	if !slices.Contains(moreInput, d.Name()) || d.Broken() || c.filled(d) != "" {
		return false
	}
	return !slices.ContainsFunc(readMore(d), func(m moreLine) bool {
		byOthers := slices.ContainsFunc(m.names(slices.Collect(maps.Keys(lookedAtBy))), func(name string) bool { return slices.ContainsFunc(lookedAtBy[name], c.says) })
		return m.sometimes || len(m.names(lookedAt)) > 0 || byOthers || c.says("http_"+strings.ReplaceAll(strings.TrimSuffix(lower(m.name), "*"), "-", "_"))
	})
}

// says reports whether a text stands anywhere in the configuration.
func (c *config) says(text string) bool {
	known, ok := c.mentioned[text]
	if !ok {
		known = slices.ContainsFunc(c.tree.Files, func(f *File) bool { return strings.Contains(lower(f.src), text) })
		c.mentioned[text] = known
	}
	return known
}
