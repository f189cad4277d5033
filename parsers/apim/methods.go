package apim

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/asrscheck/asrscheck/parsers/internal/csharp"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// call is a function of texts.
func (e *evaluation) call(k kind, name string, fn func(args ...string) string, args ...value) value {
	return value{kind: k, expr: routing.Call{Name: name, Fn: fn, Args: texts(args), Span: e.at}}
}

// try is a function of texts that is not defined for all of them.
func (e *evaluation) try(k kind, name string, fn func(args ...string) (string, bool), args ...value) value {
	return value{kind: k, expr: routing.Call{Name: name, Try: fn, Args: texts(args), Span: e.at}}
}

func texts(args []value) []routing.Expr {
	var out []routing.Expr
	for _, a := range args {
		out = append(out, a.text())
	}
	return out
}

// holds is a condition on texts.
func (e *evaluation) holds(name string, fn func(args ...string) bool, args ...value) value {
	said := e.call(textKind, name, func(args ...string) string { return strconv.FormatBool(fn(args...)) }, args...)
	return truth(routing.Equal{Of: said.expr, To: routing.Text("true")})
}

// withoutNamespace is a method of a type as it is called where its namespace is imported, and String is string.
func withoutNamespace(path string) string {
	path = strings.TrimPrefix(path, "System.")
	for _, space := range []string{"Net.", "Web.", "Text.RegularExpressions.", "Text."} {
		path = strings.TrimPrefix(path, space)
	}
	if first, rest, _ := strings.Cut(path, "."); strings.EqualFold(first, "string") {
		return "string." + rest
	}
	return path
}

// static are methods of types.
func (e *evaluation) static(path string, args []*csharp.Node, vars map[string]value) (value, bool) {
	path = withoutNamespace(path)
	var given []value
	if strings.HasSuffix(path, "()") && len(args) > 0 {
		for _, a := range args {
			given = append(given, e.eval(a, vars))
		}
	}
	if path == "string.Empty" {
		return e.literal(textKind, ""), true
	}
	if len(given) == 0 {
		return value{}, false
	}
	if v, ok := e.bytesOf(path, given); ok {
		return v, true
	}
	if v, ok := e.converted(path, given); ok {
		return v, true
	}
	switch path {
	case "string.IsNullOrEmpty()":
		return truth(routing.Not{Cond: sent(given[0].text())}), true
	case "string.IsNullOrWhiteSpace()":
		return e.holds("IsNullOrWhiteSpace", func(args ...string) bool { return strings.TrimSpace(args[0]) == "" }, given[0]), true
	case "string.Concat()":
		return value{kind: textKind, expr: routing.Concat{Parts: texts(given), Span: e.at}}, true
	case "string.Equals()":
		if len(given) >= 2 {
			return truth(equal(given[0], given[1], ignoresCase(args))), true
		}
	case "string.Format()":
		return e.formatted(given), true
	case "Uri.EscapeDataString()":
		return e.call(textKind, "escaped", func(args ...string) string { return strings.ReplaceAll(url.QueryEscape(args[0]), "+", "%20") }, given[0]), true
	case "WebUtility.UrlEncode()":
		return e.call(textKind, "escaped", func(args ...string) string { return formEscaped.Replace(url.QueryEscape(args[0])) }, given[0]), true
	case "Uri.UnescapeDataString()":
		return e.try(textKind, "unescaped", func(args ...string) (string, bool) { text, err := url.PathUnescape(args[0]); return text, err == nil }, given[0]), true
	case "WebUtility.UrlDecode()", "HttpUtility.UrlDecode()":
		return value{kind: textKind, expr: unescaped(given[0].text())}, true
	case "Math.Max()", "Math.Min()":
		if len(given) == 2 && numeric(given[0]) && numeric(given[1]) {
			return e.bounded(path == "Math.Max()", given[0], given[1]), true
		}
	case "Math.Abs()":
		if !numeric(given[0]) {
			return value{}, false
		}
		return e.call(intKind, "Math.Abs", func(args ...string) string { return strings.TrimPrefix(args[0], "-") }, given[0]), true
	case "Regex.IsMatch()":
		if len(args) > 2 && !followedOptions[args[2].Value] {
			return e.about(args[2], "is not followed"), true
		}
		return e.matches(given, ignoresCase(args)), true
	}
	return value{}, false
}

