package nginx

import (
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// scope is one level of configuration: http, server, location, if in a location, limit_except. What a level does not say comes from
// the level above, directive by directive (ngx_http_merge_locations).
type scope struct {
	parent *scope
	head   Directive
	own    []setting
	gaps   []Directive // places in this very level where directives may stand that were not read
	// foreign are directives of modules that may decide a request.
	foreign []Directive
	// index finds settings by number, once there are many.
	index map[int][]Directive
	pages map[string]Directive // error_page by status
}

// manySettings is the number from which on a level has an index.
const manySettings = 32

// put adds a setting to the level.
func (s *scope) put(number int, d Directive) {
	s.own = append(s.own, setting{number, d})
	switch {
	case s.index != nil:
		s.index[number] = append(s.index[number], d)
	case len(s.own) == manySettings:
		s.index = map[int][]Directive{}
		for _, x := range s.own {
			s.index[x.number] = append(s.index[x.number], x.Directive)
		}
	}
}

// all are the settings of the level under a number, in order.
func (s *scope) all(number int) []Directive {
	if s.index != nil {
		return s.index[number]
	}
	var out []Directive
	for i := range s.own {
		if s.own[i].number == number {
			out = append(out, s.own[i].Directive)
		}
	}
	return out
}

// last is the last setting of the level under a number; the zero Directive for none.
func (s *scope) last(number int) Directive {
	if s.index != nil {
		if list := s.index[number]; len(list) > 0 {
			return list[len(list)-1]
		}
		return Directive{}
	}
	for _, x := range slices.Backward(s.own) {
		if x.number == number {
			return x.Directive
		}
	}
	return Directive{}
}

// setting is a directive of a level under its number, so that looking one up compares numbers.
type setting struct {
	number int
	Directive
}

// numbers gives every known directive name a number.
type numbers map[string]int

func (n numbers) of(name string) int {
	if i, ok := n[name]; ok {
		return i
	}
	i := len(n) + 1
	n[name] = i
	return i
}

// lookup finds directives by the rules of inheritance.
type lookup struct {
	numbers numbers
	// missing is the reason why the words of a directive are not known; empty where they are.
	missing func(Directive) string
	// partial is set where what was read is a part that others are included around.
	partial bool
}

// own are the directives of those names in this level, in order.
func (l lookup) own(s *scope, names ...string) []Directive {
	if len(names) == 1 {
		number, ok := l.numbers[names[0]]
		if !ok {
			return nil
		}
		return s.all(number)
	}
	var out []Directive
	for i := range s.own {
		if slices.Contains(names, s.own[i].Name()) {
			out = append(out, s.own[i].Directive)
		}
	}
	return out
}

// one is the directive of that name at the nearest level that has it; the zero Directive when none has.
func (l lookup) one(s *scope, name string) Directive {
	number, ok := l.numbers[name]
	if !ok {
		return Directive{}
	}
	for ; s != nil; s = s.parent {
		if d := s.last(number); !d.IsZero() {
			return d
		}
	}
	return Directive{}
}

// list are the directives of those names at the nearest level that has any: one of its own replaces all that are inherited.
func (l lookup) list(s *scope, names ...string) []Directive {
	for ; s != nil; s = s.parent {
		if out := l.own(s, names...); len(out) > 0 {
			return out
		}
	}
	return nil
}

// hidden are the directives of that name that the nearest level with any hides from a level below it.
func (l lookup) hidden(s *scope, name string) []Directive {
	for ; s != nil; s = s.parent {
		if len(l.own(s, name)) > 0 {
			return l.list(s.parent, name)
		}
	}
	return nil
}

// flag is a directive that is on or off, with NGINX's default.
func (l lookup) flag(s *scope, name string, otherwise bool) routing.Value {
	d := l.one(s, name)
	if d.IsZero() {
		if v, ok := l.around(s, name); ok {
			return v
		}
		return routing.DefaultOf(boolText(otherwise), "NGINX")
	}
	if why := l.missing(d); why != "" {
		return routing.UnknownOf(why, d.Span())
	}
	on, ok := parseFlag(d.Value(1))
	if !ok || d.Broken() {
		return routing.UnknownOf(`the value of "`+name+`" is neither on nor off`, d.Span())
	}
	return routing.OfBool(on, d.Span())
}

func boolText(on bool) string {
	if on {
		return "true"
	}
	return "false"
}

// isOn reads a value that flag made.
func isOn(v routing.Value) bool {
	on, ok := v.Bool()
	return on && ok
}

// duration is a directive that is a time, with NGINX's default.
func (l lookup) duration(s *scope, name, otherwise string) routing.Value {
	d := l.one(s, name)
	if d.IsZero() {
		if v, ok := l.around(s, name); ok {
			return v
		}
		return routing.DefaultOf(otherwise, "NGINX")
	}
	if why := l.missing(d); why != "" {
		return routing.UnknownOf(why, d.Span())
	}
	t, ok := parseTime(d.Value(1))
	if !ok || d.Broken() {
		return routing.UnknownOf(`the value of "`+name+`" is no time`, d.Span())
	}
	return routing.OfDuration(t, d.Span())
}
