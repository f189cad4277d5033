package nginx

import (
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// blockContexts are the contexts that blocks make, by their names and the contexts that they stand in.
var blockContexts = map[[2]string]string{
	{"events", "main"}: "events", {"http", "main"}: "http", {"stream", "main"}: "stream", {"mail", "main"}: "mail",
	{"server", "http"}: "server", {"location", "server"}: "location", {"location", "location"}: "location",
	{"if", "server"}: "server-if", {"if", "location"}: "location-if", {"limit_except", "location"}: "limit_except",
	{"upstream", "http"}: "upstream", {"server", "stream"}: "stream-server", {"upstream", "stream"}: "stream-upstream",
	{"server", "mail"}: "mail-server",
}

// check finds what nginx -t refuses about directives themselves: names, places, numbers of arguments, values, repetitions. Without a
// release it is what all of them refuse.
func (c *config) check(r *release) {
	k := &checker{config: c, release: r, zones: map[string]zone{}, formats: map[string]bool{"combined": true}, formatNames: map[string]bool{"combined": true}}
	k.block(c.tree.Main.Body(), &place{contexts: c.contexts})
	k.judgeEvents()
	k.judgeZones()
	k.judgeVariables()
}

// judgeEvents refuses a configuration without events{}. A file of another name than nginx.conf may be included in one that has it.
func (k *checker) judgeEvents() {
	refused := slices.ContainsFunc(k.problems, func(p routing.Problem) bool { return p.Kind == routing.Refused })
	head := k.http.head
	if head.IsZero() && len(k.streams) > 0 {
		head = k.streams[0]
	}
	if k.events || k.partial || refused || head.IsZero() || k.anywhere() {
		return
	}
	p := routing.Problem{Span: head.Span(), Message: `no "events" section in configuration`, Fix: "add: events { }", Kind: routing.Refused}
	if path.Base(k.tree.Main.Name) != "nginx.conf" {
		p.Message, p.Kind = p.Message+", unless this is included in one that has it", routing.NotWhole
	}
	k.keep(p)
}

// anywhere reports whether a file was not read that may hold directives of the outermost level.
func (c *config) anywhere() bool {
	for d := range c.tree.Main.Body() {
		if _, gap := d.Gap(); gap {
			return true
		}
	}
	return false
}

// checker walks through a configuration as NGINX does when it reads it.
type checker struct {
	*config
	release *release
	zones   map[string]zone
	uses    []zoneUse
	formats map[string]bool // log formats so far, in small letters
	// formatNames are their names as written, of which there may be no two.
	formatNames map[string]bool
	variables   []variableUse
	events      bool
}

// place is a block, and what of it was seen so far.
type place struct {
	contexts []string // several for a part of which it is not known where it is included
	head     Directive
	outer    *place
	seen     map[string]Directive
}

func (p *place) in(context string) bool { return slices.Contains(p.contexts, context) }

// http reports whether the place is inside of http{}, as opposed to stream{} and mail{}.
func (p *place) http() bool {
	return !strings.HasPrefix(p.contexts[0], "stream") && !strings.HasPrefix(p.contexts[0], "mail")
}

// inner are the contexts that a block makes.
func (p *place) inner(name string) []string {
	var out []string
	for _, c := range p.contexts {
		if inner := blockContexts[[2]string{name, c}]; inner != "" && !slices.Contains(out, inner) {
			out = append(out, inner)
		}
	}
	return out
}

func (k *checker) block(body iter.Seq[Directive], p *place) {
	p.seen = map[string]Directive{}
	if len(p.contexts) > 1 {
		if fit := narrowed(p.contexts, body); fit != nil {
			p.contexts = fit
		}
	}
	for d := range body {
		if d.Len() == 0 || d.Broken() || d.Include() != nil {
			continue
		}
		k.events = k.events || d.Name() == "events"
		k.directive(d, p)
		if _, ok := tables[d.Name()]; ok {
			k.table(d)
		}
		if inner := p.inner(d.Name()); inner != nil && d.HasBlock() {
			k.block(d.Body(), &place{contexts: inner, head: d, outer: p})
		}
	}
}

func (k *checker) directive(d Directive, p *place) {
	name := d.Name()
	ways := usages(name, k.release)
	if len(ways) == 0 {
		k.foreign(d)
		return
	}
	way := fitting(ways, d, p)
	if way == nil {
		k.refused(d, `"`+name+`" directive is not allowed here`)
		return
	}
	before, again := p.seen[name]
	if !again {
		p.seen[name] = d
	}
	switch {
	case way.block() && !d.HasBlock():
		k.refused(d, `directive "`+name+`" has no opening "{"`)
	case !way.block() && d.HasBlock():
		k.refused(d, `directive "`+name+`" is not terminated by ";"`)
	case !way.takes(d.Len() - 1):
		k.refused(d, `invalid number of arguments in "`+name+`" directive`)
	case way.once && again && !k.same(before, d):
		k.refused(d, `"`+name+`" directive is duplicate`)
	default:
		k.arguments(d, way, p)
	}
}

// same reports whether two directives are one: a file that is included twice.
func (k *checker) same(a, b Directive) bool { return k.partial && a == b }

// fitting is the way in which a directive stands where it does, or the one that comes nearest; nil for none. Of several it is that of the
// newest release, which takes the most.
func fitting(ways []usage, d Directive, p *place) *usage {
	var way *usage
	found := false
	for i := range ways {
		u := &ways[i]
		fits := u.block() == d.HasBlock() && u.takes(d.Len()-1)
		if u.in(p.contexts...) && (fits || !found) {
			way, found = u, found || fits
		}
	}
	return way
}

// arguments looks at the values of a directive.
func (k *checker) arguments(d Directive, way *usage, p *place) {
	if strings.Contains(way.args, "flag") {
		if _, ok := parseFlag(d.Value(1)); !ok {
			k.refused(d, `invalid value "`+d.Value(1)+`" in "`+d.Name()+`" directive, it must be "on" or "off"`)
		}
		return
	}
	kind, limits, _ := strings.Cut(way.value, ":")
	if check := kinds[kind]; check != nil && d.Len() > 1 {
		check(k, d, limits)
	}
	k.options(d, p)
	table := arguments
	if !p.http() {
		table = streamArguments
	}
	if check := table[d.Name()]; check != nil {
		check(k, d, p)
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
	message := `unknown directive "` + name + `"`
	if ways := knownDirectives()[name]; len(ways) > 0 {
		k.keep(routing.Problem{Span: d.Span(), Message: message, Fix: "NGINX " + k.release.String() + " has none of that name; " + lifetime(ways), Kind: routing.Refused})
		return
	}
	if _, known := foreignEffect(name); known || len(k.problems) >= maxProblems {
		k.modules = true
		return
	}
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

// lifetime says in which releases a directive exists.
func lifetime(ways []usage) string {
	first, last := ways[0].since, ways[0].until
	for _, u := range ways[1:] {
		if u.since.before(first) {
			first = u.since
		}
		if last != (release{}) && (u.until == release{} || last.before(u.until)) {
			last = u.until
		}
	}
	if last != (release{}) {
		return "it was there up to " + last.String()
	}
	return "it is there since " + first.String()
}
