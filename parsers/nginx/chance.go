package nginx

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// byChance are variables that have another value for each request or connection, whatever is asked: what they are compared with or hashed for
// picks by chance. Those whose form is known come with it.
var byChance = map[string]func(n uint32) string{
	"request_id":  func(n uint32) string { return fmt.Sprintf("%08x%08x%08x%08x", n, n*goldenRatio, ^n, n>>16*goldenRatio) },
	"msec":        func(n uint32) string { return fmt.Sprintf("%d.%03d", 1_700_000_000+n%100_000_000, n%1000) },
	"connection":  func(n uint32) string { return strconv.FormatUint(uint64(n%100_000), 10) },
	"remote_port": func(n uint32) string { return strconv.FormatUint(uint64(1024+n%64_512), 10) },
	"date_gmt":    nil, "date_local": nil, "time_local": nil, "time_iso8601": nil, "realip_remote_port": nil, "proxy_protocol_port": nil,
}

// goldenRatio spreads consecutive numbers over all numbers (Fibonacci hashing).
const goldenRatio = 0x9e3779b9

// chanceIn is the first of them in a text with variables; empty for none.
func chanceIn(text string) string {
	pieces, refusal := splitVariables(text)
	if refusal != "" {
		return ""
	}
	for _, p := range pieces {
		if _, ok := byChance[lower(p.variable)]; ok {
			return p.variable
		}
	}
	return ""
}

// toss is a block whose variable gets its value by chance. The program throws for it where a request comes to a server, so that all that is made of
// the variable is of one value.
type toss struct {
	block Directive
	by    string
	sides []string
	other string // what a request is said to have got that got none of the sides so far
}

// maxTosses bounds those of one server: each one multiplies the ways of a request.
const maxTosses = 4

// result holds what was thrown.
func (t *toss) result() routing.Place {
	return routing.Place{Kind: routing.InVar, Name: ":chance at " + t.block.Span().String()}
}

// read is what was thrown; unknown where nobody threw.
func (t *toss) read() routing.Expr {
	side := routing.Part{Of: t.result()}
	return routing.Choose{Arms: []routing.ChooseArm{
		{When: routing.Not{Cond: equals(side, "")}, To: side}, {When: routing.Always{}, To: unknown("the value of $"+t.by, t.block.Span())},
	}}
}

// step throws.
func (t *toss) step() routing.Step {
	m := &routing.Match{Span: t.block.Span()}
	last := len(t.sides) - 1
	for i, side := range t.sides {
		arm := routing.Arm{When: routing.Always{}, Do: []routing.Step{&routing.Set{What: t.result(), To: routing.Text(side)}}}
		if i < last {
			arm.When = routing.Chance{Pool: t.dice(side)}
		}
		m.Arms = append(m.Arms, arm)
	}
	return m
}

func (t *toss) dice(side string) *routing.Pool {
	at := t.block.Span()
	is := func(what string) routing.Member {
		return routing.Member{Address: routing.Of(what, at), Weight: 1, Span: at}
	}
	return &routing.Pool{
		Name: title(t.block), Pick: routing.Pick{How: "$" + t.by + " is another for each " + changesWith(t.by), Span: at},
		Members: []routing.Member{is(side), is(t.other)}, Span: at,
	}
}

// changesWith is what has a value of its own.
func changesWith(name string) string {
	if name = lower(name); name == "connection" || strings.HasSuffix(name, "_port") {
		return "connection that a client opens"
	}
	return "request"
}

// throws notes that the server at hand needs a toss.
func (w *lowering) throws(tosses ...*toss) {
	for _, t := range tosses {
		if !slices.Contains(w.tosses, t) && len(w.tosses) < maxTosses {
			w.tosses = append(w.tosses, t)
		}
	}
}

// tried is how many values are tried: of what holds for one in a hundred none is missed.
const tried = 4096

// values are values that a variable may have; none where their form is not known.
func values(name string) []string {
	value := byChance[lower(name)]
	if value == nil {
		return nil
	}
	out := make([]string, tried)
	for n := range out {
		out[n] = value(uint32(n) * goldenRatio)
	}
	return out
}

// sidesOf are values of a variable that between them take all lines of a map; none where that is not known: a line that none of them takes may be
// for few, or for nobody.
func sidesOf(by string, m routing.Lookup) []string {
	var sides []string
	taken := map[int]bool{}
	for _, text := range values(by) {
		line := slices.IndexFunc(m.Patterns, func(c routing.LookupCase) bool { return c.Pattern.MatchString(text) })
		if !taken[line] {
			taken[line] = true
			sides = append(sides, text)
		}
	}
	for i := range m.Patterns {
		if !taken[i] {
			return nil
		}
	}
	if len(m.Exact) > 0 {
		return nil
	}
	return sides
}

// drawn is the value of a variable for a condition: left to chance where it matches the pattern for some requests and not for others.
func drawn(name string, of routing.Expr, p *routing.Pattern) routing.Expr {
	v, isLit := of.(routing.Lit)
	all := values(name)
	matches := func(text string) bool { return p.MatchString(text) }
	if !isLit || p == nil || !slices.ContainsFunc(all, matches) || !slices.ContainsFunc(all, func(text string) bool { return !matches(text) }) {
		return of
	}
	return routing.Lit{Value: v.ByChance()}
}
