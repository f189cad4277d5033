package appgateway

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// overridePath sets the path as "Override backend path" does ("HTTP settings configuration", whose table is a test here): in a
// path rule the part that the pattern spells out is replaced, elsewhere the override is put before the path.
func overridePath(override routing.Value, literal string) routing.Step {
	join := func(args ...string) string { return joinPath(args[0], restOf(args[1], literal)) }
	joined := routing.Call{Name: "override backend path", Fn: join, Args: []routing.Expr{routing.Lit{Value: override}, path}, Span: override.Span}
	return &routing.Set{
		What: routing.Place{Kind: routing.InPath}, Span: override.Span, To: routing.Remark{Of: joined, Related: override.Related},
	}
}

// restOf is what follows the literal part of a pattern, or the whole path where it does not begin so.
func restOf(path, literal string) string {
	if literal == "" {
		return path
	}
	if len(path) >= len(literal) && strings.EqualFold(path[:len(literal)], literal) {
		return path[len(literal):]
	}
	if strings.EqualFold(path+"/", literal) {
		return ""
	}
	return path
}

// joinPath joins with exactly one slash.
func joinPath(override, rest string) string {
	if rest == "" {
		return override
	}
	return strings.TrimSuffix(override, "/") + "/" + strings.TrimPrefix(rest, "/")
}
