package routing

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// Literals are all values that stand in the program from a block on, in steps, expressions and the pools they name, so that a
// caller can see what a block may have to do with without running it. Headers other than Host are left out: they lead nowhere.
func (g *Gateway) Literals(block string) iter.Seq[Value] {
	return func(yield func(Value) bool) {
		w := &walker{g: g, seen: map[string]bool{}}
		w.literal = func(v Value) { w.done = w.done || !yield(v) }
		w.block(block)
	}
}

// Prefixes are the literal beginnings of paths that the program tells apart from a block on, in the order met, each once.
func (g *Gateway) Prefixes(block string) iter.Seq[string] {
	return func(yield func(string) bool) {
		met := map[string]bool{}
		w := &walker{g: g, seen: map[string]bool{}}
		w.prefix = func(p string) {
			if !w.done && !met[p] && strings.HasPrefix(p, "/") {
				met[p] = true
				w.done = !yield(p)
			}
		}
		w.block(block)
	}
}

// ShortestLimit is the smallest number of bytes that some condition of the program compares a text with; ok is false when none does.
func (g *Gateway) ShortestLimit() (limit int, ok bool) {
	least := func(n int) {
		if !ok || n < limit {
			limit, ok = n, true
		}
	}
	if g.Deferred != nil && g.Deferred.ShortestLimit != 0 {
		least(g.Deferred.ShortestLimit)
	}
	w := &walker{g: &Gateway{Blocks: g.Blocks}, seen: map[string]bool{}, limit: least}
	for name := range g.Blocks {
		w.block(name)
	}
	return limit, ok
}

// LooksAt reports whether some condition or value of the program reads a place from a block on. Values that headers get count.
func (g *Gateway) LooksAt(block string, what Place) bool {
	found := false
	w := &walker{g: g, seen: map[string]bool{}, place: func(p Place) {
		if p.Kind == InHeaderLines {
			p.Kind = InHeader
		}
		found = found || p.Kind == what.Kind && strings.EqualFold(p.Name, what.Name)
	}}
	w.block(block)
	return found
}

// ComparedWith are the texts that conditions and tables of the program compare one of some places with from a block on, sorted. all reports that
// they compare it with nothing else: no pattern, and no part of a text.
func (g *Gateway) ComparedWith(block string, places ...Place) (texts []string, all bool) {
	met := map[string]bool{}
	all = true
	w := &walker{g: g, seen: map[string]bool{}, compared: func(e Expr, text string, whole bool) {
		for _, what := range places {
			p, ok := readBy(e, text, what)
			switch {
			case !ok || p.Kind != what.Kind || !strings.EqualFold(p.Name, what.Name):
			case !whole:
				all = false
			case text != "":
				met[text] = true
			}
		}
	}}
	w.block(block)
	return slices.Sorted(maps.Keys(met)), all
}

// readBy is the place that an expression reads which makes of a text that text again: decodes it, say, or has a default for it. What finds an
// argument in the whole query reads that.
func readBy(e Expr, text string, what Place) (Place, bool) {
	switch e := e.(type) {
	case Part:
		return e.Of, true
	case Remark:
		return readBy(e.Of, text, what)
	case Once:
		return readBy(e.Of, text, what)
	case Concat:
		if len(e.Parts) == 1 {
			return readBy(e.Parts[0], text, what)
		}
	case Call:
		return e.readBy(text, what)
	case Choose:
		for _, a := range e.Arms {
			if p, ok := readBy(a.To, text, what); ok {
				return p, true
			}
		}
	}
	return Place{}, false
}

func (e Call) readBy(text string, what Place) (Place, bool) {
	if len(e.Args) != 1 || e.Fn == nil {
		return Place{}, false
	}
	p, ok := readBy(e.Args[0], text, what)
	finds := func(name string) bool { return e.Fn(name+"="+text) == text }
	switch {
	case ok && what.Kind == InArgument && p.Kind == InQuery && finds(what.Name) && !finds("not-"+what.Name):
		return what, true
	case e.Fn(text) != text:
		return Place{}, false
	}
	return p, ok
}

// Forwards reports whether some step of the program sends a request on from a block on.
func (g *Gateway) Forwards(block string) bool {
	w := &walker{g: g, seen: map[string]bool{}}
	w.sends = func(*Forward) { w.done = true }
	w.block(block)
	return w.done
}

// DecidesBy reports whether it depends on places of some sort which way requests go from a block on, or where and how they are sent. What is only
// passed on, or logged, does not count, nor does it whether a place is empty. Places that get their values from such places are followed.
func (g *Gateway) DecidesBy(block string, is func(Place) bool) bool {
	derived := map[Place]bool{}
	for {
		found, grew := false, false
		w := &walker{g: g, seen: map[string]bool{}}
		w.place = func(p Place) {
			switch {
			case !is(p) && !derived[p]:
			case w.deciding > 0:
				found, w.done = true, true
			case w.into != nil && !derived[*w.into]:
				derived[*w.into], grew = true, true
			}
		}
		w.block(block)
		if found || !grew {
			return found
		}
	}
}

// walker goes through everything reachable from a block, each block once.
type walker struct {
	g       *Gateway
	literal func(Value)
	prefix  func(string)
	limit   func(int)
	place   func(Place)
	// deciding is above 0 within what decides where or how requests are sent, and into is the place that is being set.
	deciding int
	into     *Place
	sends    func(*Forward)
	compared func(of Expr, with string, whole bool)
	seen     map[string]bool
	done     bool // nothing further is wanted
}

func (w *walker) block(name string) {
	if w.done || w.seen[name] {
		return
	}
	w.seen[name] = true
	w.steps(w.g.Block(name))
}

