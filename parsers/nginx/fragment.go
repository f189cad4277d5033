package nginx

import "github.com/asrscheck/asrscheck/parsers/routing"

// fragment reads a file that is meant to be included in http{} or server{}: what stands around it was not given.
func (c *config) fragment(directives []Directive) {
	inHTTP, inServer := false, false
	for _, d := range directives {
		switch d.Name() {
		case "events":
			return // a main file without http{}
		case "server", "upstream", "map":
			inHTTP = true
		case "location", "proxy_pass", "listen", "server_name":
			inServer = true
		default:
			inServer = inServer || insideHTTP(d.Name())
		}
	}
	switch {
	case inHTTP:
		c.partOf(directives[0], "http")
		for _, d := range directives {
			c.inHTTP(d)
		}
	case inServer:
		c.partOf(directives[0], "server")
		c.serverFragment(directives)
	}
}

// insideHTTP reports whether a directive can stand inside of http{}, and not outside of it.
func insideHTTP(name string) bool {
	inside := false
	for _, way := range knownDirectives()[name] {
		if way.in("main") {
			return false
		}
		inside = inside || way.in("http") || way.in("server") || way.in("location")
	}
	return inside
}

func (c *config) partOf(d Directive, block string) {
	c.partial = true
	c.problems = append(c.problems, routing.Problem{
		Span: d.Span(), Kind: routing.NotWhole,
		Message: "this is a part of a configuration, which is included in " + block + "{}: what the file around it sets is not known",
		Fix:     "give nginx.conf with the folder around it, or the output of nginx -T",
	})
}

func (c *config) serverFragment(directives []Directive) {
	s := &server{scope: &scope{parent: c.http}, number: 1, level: &level{}, named: map[string]*location{}}
	c.servers = append(c.servers, s)
	for _, d := range directives {
		if d.Name() == "location" && d.HasBlock() {
			c.locationBlock(d, s.scope, s.level, s)
			continue
		}
		c.add(s.scope, d)
	}
}
