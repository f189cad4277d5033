package nginx

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// namedGroup finds the names of groups in the three forms of PCRE.
var namedGroup = regexp.MustCompile(`\(\?(?:P?<([A-Za-z_][A-Za-z0-9_]*)>|'([A-Za-z_][A-Za-z0-9_]*)')`)

// quotedGroup is the one of them that Go does not know.
var quotedGroup = regexp.MustCompile(`\(\?'([A-Za-z_][A-Za-z0-9_]*)'`)

// groupNames are the names of an expression's groups, each of which is a variable.
func groupNames(expression string) []string {
	var names []string
	for _, m := range namedGroup.FindAllStringSubmatch(expression, -1) {
		names = append(names, m[1]+m[2])
	}
	return names
}

// refusedExpression is what is wrong with an expression that neither Go nor PCRE takes; empty for all others, and where only one of them
// may refuse it.
func refusedExpression(expression string) string {
	_, err := syntax.Parse(quotedGroup.ReplaceAllString(expression, "(?<$1>"), syntax.Perl)
	var e *syntax.Error
	if !errors.As(err, &e) || strings.Contains(expression, "(*") {
		return ""
	}
	return map[syntax.ErrorCode]string{
		syntax.ErrMissingParen: "missing closing parenthesis", syntax.ErrUnexpectedParen: "unmatched closing parenthesis",
		syntax.ErrMissingBracket: "missing terminating ] for character class", syntax.ErrMissingRepeatArgument: "quantifier does not follow a repeatable item",
		syntax.ErrTrailingBackslash: `\ at end of pattern`,
	}[e.Code]
}

// regex is a compiled expression; pattern is nil for what Go's engine cannot express, and why says so.
type regex struct {
	pattern *routing.Pattern
	names   []string
	why     string
}

// regexes compiles each expression once.
type regexes map[string]*regex

func (r regexes) compile(expression string, fold bool) *regex {
	key := expression
	if fold {
		key = "(?i)" + key
	}
	if known := r[key]; known != nil {
		return known
	}
	out := &regex{names: groupNames(expression)}
	p, err := routing.NewPattern(quotedGroup.ReplaceAllString(expression, "(?<$1>"), fold)
	if err != nil {
		out.why = err.Error()
	}
	out.pattern = p
	r[key] = out
	return out
}

// matches is the condition that a text matches.
func (x *regex) matches(of routing.Expr, forget bool, at routing.Span) routing.Cond {
	if x.pattern == nil {
		return routing.Given{Value: routing.UnknownOf(x.why, at)}
	}
	return routing.Matches{Of: of, Pattern: x.pattern, Forget: forget}
}

// keep are the steps that keep the named groups of a match: NGINX makes variables of them.
func (x *regex) keep(at routing.Span) []routing.Step {
	var steps []routing.Step
	for _, name := range x.names {
		steps = append(steps, &routing.Set{What: routing.Place{Kind: routing.InVar, Name: lower(name)}, To: routing.Read(routing.InCapture, name), Span: at})
	}
	return steps
}
