package nginx

import (
	"cmp"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// chain are the regular expressions that are tried when the prefixes of a level have been looked at: those of the level itself, then
// those of the levels around it. Levels share them, so that many prefixes beside many expressions stay small.
type chain struct{ arms []routing.Arm }

// searcher lowers the search for a location (ngx_http_core_find_location): an exact name ends it; the longest prefix is entered and
// its own locations are searched first; then the regular expressions of the level, unless the prefix is marked ^~; a match enters
// the locations inside of it. So expressions further in are tried before those further out.
type searcher struct{ *lowering }

func (w *lowering) search(s *server) []routing.Step {
	w.checkLevel(s.level)
	return (&searcher{w}).level(s.level, &chain{}, s.nullBlock())
}

// path is what locations match.
var requestPath = routing.Read(routing.InPath, "")

// level are the steps that search one level; fallback is the block to go to when nothing in it matches.
func (w *searcher) level(v *level, after *chain, fallback string) []routing.Step {
	var arms []routing.Arm
	for _, loc := range v.exact {
		arms = append(arms, w.arm(loc, equals(requestPath, loc.name), jumpTo(loc)))
	}
	arms = append(arms, w.redirects(v)...)
	own := w.regexArms(v, after)
	for _, loc := range longestFirst(v.prefix) {
		then := own
		if loc.kind == byPrefixNoRegex {
			then = after
		}
		arms = append(arms, w.arm(loc, routing.Prefix{Of: requestPath, Want: loc.name}, w.inside(loc, then)))
	}
	var steps []routing.Step
	if len(arms) > 0 {
		steps = append(steps, &routing.Match{Arms: arms})
	}
	return append(append(steps, own.steps()...), &routing.Jump{To: fallback})
}

// inside are the steps behind a prefix that matched.
func (w *searcher) inside(loc *location, then *chain) []routing.Step {
	if loc.level.empty() {
		return append(then.steps(), jumpTo(loc)...)
	}
	return w.level(loc.level, then, loc.block())
}

func (v *level) empty() bool { return len(v.exact)+len(v.prefix)+len(v.regex) == 0 }

func (c *chain) steps() []routing.Step {
	if len(c.arms) == 0 {
		return nil
	}
	return []routing.Step{&routing.Match{Arms: c.arms}}
}

func jumpTo(loc *location) []routing.Step {
	return []routing.Step{&routing.Jump{To: loc.block(), Span: loc.scope.head.Span()}}
}

func (w *searcher) arm(loc *location, when routing.Cond, do []routing.Step) routing.Arm {
	return routing.Arm{When: when, Do: do, Label: title(loc.scope.head), Span: loc.scope.head.Span()}
}

func longestFirst(list []*location) []*location {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b *location) int { return cmp.Compare(len(b.name), len(a.name)) })
	return out
}

// regexArms are the expressions of a level, followed by those around it.
func (w *searcher) regexArms(v *level, after *chain) *chain {
	if len(v.regex) == 0 {
		return after
	}
	var arms []routing.Arm
	for _, loc := range v.regex {
		at := loc.scope.head.Span()
		x := w.regexes.compile(loc.name, loc.kind == byRegexFold)
		do := x.keep(at)
		if loc.level.empty() {
			do = append(do, jumpTo(loc)...)
		} else {
			do = append(do, w.level(loc.level, &chain{}, loc.block())...)
		}
		arms = append(arms, w.arm(loc, x.matches(requestPath, false, at), do))
	}
	w.spend(len(arms) + len(after.arms))
	if w.spent() {
		return &chain{w.tooLarge(v.regex[0].scope.head)}
	}
	return &chain{append(arms, after.arms...)}
}

// redirects answer 301 to a path that is a proxied location without its final slash, unless a location has just that name.
func (w *searcher) redirects(v *level) []routing.Arm {
	var arms []routing.Arm
	for _, loc := range append(slices.Clone(v.exact), v.prefix...) {
		name, slash := strings.CutSuffix(loc.name, "/")
		if !slash || !w.handsOn(loc) || v.at(name) != nil {
			continue
		}
		at := loc.scope.head.Span()
		to := routing.Concat{Parts: []routing.Expr{routing.Text(escapeURI(loc.name)), requestVariables["is_args"], requestVariables["args"]}}
		e := &env{server: loc.server, scope: v.at(loc.name).scope} // of an exact one, where both have the name
		do := append(append(w.entry(e), w.ending(e, 301)...), &routing.Redirect{Status: routing.Of("301", at), To: w.absolute(e, to), Span: at})
		arms = append(arms, routing.Arm{When: equals(requestPath, name), Do: do, Label: title(loc.scope.head) + " without its final slash", Span: at})
	}
	return arms
}

// at is the location of that name, the exact one before the prefix; nil for none, regular expressions aside.
func (v *level) at(name string) *location {
	if len(v.exact)+len(v.prefix) < manyLocations {
		called := func(loc *location) bool { return loc.name == name }
		for _, list := range [][]*location{v.exact, v.prefix} {
			if i := slices.IndexFunc(list, called); i >= 0 {
				return list[i]
			}
		}
		return nil
	}
	if v.names == nil {
		v.names = map[string]*location{}
		for _, loc := range append(slices.Clone(v.exact), v.prefix...) {
			if v.names[loc.name] == nil {
				v.names[loc.name] = loc
			}
		}
	}
	return v.names[name]
}

// manyLocations is the number from which on a level has a table of names.
const manyLocations = 16

// handsOn reports whether a location has a directive of its own that passes requests on.
func (w *lowering) handsOn(loc *location) bool {
	return len(w.own(loc.scope, passing...)) > 0
}

// passing are the directives that hand a request to another server.
var passing = []string{"proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"}

// checkLevel refuses locations of the same name.
func (w *lowering) checkLevel(v *level) {
	for _, list := range [][]*location{v.exact, v.prefix} {
		seen := map[string]bool{}
		for _, loc := range list {
			if seen[loc.name] {
				w.refuse(loc.scope.head, `duplicate location "`+loc.name+`"`)
			}
			seen[loc.name] = true
		}
	}
	for _, list := range [][]*location{v.exact, v.prefix, v.regex} {
		for _, loc := range list {
			w.checkInside(loc)
			w.checkLevel(loc.level)
		}
	}
}

// checkInside refuses locations that cannot be inside another (ngx_http_core_location).
func (w *lowering) checkInside(outer *location) {
	for _, list := range [][]*location{outer.level.exact, outer.level.prefix, outer.level.regex} {
		for _, loc := range list {
			switch {
			case outer.kind == byExact:
				w.refuse(loc.scope.head, `location "`+loc.name+`" cannot be inside the exact location "`+outer.name+`"`)
			case (loc.kind != byRegex && loc.kind != byRegexFold) && !strings.HasPrefix(loc.name, outer.name):
				w.refuse(loc.scope.head, `location "`+loc.name+`" is outside location "`+outer.name+`"`)
			}
		}
	}
}

// levelBlocks lowers the locations of a level, and those inside of them.
func (w *lowering) levelBlocks(v *level) {
	for _, list := range [][]*location{v.exact, v.prefix, v.regex} {
		for _, loc := range list {
			w.locationBlocks(loc)
			w.levelBlocks(loc.level)
		}
	}
}
