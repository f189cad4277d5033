package nginx

import (
	"strconv"
	"strings"
)

// locationBlock reads a location and those inside of it.
func (c *config) locationBlock(d Directive, parent *scope, into *level, s *server) {
	c.locations = append(c.locations, s)
	loc := &location{scope: &scope{parent: parent, head: d}, level: noLocations, number: len(c.locations), server: s}
	loc.kind, loc.name = locationName(d)
	if loc.kind == byRegex || loc.kind == byRegexFold {
		c.group(loc.name, false)
	}
	switch inner := parent != s.scope; {
	case inner && loc.kind == byName:
		c.refused(d, `named location "`+loc.name+`" can be on the server level only`)
	case inner && parent.head.Name() == "location" && len(parent.head.Args()) == 1 && strings.HasPrefix(parent.head.Value(1), "@"):
		c.refused(d, `location "`+loc.name+`" cannot be inside the named location "`+parent.head.Value(1)+`"`)
	}
	into.add(loc, s)
	for x := range d.Body() {
		switch {
		case x.Name() == "location" && x.HasBlock():
			if loc.level == noLocations {
				loc.level = &level{}
			}
			c.locationBlock(x, loc.scope, loc.level, s)
			continue
		case x.Name() == "if" && x.HasBlock():
			loc.ifs = append(loc.ifs, c.nested(x, loc.scope))
		case x.Name() == "limit_except" && x.HasBlock():
			loc.limit = c.nested(x, loc.scope)
		}
		c.add(loc.scope, x)
	}
}

// nested is the level that a block without a name of its own makes.
func (c *config) nested(d Directive, parent *scope) *scope {
	s := &scope{parent: parent, head: d}
	for x := range d.Body() {
		c.add(s, x)
	}
	return s
}

// locationName reads the head of a location (ngx_http_core_location).
func locationName(d Directive) (locationKind, string) {
	modifier, name := d.Value(1), d.Value(2)
	if d.Len() == 2 {
		modifier, name = splitModifier(d.Value(1))
	}
	switch modifier {
	case "=":
		return byExact, name
	case "^~":
		return byPrefixNoRegex, name
	case "~":
		return byRegex, name
	case "~*":
		return byRegexFold, name
	}
	if len(name) > 0 && name[0] == '@' {
		return byName, name
	}
	return byPrefix, name
}

// splitModifier splits a modifier from a name that is written without space between them. The name may be empty: "~" alone matches all.
func splitModifier(word string) (modifier, name string) {
	for _, m := range []string{"^~", "~*", "=", "~"} {
		if name, ok := strings.CutPrefix(word, m); ok {
			return m, name
		}
	}
	return "", word
}

func (v *level) add(loc *location, s *server) {
	switch loc.kind {
	case byExact:
		v.exact = append(v.exact, loc)
	case byPrefix, byPrefixNoRegex:
		v.prefix = append(v.prefix, loc)
	case byRegex, byRegexFold:
		v.regex = append(v.regex, loc)
	case byName:
		if _, ok := s.named[loc.name]; !ok {
			s.named[loc.name] = loc
		}
	}
}

// ifOf is the level that an if block makes, and its place among them.
func (loc *location) ifOf(d Directive) (s *scope, number int) {
	for i, s := range loc.ifs {
		if s.head == d {
			return s, i + 1
		}
	}
	return nil, 0
}

// block is the name of the block that a location is lowered into.
func (loc *location) block() string { return "location " + strconv.Itoa(loc.number) }

// block is the name of the block that a server is lowered into.
func (s *server) block() string { return "server " + strconv.Itoa(s.number) }

// title is a block as the configuration calls it.
func title(d Directive) string {
	words := []string{d.Name()}
	for i := 1; i < d.Len(); i++ {
		words = append(words, d.Word(i).Raw)
	}
	return strings.Join(words, " ")
}