// converted are methods that make a value one of another type.
func (e *evaluation) converted(path string, given []value) (value, bool) {
	switch path {
	case "int.Parse()", "Int32.Parse()", "Convert.ToInt32()":
		return e.parsed(given, 32), true
	case "long.Parse()", "Int64.Parse()", "Convert.ToInt64()":
		return e.parsed(given, 64), true
	case "Convert.ToInt16()":
		return e.parsed(given, 16), true
	case "Convert.ToString()":
		return value{kind: textKind, expr: given[0].text()}, true
	case "Convert.ToBoolean()", "bool.Parse()":
		return truth(given[0].truth()), true
	}
	return value{}, false
}

// followedOptions are the options of regular expressions, one at a time, that are followed, or make no difference.
var followedOptions = map[string]bool{"IgnoreCase": true, "None": true, "Compiled": true, "CultureInvariant": true}

// formEscaped makes what WebUtility.UrlEncode gives of what Go gives: they differ in a few signs.
var formEscaped = strings.NewReplacer("%21", "!", "%2A", "*", "%28", "(", "%29", ")", "~", "%7E")

// bounded is the larger or the smaller of two numbers.
func (e *evaluation) bounded(larger bool, a, b value) value {
	below := e.arithmetic("<", a, b).cond
	if larger {
		return choice(below, b, a)
	}
	return choice(below, a, b)
}

// parsed is a number of some bits that stands in a text, in base ten or the one given.
func (e *evaluation) parsed(given []value, bits int) value {
	if given[0].kind == intKind || given[0].kind == charKind {
		return given[0]
	}
	base := e.literal(intKind, "10")
	if len(given) > 1 && given[1].kind == intKind {
		base = given[1]
	}
	return e.try(intKind, "number in a text", func(args ...string) (string, bool) {
		radix, _ := strconv.Atoi(args[1])
		if radix < 2 || radix > 36 {
			return "", false
		}
		n, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(args[0]), "0x"), radix, bits)
		return strconv.FormatInt(n, 10), err == nil
	}, given[0], base)
}

func (e *evaluation) formatted(given []value) value {
	return e.try(textKind, "string.Format", func(args ...string) (string, bool) {
		out := args[0]
		for i, a := range args[1:] {
			out = strings.ReplaceAll(out, fmt.Sprintf("{%d}", i), a)
		}
		return out, !strings.Contains(out, "{")
	}, given...)
}

func (e *evaluation) matches(given []value, fold bool) value {
	lit, ok := routing.Expr(nil), false
	if len(given) > 1 {
		lit, ok = given[1].expr, given[1].cond == nil
	}
	if text, isLit := lit.(routing.Lit); ok && isLit && text.State() == routing.Known {
		pattern, err := routing.NewPattern(text.Text(), fold)
		if err != nil {
			return e.unknown(err.Error())
		}
		return e.holds("Regex.IsMatch", func(args ...string) bool { return pattern.MatchString(args[0]) }, given[0])
	}
	return e.unknown("a regular expression that is computed is not followed")
}

// ignoresCase reports whether one of the arguments says that case does not count.
func ignoresCase(args []*csharp.Node) bool {
	for _, a := range args {
		if a.Kind == csharp.Member && strings.HasSuffix(a.Value, "IgnoreCase") {
			return true
		}
	}
	return false
}

// textMethods are methods of strings that make strings.
var textMethods = map[string]func(args ...string) string{
	"ToLower": func(a ...string) string { return strings.ToLower(a[0]) }, "ToLowerInvariant": func(a ...string) string { return strings.ToLower(a[0]) },
	"ToUpper": func(a ...string) string { return strings.ToUpper(a[0]) }, "ToUpperInvariant": func(a ...string) string { return strings.ToUpper(a[0]) },
	"ToString":  func(a ...string) string { return a[0] },
	"Trim":      func(a ...string) string { return strings.Trim(a[0], cutset(a[1:])) },
	"TrimStart": func(a ...string) string { return strings.TrimLeft(a[0], cutset(a[1:])) },
	"TrimEnd":   func(a ...string) string { return strings.TrimRight(a[0], cutset(a[1:])) },
}

