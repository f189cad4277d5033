package nginx

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// blockContexts are the contexts that blocks make, by their names and the contexts that they stand in.
var blockContexts = map[[2]string]string{
	{"events", "main"}: "events", {"http", "main"}: "http", {"stream", "main"}: "stream", {"server", "http"}: "server", {"location", "server"}: "location",
	{"location", "location"}: "location", {"if", "server"}: "server-if", {"if", "location"}: "location-if", {"limit_except", "location"}: "limit_except",
	{"upstream", "http"}: "upstream", {"server", "stream"}: "stream-server", {"upstream", "stream"}: "stream-upstream",
}

// check finds what nginx -t refuses about directives themselves: names, places, numbers of arguments, repetitions.
func (c *config) check() {
	if c.partial {
		return // the contexts of a fragment are not known
	}
	k := &checker{config: c}
	k.block(func(yield func(Directive) bool) { c.tree.Main.Body()(yield) }, "main")
}

type checker struct {
	*config
}

func (k *checker) block(body func(func(Directive) bool), context string) {
	seen := map[string]bool{}
	for d := range body {
		if d.Len() == 0 || d.Broken() || d.Include() != nil {
			continue
		}
		k.directive(d, context, seen)
		if tables[d.Name()] {
			k.table(d)
		}
		if inner := blockContexts[[2]string{d.Name(), context}]; inner != "" && d.HasBlock() {
			k.block(d.Body(), inner)
		}
	}
}

// tables are the blocks whose lines are no directives (cf->handler in ngx_conf_parse).
var tables = map[string]bool{"map": true, "geo": true, "split_clients": true, "types": true, "charset_map": true}

func (k *checker) table(block Directive) {
	for line := range block.Body() {
		if line.HasBlock() {
			k.refused(line, `unexpected "{"`)
		}
	}
}

func (k *checker) directive(d Directive, context string, seen map[string]bool) {
	name := d.Name()
	ways, known := knownDirectives()[name]
	if !known {
		k.foreign(d)
		return
	}
	var way *usage
	for i := range ways {
		if ways[i].in(context) {
			way = &ways[i]
			if way.block() == d.HasBlock() && way.takes(d.Len()-1) {
				break
			}
		}
	}
	switch {
	case way == nil:
		k.refused(d, `"`+name+`" directive is not allowed here`)
	case way.block() && !d.HasBlock():
		k.refused(d, `directive "`+name+`" has no opening "{"`)
	case !way.block() && d.HasBlock():
		k.refused(d, `directive "`+name+`" is not terminated by ";"`)
	case !way.takes(d.Len() - 1):
		k.refused(d, `invalid number of arguments in "`+name+`" directive`)
	case way.once && seen[name]:
		k.refused(d, `"`+name+`" directive is duplicate`)
	case strings.Contains(way.args, "flag"):
		if _, ok := parseFlag(d.Value(1)); !ok {
			k.refused(d, `invalid value "`+d.Value(1)+`" in "`+name+`" directive, it must be "on" or "off"`)
		}
	default:
		k.quantity(d)
	}
	seen[name] = true
}

// quantities are directives whose first argument is a time or a size that something here rests on.
var quantities = map[string]func(string) bool{
	"proxy_read_timeout": isTime, "proxy_connect_timeout": isTime, "proxy_send_timeout": isTime, "client_max_body_size": isSize,
	"client_header_buffer_size": isSize, "proxy_timeout": isTime,
}

func isTime(s string) bool { _, ok := parseTime(s); return ok }
func isSize(s string) bool { _, ok := parseSize(s); return ok }

func (k *checker) quantity(d Directive) {
	if reads := quantities[d.Name()]; reads != nil && !reads(d.Value(1)) {
		k.refused(d, `"`+d.Name()+`" directive invalid value`)
	}
	if d.Name() == "large_client_header_buffers" && !isSize(d.Value(2)) {
		k.refused(d, `"`+d.Name()+`" directive invalid value`)
	}
}

func (c *config) refused(d Directive, message string) {
	if c.filled(d) != "" {
		return
	}
	c.keep(routing.Problem{Span: d.Span(), Message: message, Kind: routing.Refused})
}

func (c *config) keep(p routing.Problem) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, p)
	}
}

// foreign is a directive that NGINX itself does not have. A module may; but none has a name with other letters, and none is called
// like a directive of NGINX with one letter wrong.
func (k *checker) foreign(d Directive) {
	name := d.Name()
	if _, known := foreignEffect(name); known || len(k.problems) >= maxProblems {
		k.modules = true
		return
	}
	message := `unknown directive "` + name + `"`
	if meant := misspelled(name); meant != "" {
		k.keep(routing.Problem{Span: d.Span(), Message: message, Fix: "write " + meant, Kind: routing.Refused})
		return
	}
	if !isDirectiveName(name) {
		k.keep(routing.Problem{Span: d.Span(), Message: message, Kind: routing.Refused})
		return
	}
	k.modules = true
	k.keep(routing.Problem{
		Span: d.Span(), Message: message + ", unless it is a module's: what it does is not known", Kind: routing.NotWhole,
		Fix: "correct the name, or judge by hand what the module does",
	})
}

func isDirectiveName(s string) bool {
	for i := range len(s) {
		if !isNameByte(s[i]) {
			return false
		}
	}
	return s != ""
}

// misspelled is the directive of NGINX that a long name differs from in one letter; empty for none.
func misspelled(name string) string {
	if len(name) < 8 || len(name) > 64 {
		return ""
	}
	found := ""
	for known := range knownDirectives() {
		if oneLetterOff(name, known) && (found == "" || known < found) {
			found = known
		}
	}
	return found
}

// oneLetterOff reports whether two names differ by one letter put in, left out, changed, or by two neighbors swapped.
func oneLetterOff(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a)-len(b) > 1 {
		return false
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	if len(a) > len(b) {
		return a[i+1:] == b[i:]
	}
	if i == len(a) {
		return false
	}
	swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	return a[i+1:] == b[i+1:] || swapped
}
