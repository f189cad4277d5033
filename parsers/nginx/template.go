package nginx

import (
	"regexp"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// placeholders are what the engines of templates fill in: {{ … }} and {% … %} of Jinja2, Go and Helm, <% … %> of ERB.
var placeholders = regexp.MustCompile(`\{\{-?[ \t]*[\w.$("'/#*][^{}\n]*\}\}|\{%-?[ \t]*\w[^\n]*%\}|<%[-=#]?[ \t]*[\w@].*`)

// mayBeTemplate reports whether a text is worth a closer look.
func mayBeTemplate(text string) bool {
	return strings.Contains(text, "{{") || strings.Contains(text, "{%") || strings.Contains(text, "<%")
}

// plainBraces are directives in whose arguments such braces are text for somebody else.
var plainBraces = []string{"sub_filter", "return", "log_format", "add_header"}

// placeholder is the first place of a file that a template engine fills in; size is 0 where there is none. Comments, Lua and texts
// for others may hold the same signs.
func (f *File) placeholder() (at, size int) {
	if !mayBeTemplate(f.src) {
		return 0, 0
	}
	text := []byte(f.src)
	for i := range f.nodes {
		d := Directive{f, narrow(i)}
		if n := &f.nodes[i]; d.is(isLua) || slices.Contains(plainBraces, d.Name()) && !d.Broken() {
			blank(text[n.start:n.end])
		}
	}
	for _, begin := range f.lines {
		line, _, _ := strings.Cut(f.src[begin:], "\n")
		if strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") {
			blank(text[begin : int(begin)+len(line)])
		}
	}
	found := placeholders.FindIndex(text)
	if found == nil {
		return 0, 0
	}
	return found[0], found[1] - found[0]
}

func blank(text []byte) {
	for i := range text {
		text[i] = ' '
	}
}

// leaveTemplate gives up what was read of a file that is a template, with the errors of syntax since before.
func (r *reader) leaveTemplate(f *File, before int) {
	at, size := f.placeholder()
	if size == 0 {
		return
	}
	const why = "this is a template, not yet what NGINX reads: a template engine fills this place in"
	r.faults -= len(r.tree.Problems) - before
	r.tree.Problems = r.tree.Problems[:before]
	f.nodes, f.words, f.size, f.depth = f.nodes[:0], f.words[:0], 0, 0
	f.includes, f.notes = map[int32]*Include{}, map[int32]string{}
	r.tree.Includes = slices.DeleteFunc(r.tree.Includes, func(inc *Include) bool { return inc.At.file == f })
	f.append(node{kind: isGap}, f.Name+" is a template")
	r.problem(routing.Problem{
		Span: f.span(narrow(at), narrow(at+size)), Message: why, Kind: routing.NotWhole,
		Fix: "render it, and give what comes out, or the output of nginx -T",
	})
}

// environment names the variables that envsubst fills in, each once.
func (c *config) environment() {
	named := map[string]bool{}
	for _, f := range c.tree.Files {
		if !strings.Contains(f.src, "$") {
			continue
		}
		for i := range f.nodes {
			d := Directive{f, narrow(i)}
			if name := c.fromEnvironment(d); name != "" && c.tree.Unknown[name] == "" && !named[name] {
				named[name] = true
				c.keep(routing.Problem{Span: d.Span(), Message: c.whyUnknown(name), Kind: routing.NotWhole, Fix: "fill it in with envsubst and give what comes out, or give the output of nginx -T in the running container"})
			}
		}
	}
}

// filled is the reason why the words of a directive are not known, where something is filled in there; else empty.
func (c *config) filled(d Directive) string {
	if name := c.fromEnvironment(d); name != "" {
		return c.whyUnknown(name)
	}
	return ""
}

// whyUnknown is the reason why a variable has no value that reading can tell.
func (c *config) whyUnknown(name string) string {
	if why := c.tree.Unknown[name]; why != "" {
		return why
	}
	return "${" + name + "} is filled in from the environment before NGINX starts: its value is not known"
}

// fromEnvironment is the first variable of a directive that neither NGINX nor the configuration has, and that envsubst fills in before
// NGINX starts: any in a file called *.template, which is what the official image reads, else one in capitals.
func (c *config) fromEnvironment(d Directive) string {
	for i := 1; i < d.Len(); i++ {
		value := d.Value(i)
		if strings.IndexByte(value, '$') < 0 {
			continue
		}
		pieces, _ := splitVariables(value)
		for _, p := range pieces {
			if p.variable != "" && !isCapture(p.variable) && c.isPlaceholder(p.variable, d) {
				return p.variable
			}
		}
	}
	return ""
}

func (c *config) isPlaceholder(name string, d Directive) bool {
	switch {
	case c.tree.Unknown[name] != "":
		return true
	case d.IsZero():
		return false
	}
	capitals := name == strings.ToUpper(name) && name != lower(name)
	if !strings.HasSuffix(d.File().Name, ".template") && !capitals {
		return false
	}
	folded := lower(name)
	_, declared := c.declared[folded]
	_, group := c.groups[folded]
	return !declared && !group && !isVariable(name) && (capitals || !isVariable(folded))
}

// isVariable reports whether NGINX, or a module that many have, knows a variable of that name.
func isVariable(name string) bool {
	_, ofRequest := requestVariables[name]
	if ofRequest || slices.Contains([]string{"proxy_host", "proxy_port", "server_name", "http2", "http3"}, name) || isMeasured(name) {
		return true
	}
	kind, _, ok := strings.Cut(name, "_")
	return ok && slices.Contains([]string{"arg", "http", "cookie"}, kind)
}