func cutset(args []string) string {
	if len(args) == 0 {
		return " \t\r\n"
	}
	return strings.Join(args, "")
}

// method lowers a method of a value.
func (e *evaluation) method(n *csharp.Node, vars map[string]value) value {
	member := n.Args[0]
	if of, ok := e.split(n, vars); ok {
		return of
	}
	of := e.eval(member.Args[0], vars)
	if of.kind == hashKind && member.Value == "ComputeHash" {
		return e.hashed(n, of, vars)
	}
	if of.kind == listKind && member.Value == "Contains" && len(n.Args) > 1 {
		return truth(among(of.items, e.eval(n.Args[1], vars), ignoresCase(n.Args[2:])))
	}
	if lit, ok := of.expr.(routing.Lit); ok && of.cond == nil && lit.IsUnknown() && len(of.readings) == 0 {
		return of
	}
	var given []value
	for _, a := range n.Args[1:] {
		if a.Kind != csharp.Lambda && (a.Kind != csharp.Member || !strings.HasPrefix(a.Args[0].Value, "StringComparison")) {
			given = append(given, e.eval(a, vars))
		}
	}
	if fn := textMethods[member.Value]; fn != nil {
		if member.Value == "ToString" {
			if len(given) > 0 { // a format
				return e.about(n, "is not followed")
			}
			return value{kind: textKind, expr: of.text()}
		}
		out := e.call(textKind, member.Value, fn, append([]value{of}, given...)...)
		for _, reading := range of.readings {
			out.readings = append(out.readings, e.call(textKind, member.Value, fn, append([]value{{expr: reading}}, given...)...).expr)
		}
		return out
	}
	if v, ok := e.compared(member.Value, of, given, ignoresCase(n.Args[1:])); ok {
		return v
	}
	return e.cutOut(n, of, given)
}

// compared are the methods of strings that decide something, without those that begin somewhere, or are told about case by a boolean.
func (e *evaluation) compared(name string, of value, given []value, fold bool) (value, bool) {
	if len(given) != 1 {
		return value{}, false
	}
	if len(of.readings) > 0 {
		return e.whicheverItIs(of, func(reading value) (value, bool) { return e.compared(name, reading, given, fold) })
	}
	in := func(s string) string {
		if fold {
			return strings.ToLower(s)
		}
		return s
	}
	switch name {
	case "StartsWith":
		return e.holds(name, func(a ...string) bool { return strings.HasPrefix(in(a[0]), in(a[1])) }, of, given[0]), true
	case "EndsWith":
		return e.holds(name, func(a ...string) bool { return strings.HasSuffix(in(a[0]), in(a[1])) }, of, given[0]), true
	case "Contains":
		return e.holds(name, func(a ...string) bool { return strings.Contains(in(a[0]), in(a[1])) }, of, given[0]), true
	case "Equals":
		return truth(equal(of, given[0], fold)), true
	case "IndexOf", "LastIndexOf":
		find := strings.Index
		if name == "LastIndexOf" {
			find = strings.LastIndex
		}
		return e.call(intKind, name, func(a ...string) string { return strconv.Itoa(find(in(a[0]), in(a[1]))) }, of, given[0]), true
	}
	return value{}, false
}

// whicheverItIs asks about a text of which it is not documented what it is: the answer is known where all readings give the same.
func (e *evaluation) whicheverItIs(of value, ask func(value) (value, bool)) (value, bool) {
	var every routing.All
	var some routing.Any
	for _, reading := range of.readings {
		answer, ok := ask(value{kind: textKind, expr: reading})
		if !ok || answer.cond == nil {
			return value{}, false
		}
		every, some = append(every, answer.cond), append(some, answer.cond)
	}
	return truth(routing.Any{every, routing.All{some, of.truth()}}), true
}

