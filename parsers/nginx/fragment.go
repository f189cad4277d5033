package nginx

import (
	"iter"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// partContexts are the contexts that files are included in, outer ones first.
var partContexts = []string{
	"http", "server", "location", "location-if", "server-if", "limit_except", "upstream", "stream", "stream-server", "stream-upstream",
}

// fragment reads a file that is meant to be included in a block: what stands around it was not given. What may stand at the outermost level
// is no fragment.
func (c *config) fragment(directives []Directive) {
	contexts := narrowed(append(slices.Clone(partContexts), "main"), slices.Values(directives))
	if slices.Contains(contexts, "main") {
		return
	}
	if contexts == nil { // there is something wrong with it
		contexts = usualContexts(directives)
	}
	if contexts == nil {
		return
	}
	c.contexts = contexts
	switch {
	case slices.Contains(contexts, "server"), slices.Contains(contexts, "location"):
		block := "server"
		if !slices.Contains(contexts, block) {
			block = "location"
		}
		c.partOf(directives[0], block)
		c.serverFragment(directives)
	case contexts[0] == "http":
		c.partOf(directives[0], "http")
		for _, d := range directives {
			c.inHTTP(d)
		}
	case contexts[0] == "stream":
		c.partOf(directives[0], "stream")
		c.streamPart = directives
	default:
		c.partOf(directives[0], contexts[0])
	}
}

// narrowed are those of the contexts in which all directives of NGINX among several may stand; nil for none.
func narrowed(contexts []string, directives iter.Seq[Directive]) []string {
	for d := range directives {
		ways, known := knownDirectives()[d.Name()]
		if !known || d.Broken() {
			continue
		}
		stands := func(context string) bool {
			inner, opens := blockContexts[[2]string{d.Name(), context}]
			return slices.ContainsFunc(ways, func(u usage) bool { return u.in(context) && u.block() == d.HasBlock() }) &&
				(!opens || len(contexts) == 1 || narrowed([]string{inner}, d.Body()) != nil)
		}
		contexts = slices.DeleteFunc(slices.Clone(contexts), func(context string) bool { return !stands(context) })
	}
	if len(contexts) == 0 {
		return nil
	}
	return contexts
}

// usualContexts are where a file belongs by the first of its directives that tells; nil for what is no part.
func usualContexts(directives []Directive) []string {
	for _, d := range directives {
		switch d.Name() {
		case "events":
			return nil
		case "server", "upstream", "map":
			return []string{"http"}
		case "location", "proxy_pass", "listen", "server_name":
			return []string{"server", "location"}
		}
	}
	return nil
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
