package apim

import (
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/csharp"
	"github.com/asrscheck/asrscheck/parsers/internal/policy"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// expression lowers a policy expression. What cannot be told by reading is unknown, and named with its text.
func (l *lowering) expression(src string, at routing.Span) value {
	e := &evaluation{lowering: l, src: src, at: at}
	program, err := l.program(src)
	if err != nil {
		never := false // nobody knows what it would look at
		e.chance = &never
		return e.unknown("it is not read here: " + err.Error())
	}
	v := e.run(program.Block, map[string]value{})
	weight := weightOf(v)
	if l.weight += weight; weight >= maxWeight || l.weight > maxWeights {
		return e.unknown("it stands for more than is followed")
	}
	return v
}

// program parses an expression, once: policies repeat theirs.
func (b *builder) program(src string) (*csharp.Program, error) {
	p, ok := b.programs[src]
	if !ok {
		p.tree, p.err = csharp.Parse(src)
		b.programs[src] = p
	}
	return p.tree, p.err
}

// program is what an expression was parsed to.
type program struct {
	tree *csharp.Program
	err  error
}

// evaluation lowers one expression.
type evaluation struct {
	*lowering
	src   string
	at    routing.Span
	steps int
	// chance says that it is left to chance what the expression comes to; nil until somebody asks.
	chance *bool
}

// maxEvaluated bounds the work on one expression: branches double what follows them.
const maxEvaluated = 2000

// unknown is a value that reading cannot tell.
func (e *evaluation) unknown(why string) value {
	if e.chance == nil {
		chance := leftToChance(e.src)
		e.chance = &chance
	}
	if *e.chance {
		why = "it is another for each request"
	}
	v := routing.UnknownOf(fmt.Sprintf("what the expression %s comes to: %s", policy.Plain(e.src), why), e.at)
	if *e.chance {
		v = v.ByChance()
	}
	return value{expr: routing.Lit{Value: v}}
}

// drawn are what draws lots: a value that is another one for each request, of which a part is looked at. A comparison of the time is none: it may be
// meant for a day to come. Others are what else an expression may look at.
var (
	drawn  = regexp.MustCompile(`context\.RequestId|Guid\.NewGuid|\bRandom\b|(?:DateTime\.(?:Utc)?Now|context\.Timestamp)\.(?:Ticks|Millisecond) *%`)
	lots   = regexp.MustCompile(`%|StartsWith|EndsWith|Substring|Next`)
	others = regexp.MustCompile(`context\.|DateTime|Stopwatch|Environment`)
)

// leftToChance reports whether an expression looks at nothing but such a value.
func leftToChance(src string) bool {
	return drawn.MatchString(src) && lots.MatchString(src) && !others.MatchString(drawn.ReplaceAllString(src, ""))
}

func (e *evaluation) about(n *csharp.Node, why string) value {
	if n.End > n.Start && n.End <= len(e.src) {
		why = policy.Plain(e.src[n.Start:n.End]) + " " + why
	}
	return e.unknown(why)
}

// run is what a block returns, with what its variables hold.
func (e *evaluation) run(block []*csharp.Statement, vars map[string]value) value {
	for i, s := range block {
		if e.steps++; e.steps > maxEvaluated {
			return e.unknown("it has too many branches")
		}
		switch s.Kind {
		case csharp.Set:
			vars[s.Name] = e.eval(s.Value, vars)
		case csharp.Return:
			return e.eval(s.Value, vars)
		case csharp.If:
			rest := block[i+1:]
			when := e.eval(s.Value, vars).truth()
			yes := e.run(append(append([]*csharp.Statement(nil), s.Then...), rest...), maps.Clone(vars))
			no := e.run(append(append([]*csharp.Statement(nil), s.Else...), rest...), maps.Clone(vars))
			return e.choice(when, yes, no)
		case csharp.Do: // tracing, or a change to an object, whose values are not followed
		case csharp.Other:
			return e.unknown("statements with " + s.Name + " are not followed")
		}
	}
	return e.unknown("it returns nothing")
}

// choice is one of two values, and may be followed both ways.
func (e *evaluation) choice(when routing.Cond, yes, no value) value {
	v := choice(when, yes, no)
	if v.cond == nil {
		v.options, v.said = []option{{when, yes}, {routing.Always{}, no}}, e.src
	}
	return v
}

func choice(when routing.Cond, yes, no value) value {
	if yes.cond != nil && no.cond != nil {
		return value{kind: boolKind, cond: routing.Any{routing.All{when, yes.cond}, routing.All{routing.Not{Cond: when}, no.cond}}}
	}
	k := yes.kind
	if no.kind != k && no.kind != nullKind {
		k = anyKind
	}
	return value{kind: k, expr: routing.Choose{Arms: []routing.ChooseArm{{When: when, To: yes.text()}, {When: routing.Always{}, To: no.text()}}}}
}

func (e *evaluation) literal(k kind, text string) value {
	return value{kind: k, expr: routing.Lit{Value: routing.Of(text, e.at)}}
}

func truth(cond routing.Cond) value { return value{kind: boolKind, cond: cond} }

func (e *evaluation) eval(n *csharp.Node, vars map[string]value) value {
	if e.steps++; e.steps > maxEvaluated {
		return e.unknown("it is too long")
	}
	switch n.Kind {
	case csharp.Text:
		return e.literal(textKind, n.Value)
	case csharp.Char:
		return e.literal(charKind, n.Value)
	case csharp.Number:
		return e.number(n)
	case csharp.Word:
		return e.word(n)
	case csharp.Interpolated:
		var parts []routing.Expr
		for _, a := range n.Args {
			parts = append(parts, e.eval(a, vars).text())
		}
		return value{kind: textKind, expr: routing.Concat{Parts: parts, Span: e.at}}
	case csharp.Name:
		if v, ok := vars[n.Value]; ok {
			return v
		}
	case csharp.Unary:
		return e.unary(n, vars)
	case csharp.Binary:
		return e.binary(n, vars)
	case csharp.Choice:
		return e.choice(e.eval(n.Args[0], vars).truth(), e.eval(n.Args[1], vars), e.eval(n.Args[2], vars))
	case csharp.Cast:
		return e.cast(n, vars)
	case csharp.Member, csharp.Call, csharp.Index:
		if sides := e.dice(n, vars); sides.expr != nil {
			return sides
		}
		return e.access(n, vars)
	case csharp.List:
		return e.list(n, vars)
	case csharp.New:
		if hash, ok := e.hasher(n.Value); ok {
			return hash
		}
		if strings.HasSuffix(n.Value, "Random") {
			v := e.about(n, "is chance")
			v.kind = randomKind
			return v
		}
	case csharp.Lambda:
	}
	return e.about(n, "is not followed")
}

func (e *evaluation) number(n *csharp.Node) value {
	digits := strings.TrimRight(strings.ToLower(strings.ReplaceAll(n.Value, "_", "")), "lu")
	number, err := strconv.ParseInt(digits, 0, 64)
	if err != nil {
		return e.about(n, "is a number that is not followed")
	}
	return e.literal(intKind, strconv.FormatInt(number, 10))
}

func (e *evaluation) word(n *csharp.Node) value {
	switch n.Value {
	case "true":
		return truth(routing.Always{})
	case "false":
		return truth(routing.Not{Cond: routing.Always{}})
	}
	return value{kind: nullKind, expr: routing.Lit{}}
}

func (e *evaluation) unary(n *csharp.Node, vars map[string]value) value {
	of := e.eval(n.Args[0], vars)
	switch {
	case n.Value == "!":
		return truth(routing.Not{Cond: of.truth()})
	case n.Value == "-" && of.kind == intKind:
		return e.arithmetic("-", e.literal(intKind, "0"), of)
	}
	return of
}

func (e *evaluation) binary(n *csharp.Node, vars map[string]value) value {
	a, b := e.eval(n.Args[0], vars), e.eval(n.Args[1], vars)
	switch n.Value {
	case "&&":
		return truth(routing.All{a.truth(), b.truth()})
	case "||":
		return truth(routing.Any{a.truth(), b.truth()})
	case "==":
		return truth(equal(a, b, false))
	case "!=":
		return truth(routing.Not{Cond: equal(a, b, false)})
	case "??":
		return choice(sent(a.text()), a, b)
	case "+":
		if a.kind == textKind || b.kind == textKind {
			return value{kind: textKind, expr: routing.Concat{Parts: []routing.Expr{a.text(), b.text()}, Span: e.at}}
		}
	}
	if numeric(a) && numeric(b) {
		return e.arithmetic(n.Value, a, b)
	}
	for _, operand := range []value{a, b} {
		if lit, ok := operand.expr.(routing.Lit); ok && operand.cond == nil && lit.IsUnknown() {
			return operand
		}
	}
	return e.about(n, "is not followed, because the types in it are not known")
}

func numeric(v value) bool { return v.kind == intKind || v.kind == charKind }

// equal compares: with null, what is not there; two booleans; else texts.
func equal(a, b value, fold bool) routing.Cond {
	switch {
	case b.kind == nullKind:
		return routing.Not{Cond: sent(a.text())}
	case a.kind == nullKind:
		return routing.Not{Cond: sent(b.text())}
	case a.cond != nil && b.cond != nil:
		return routing.Any{routing.All{a.cond, b.cond}, routing.All{routing.Not{Cond: a.cond}, routing.Not{Cond: b.cond}}}
	case a.cond != nil || b.cond != nil:
		fold = true
	}
	return routing.Equal{Of: a.text(), To: b.text(), Fold: fold}
}

// arithmetic computes with integers, and with the codes of characters.
func (e *evaluation) arithmetic(op string, a, b value) value {
	compute := func(args ...string) (string, bool) {
		x, ok := integer(args[0], a.kind)
		y, also := integer(args[1], b.kind)
		if !ok || !also || y == 0 && (op == "/" || op == "%") {
			return "", false
		}
		said, ok := computed(op, x, y)
		return said, ok && fits(said)
	}
	call := routing.Call{Name: op, Try: compute, Args: []routing.Expr{a.text(), b.text()}, Span: e.at}
	switch op {
	case "<", ">", "<=", ">=":
		return truth(routing.Equal{Of: call, To: routing.Text("true")})
	}
	return value{kind: intKind, expr: call}
}

// fits reports whether a number is one that int has too. Beyond that, what C# makes of it depends on types that are not followed.
func fits(number string) bool {
	_, err := strconv.ParseInt(number, 10, 32)
	return err == nil || number == "true" || number == "false"
}

func integer(text string, k kind) (int64, bool) {
	if k == charKind {
		for _, r := range text {
			return int64(r), true
		}
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

func computed(op string, x, y int64) (string, bool) {
	number := func(n int64) (string, bool) { return strconv.FormatInt(n, 10), true }
	is := func(b bool) (string, bool) { return strconv.FormatBool(b), true }
	switch op {
	case "+":
		return number(x + y)
	case "-":
		return number(x - y)
	case "*":
		return number(x * y)
	case "/":
		return number(x / y)
	case "%":
		return number(x % y)
	case "&":
		return number(x & y)
	case "|":
		return number(x | y)
	case "^":
		return number(x ^ y)
	case "<":
		return is(x < y)
	case ">":
		return is(x > y)
	case "<=":
		return is(x <= y)
	case ">=":
		return is(x >= y)
	}
	return "", false
}

// cast changes the type that a value is taken for. A character becomes its code.
func (e *evaluation) cast(n *csharp.Node, vars map[string]value) value {
	of := e.eval(n.Args[0], vars)
	switch n.Value {
	case "string":
		if of.cond == nil {
			of.kind = textKind
		}
	case "bool":
		return truth(of.truth())
	case "int", "long", "uint", "byte", "short":
		if of.kind == charKind {
			return e.arithmetic("+", e.literal(intKind, "0"), of)
		}
		of.kind = intKind
	case "is", "as":
		return e.about(n, "is not followed")
	}
	return of
}