// cutOut are the methods of strings that take a part, or replace one, and those that make a number of one.
func (e *evaluation) cutOut(n *csharp.Node, of value, given []value) value {
	switch name := n.Args[0].Value; {
	case name == "Replace" && len(given) == 2 && !ignoresCase(n.Args[1:]):
		return e.call(textKind, name, func(a ...string) string {
			if a[1] == "" {
				return a[0]
			}
			return strings.ReplaceAll(a[0], a[1], a[2])
		}, append([]value{of}, given...)...)
	case name == "Substring" && len(given) > 0:
		return e.try(textKind, name, substring, append([]value{of}, given...)...)
	case name == "Sum" && len(n.Args) == 2 && isCode(n.Args[1]):
		return e.call(intKind, name, func(a ...string) string {
			sum := 0
			for _, r := range a[0] {
				sum += int(r)
			}
			return strconv.Itoa(sum)
		}, of)
	case len(n.Args) == 1 && (name == "First" || name == "FirstOrDefault" || name == "Last" || name == "LastOrDefault" || name == "Single"):
		if isHeader(n.Args[0].Args[0]) {
			return of
		}
		return e.try(charKind, name, func(a ...string) (string, bool) { return character(a[0], strings.HasPrefix(name, "Last"), 0) }, of)
	case name == "GetHashCode":
		return e.about(n, "differs from process to process, and so between the units of a gateway")
	}
	return e.about(n, "is not followed")
}

// isCode reports whether a function gives the code of a character: c => c, c => (int)c.
func isCode(n *csharp.Node) bool {
	if n.Kind != csharp.Lambda {
		return false
	}
	body := n.Args[0]
	if body.Kind == csharp.Cast && body.Value == "int" {
		body = body.Args[0]
	}
	return body.Kind == csharp.Name && body.Value == n.Value
}

func substring(a ...string) (string, bool) {
	start, err := strconv.Atoi(a[1])
	if err != nil || start < 0 || start > len(a[0]) {
		return "", false
	}
	if len(a) == 2 {
		return a[0][start:], true
	}
	length, err := strconv.Atoi(a[2])
	if err != nil || length < 0 || start+length > len(a[0]) {
		return "", false
	}
	return a[0][start : start+length], true
}

func character(text string, last bool, at int) (string, bool) {
	if last {
		_, size := utf8.DecodeLastRuneInString(text)
		return text[len(text)-size:], size > 0
	}
	if at < 0 || at >= len(text) {
		return "", false
	}
	_, size := utf8.DecodeRuneInString(text[at:])
	return text[at : at+size], true
}

// isHeader reports whether a node is a header by its name, which is a list of values in C#.
func isHeader(n *csharp.Node) bool {
	path, _, ok := spelled(n)
	return ok && path == "context.Request.Headers[]"
}

// split lowers x.Split(y) with what is taken of it: by index, First or Last.
func (e *evaluation) split(n *csharp.Node, vars map[string]value) (value, bool) {
	var list *csharp.Node
	var at value
	last := false
	switch {
	case n.Kind == csharp.Index && len(n.Args) == 2:
		list, at = n.Args[0], e.eval(n.Args[1], vars)
	case n.Kind != csharp.Call || len(n.Args) > 1 || n.Args[0].Kind != csharp.Member: // one with a condition is not followed
	case strings.HasPrefix(n.Args[0].Value, "First"):
		list, at = n.Args[0].Args[0], e.literal(intKind, "0")
	case strings.HasPrefix(n.Args[0].Value, "Last"):
		list, at, last = n.Args[0].Args[0], e.literal(intKind, "0"), true
	}
	if list == nil || list.Kind != csharp.Call || list.Args[0].Kind != csharp.Member || list.Args[0].Value != "Split" || len(list.Args) != 2 {
		return value{}, false
	}
	of, by := e.eval(list.Args[0].Args[0], vars), e.eval(list.Args[1], vars)
	return e.try(textKind, "Split", func(a ...string) (string, bool) {
		parts := strings.Split(a[0], a[1])
		i, err := strconv.Atoi(a[2])
		if last {
			i = len(parts) - 1
		}
		if err != nil || i < 0 || i >= len(parts) || a[1] == "" {
			return "", false
		}
		return parts[i], true
	}, of, by, at), true
}

