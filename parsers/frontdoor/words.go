package frontdoor

import (
	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// The words of properties that have few, in any case of letters ("Azure Front Door REST API": definitions).
var (
	states     = []string{"Enabled", "Disabled"}
	forwarding = []string{"HttpOnly", "HttpsOnly", "MatchRequest"}
	processing = []string{"Continue", "Stop"}
	probing    = []string{"NotSet", "Http", "Https"}
)

// choices are such properties of the parts of a profile.
var choices = []struct {
	kind, property string
	words          []string
}{
	{"afdendpoints", "enabledState", states},
	{"routes", "enabledState", states},
	{"routes", "linkToDefaultDomain", states},
	{"routes", "httpsRedirect", states},
	{"routes", "forwardingProtocol", forwarding},
	{"origingroups", "sessionAffinityState", states},
	{"origins", "enabledState", states},
	{"rules", "matchProcessingBehavior", processing},
}

// inWords notes the words that are not accepted.
func (b *builder) inWords() {
	for _, c := range choices {
		for _, p := range b.parts[c.kind] {
			b.oneOf(p.Get(c.property), c.property, c.words)
		}
	}
}

// oneOf notes a word that is not accepted.
func (b *builder) oneOf(n *jsontree.Node, property string, words []string) {
	if message, at := azure.Misworded(n, property, words); message != "" {
		b.problem(routing.Refused, at, message, "write one of these")
	}
}