func (w *walker) steps(steps []Step) {
	for _, s := range steps {
		if w.done {
			return
		}
		w.step(s)
	}
}

func (w *walker) step(s Step) {
	switch s := s.(type) {
	case *Match:
		for i := range s.Arms {
			w.cond(s.Arms[i].When)
			w.steps(s.Arms[i].Do)
		}
	case *Table:
		w.key(s.Key)
		w.table(s)
	case *Set:
		w.assigned(&s.What, s.To)
	case *Add:
		w.assigned(&s.What, s.To)
	case *Jump:
		w.block(s.To)
	case *Forward:
		w.forward(s)
	case *Remove, *Copy, *Count, *Log, *Serve, *Ignore, *Respond, *Redirect, *Opaque:
	}
}

// table goes through the blocks of a table, in the order of its keys where somebody is told what stands in them.
func (w *walker) table(s *Table) {
	if w.literal == nil && w.prefix == nil {
		for _, to := range s.To {
			w.block(to.Block)
		}
		return
	}
	for _, key := range slices.Sorted(maps.Keys(s.To)) {
		w.block(s.To[key].Block)
	}
}

// assigned looks at a value unless it goes into a header that no host is told by.
func (w *walker) assigned(what *Place, to Expr) {
	if w.place == nil && w.compared == nil && (what.Kind == InResponseHeader || what.Kind == InHeader && !strings.EqualFold(what.Name, "Host")) {
		return
	}
	if what.Kind == InHeader && strings.EqualFold(what.Name, "Host") {
		w.decisive(to)
		return
	}
	w.into = what
	w.expr(to)
	w.into = nil
}

// decisive looks at an expression that decides where or how requests are sent.
func (w *walker) decisive(e Expr) {
	w.deciding++
	w.expr(e)
	w.deciding--
}

func (w *walker) forward(s *Forward) {
	if w.sends != nil {
		w.sends(s)
	}
	w.decisive(s.To)
	w.steps(s.Then)
	for name, e := range s.Settings {
		if name == CacheKey {
			w.expr(e)
			continue
		}
		w.decisive(e)
	}
}

func (w *walker) expr(e Expr) {
	switch e := e.(type) {
	case Lit:
		w.value(e.Value)
	case Concat:
		w.exprs(e.Parts)
	case Call:
		w.exprs(e.Args)
		for _, v := range e.Values {
			w.value(v)
		}
	case Lookup:
		w.lookup(e)
	case Remark:
		w.expr(e.Of)
	case Once:
		w.expr(e.Of)
	case Choose:
		for _, a := range e.Arms {
			w.cond(a.When)
			w.expr(a.To)
		}
	case Split:
		w.key(e.Key)
		for _, b := range e.Buckets {
			w.expr(b.To)
		}
	case Part:
		if w.place != nil {
			w.place(e.Of)
		}
	case nil:
	}
}

func (w *walker) exprs(list []Expr) {
	for _, e := range list {
		w.expr(e)
	}
}

// key looks at what a choice is made by. Nothing in it leads anywhere.
func (w *walker) key(e Expr) {
	if w.place != nil {
		w.decisive(e)
	}
}

func (w *walker) lookup(e Lookup) {
	w.key(e.Key)
	for text, to := range e.Exact {
		w.compare(e.Key, text, true)
		w.expr(to)
	}
	for _, c := range e.Patterns {
		w.compare(e.Key, "", false)
		w.expr(c.To)
	}
	w.expr(e.Default)
}

func (w *walker) value(v Value) {
	if w.literal == nil {
		return
	}
	w.literal(v)
	if pool := w.g.Pools[lower(v.Text())]; pool != nil {
		for i := range pool.Members {
			w.literal(pool.Members[i].Address)
		}
	}
}

func (w *walker) beginning(text string) {
	if w.prefix != nil {
		w.prefix(text)
	}
}

func (w *walker) compare(of Expr, with string, whole bool) {
	if w.compared != nil {
		w.compared(of, with, whole)
	}
}

func (w *walker) cond(c Cond) {
	switch c := c.(type) {
	case Prefix:
		w.key(c.Of)
		w.compare(c.Of, c.Want, false)
		w.beginning(c.Want)
	case Suffix:
		w.key(c.Of)
		w.compare(c.Of, "", false)
	case Truthy:
		w.key(c.Of)
	case Over:
		w.key(c.Of)
	case Equal:
		lit, ok := c.To.(Lit)
		if ok && lit.text == "" && w.place != nil {
			w.expr(c.Of)
			return
		}
		w.key(c.Of)
		w.key(c.To)
		if ok {
			w.beginning(lit.Text())
			w.compare(c.Of, lit.Text(), true)
		}
	case Matches:
		w.key(c.Of)
		w.compare(c.Of, "", false)
		if w.prefix != nil {
			w.prefix(c.Pattern.literalPrefix())
		}
	case Longer:
		w.key(c.Of)
		if w.limit != nil {
			w.limit(c.Max)
		}
	case All:
		for _, x := range c {
			w.cond(x)
		}
	case Any:
		for _, x := range c {
			w.cond(x)
		}
	case Not:
		w.cond(c.Cond)
	}
}

// literalPrefix is the text that every match of an anchored expression begins with.
func (p *Pattern) literalPrefix() string {
	rest, anchored := strings.CutPrefix(p.source, "^")
	if !anchored {
		return ""
	}
	end := strings.IndexAny(rest, `\.+*?()|[]{}^$`)
	switch {
	case end < 0:
		return rest
	case end > 0 && strings.IndexByte("*?{", rest[end]) >= 0:
		end-- // the last letter is optional
	}
	return rest[:end]
}