// indexed lowers x[i]: a part of a split, the value of a header, or a character.
func (e *evaluation) indexed(n *csharp.Node, vars map[string]value) value {
	if of, ok := e.split(n, vars); ok {
		return of
	}
	of := e.eval(n.Args[0], vars)
	switch {
	case of.kind == listKind && len(n.Args) == 2:
		return e.picked(n, of, e.eval(n.Args[1], vars))
	case of.kind == bytesKind && len(n.Args) == 2:
		return e.byteAt(of, e.eval(n.Args[1], vars))
	}
	if isHeader(n.Args[0]) || len(n.Args) != 2 || of.kind != textKind {
		if isHeader(n.Args[0]) {
			return of
		}
		return e.about(n, "is not followed")
	}
	return e.try(charKind, "[]", func(a ...string) (string, bool) {
		at, err := strconv.Atoi(a[1])
		if err != nil {
			return "", false
		}
		return character(a[0], false, at)
	}, of, e.eval(n.Args[1], vars))
}

// property lowers x.Length and the like.
func (e *evaluation) property(n *csharp.Node, vars map[string]value) value {
	if n.Value != "Length" && n.Value != "Count" && n.Value != "Value" && n.Value != "HasValue" {
		return e.about(n, "is not followed")
	}
	of := e.eval(n.Args[0], vars)
	switch {
	case of.kind == listKind:
		return e.literal(intKind, strconv.Itoa(len(of.items)))
	case of.kind == bytesKind && n.Value == "Length":
		return e.call(intKind, "Length", func(a ...string) string { return strconv.Itoa(len(a[0])) }, of)
	case n.Value == "Count":
		return e.about(n, "is not followed")
	case n.Value == "Value":
		return of
	case n.Value == "HasValue":
		return truth(sent(of.text()))
	case of.kind != textKind:
		return e.about(n, "is not followed")
	}
	return e.call(intKind, "Length", func(a ...string) string { return strconv.Itoa(utf8.RuneCountInString(a[0])) }, of)
}

// dice lowers new Random().Next(n): any number below n, for each request another one. Which it is cannot be told; that it has nothing to do with
// what the requests of a connection have in common can.
func (e *evaluation) dice(n *csharp.Node, vars map[string]value) value {
	if n.Kind != csharp.Call || n.Args[0].Kind != csharp.Member || n.Args[0].Value != "Next" || !isRandom(n.Args[0].Args[0], vars) {
		return value{}
	}
	least, bound := 0, n.Args[len(n.Args)-1]
	if len(n.Args) == 3 && n.Args[1].Kind == csharp.Number {
		least, _ = strconv.Atoi(n.Args[1].Value)
	}
	const most = 100
	above, err := strconv.Atoi(bound.Value)
	sides := above - least
	if bound.Kind != csharp.Number || err != nil || sides < 1 || sides > most {
		return value{}
	}
	roll := routing.Split{Span: e.at, Key: routing.Concat{Parts: []routing.Expr{
		routing.ReadOriginal(routing.InMethod, ""), routing.ReadOriginal(routing.InTarget, ""), routing.ReadOriginal(routing.InHeaders, ""), routing.ReadOriginal(routing.InClientIP, ""),
	}}}
	for i := range sides {
		roll.Buckets = append(roll.Buckets, routing.Bucket{Share: 1 / float64(sides), To: routing.Lit{Value: routing.Of(strconv.Itoa(least+i), e.at)}})
	}
	return value{kind: intKind, expr: roll}
}

func isRandom(n *csharp.Node, vars map[string]value) bool {
	return n.Kind == csharp.New && strings.HasSuffix(n.Value, "Random") || n.Kind == csharp.Name && vars[n.Value].kind == randomKind
}

// literalText is the text of a value that is written out; empty for others.
func literalText(v value) string {
	if lit, ok := v.expr.(routing.Lit); ok && v.cond == nil && lit.State() == routing.Known {
		return lit.Text()
	}
	return ""
}
