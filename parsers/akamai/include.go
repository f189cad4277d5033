package akamai

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// include puts the rules of an include in its place ("include"). Its tree is a document of its own.
func (b *builder) include(o behavior) []routing.Step {
	id := text(o.option("id"))
	i := b.p.Includes[IncludeID(id.Text())]
	if id.State() == routing.Known && i != nil && !b.included {
		i.used, b.included = true, true // an include has no includes
		defer func() { b.included = false }()
		for _, p := range i.Problems {
			b.problem(p.Kind, p.Span, p.Message, p.Fix)
		}
		return b.inside(i.Rules)
	}
	why := id.Why()
	if !id.IsUnknown() {
		why = fmt.Sprintf("the rules of include %.40q were not given", id.Text())
		b.problem(routing.NotWhole, o.place("id"), why, "give its rule tree too: --include FILE (PAPI: GET /papi/v1/includes/ID/versions/VERSION/rules; akamai terraform export-property-include)")
	}
	return []routing.Step{lost(o.title(), routing.UnknownOf(why, o.place("id")))}
}

// IncludeID is the number of an include, which the API writes with a prefix.
func IncludeID(id string) string { return strings.TrimPrefix(id, "inc_") }
