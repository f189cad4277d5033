package appgateway

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// pattern is one path pattern of a path rule. Patterns are compared with the path alone, without regard to case; an asterisk
// stands at the end only ("URL path-based routing overview": PathPattern).
type pattern struct {
	text    string
	literal string // what stands before the asterisk, which a path override replaces
	exact   bool
	when    routing.Cond
	at      routing.Span
}

func (b *builder) pattern(n *jsontree.Node) pattern {
	p := pattern{text: n.Text(), at: n.Span()}
	if n.Kind() != jsontree.String {
		p.when = routing.Given{Value: azure.Text(n).Or(routing.UnknownOf("the path is not known", n.Span()))}
		return p
	}
	p.literal, p.exact = strings.CutSuffix(p.text, "*")
	p.exact = !p.exact
	if why := b.refusal(p); why != "" {
		b.problem(routing.Refused, p.at, fmt.Sprintf("path pattern %.100q is not accepted: %s", p.text, why), "write it as /path/*, or as /path for that path alone")
		p.when = routing.Given{Value: routing.UnknownOf("the path pattern "+p.text+" is not accepted", p.at)}
		return p
	}
	p.when = p.condition()
	return p
}

// uniquePaths: no two path rules of a map have one pattern (error ApplicationGatewayPathsWithinUrlPathMapMustBeUnique).
func (b *builder) uniquePaths(pathMap azure.Object) {
	seen := map[string]bool{}
	for _, rule := range pathMap.List("pathRules") {
		for n := range listed(rule.Get("paths")) {
			key := strings.ToLower(n.Text())
			if n.Kind() == jsontree.String && seen[key] {
				b.refuse(n.Span(), fmt.Sprintf("path pattern %.100q stands twice in path map %.100q", n.Text(), pathMap.Name()), "keep one of them")
			}
			seen[key] = true
		}
	}
}

// refusal says why a pattern is not accepted.
func (b *builder) refusal(p pattern) string {
	switch {
	case !strings.HasPrefix(p.text, "/"):
		return "it does not begin with a slash"
	case strings.ContainsAny(p.literal, "*"):
		return "an asterisk may stand at its end only"
	case strings.ContainsAny(p.text, "?#"):
		return "it is compared with the path alone"
	case b.generation == v1 && !p.exact && !strings.HasSuffix(p.literal, "/"):
		return "generation v1 takes an asterisk only behind a slash"
	}
	return ""
}

var path = routing.Read(routing.InPath, "")

// condition holds when a path fits. Whether a pattern fits a path that differs from it in the final slash alone is not
// documented, except that /x/* fits /x/.
func (p pattern) condition() routing.Cond {
	equal := func(to string) routing.Cond { return routing.Equal{Of: path, To: routing.Text(to), Fold: true} }
	unsure := func(other string) routing.Cond {
		why := fmt.Sprintf("whether path pattern %s fits the path %s is not documented"+settle, p.text, other)
		return routing.All{equal(other), routing.Given{Value: routing.UnknownOf(why, p.at)}}
	}
	begins := routing.Prefix{Of: path, Want: p.literal, Fold: true}
	bare := strings.TrimSuffix(p.literal, "/")
	switch {
	case !p.exact && (bare == p.literal || bare == ""):
		return begins
	case !p.exact:
		return routing.Any{begins, unsure(bare)}
	case bare == "":
		return equal(p.literal)
	case bare == p.literal:
		return routing.Any{equal(p.literal), unsure(p.literal + "/")}
	}
	return routing.Any{equal(p.literal), unsure(bare)}
}

// nearMiss are arms that do what the default does, for requests below an exact path and for the folder that a path stands in: they put the line that
// decides into the trace, because a pattern without its asterisk, or one that goes too deep, is why they are not routed.
func (p pattern) nearMiss(label string, otherwise []routing.Step) []routing.Arm {
	var arms []routing.Arm
	miss := func(when routing.Cond, why string) {
		arms = append(arms, routing.Arm{When: when, Do: otherwise, Span: p.at, Label: label + why + ": the default applies"})
	}
	if below := strings.TrimSuffix(p.literal, "/") + "/"; p.exact && below != "/" {
		miss(routing.Prefix{Of: path, Want: below, Fold: true}, " has no asterisk and does not fit what lies below it")
	}
	if folder := p.literal[:strings.LastIndexByte(strings.TrimSuffix(p.literal, "/"), '/')+1]; len(folder) > 1 {
		miss(routing.Equal{Of: path, To: routing.Text(folder), Fold: true}, " does not fit the folder that it stands in")
	}
	return arms
}
