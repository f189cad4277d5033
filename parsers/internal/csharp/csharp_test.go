package csharp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/parsers/internal/csharp"
)

// show prints a tree, so that tests can say what it must be.
func show(n *csharp.Node) string {
	var args []string
	for _, a := range n.Args {
		args = append(args, show(a))
	}
	in := strings.Join(args, " ")
	switch n.Kind {
	case csharp.Text, csharp.Char:
		return fmt.Sprintf("%q", n.Value)
	case csharp.Number, csharp.Word, csharp.Name:
		return n.Value
	case csharp.Member:
		return in + "." + n.Value
	case csharp.Call:
		return "(call " + in + ")"
	case csharp.Index:
		return "(index " + in + ")"
	case csharp.Choice:
		return "(if " + in + ")"
	case csharp.Cast:
		return "(" + n.Value + "! " + in + ")"
	case csharp.Lambda:
		return "(" + n.Value + " => " + in + ")"
	case csharp.List:
		return "[" + in + "]"
	case csharp.New:
		return strings.TrimSpace("(new "+n.Value+" "+in) + ")"
	case csharp.Interpolated:
		return "(text " + in + ")"
	default:
		return "(" + n.Value + " " + in + ")"
	}
}

func showAll(block []*csharp.Statement) string {
	var out []string
	for _, s := range block {
		switch s.Kind {
		case csharp.Set:
			out = append(out, s.Name+" = "+show(s.Value))
		case csharp.Return:
			out = append(out, "return "+show(s.Value))
		case csharp.If:
			out = append(out, "if "+show(s.Value)+" {"+showAll(s.Then)+"} else {"+showAll(s.Else)+"}")
		case csharp.Do:
			out = append(out, show(s.Value))
		case csharp.Other:
			out = append(out, "…"+s.Name)
		}
	}
	return strings.Join(out, "; ")
}

func TestExpressionsAreReadAsCSharpReadsThem(t *testing.T) {
	for src, want := range map[string]string{
		`@(a.B == "x" && !c || d)`:                  `return (|| (&& (== a.B "x") (! c)) d)`,
		`@(a + b * c % 2 == 0)`:                     `return (== (+ a (% (* b c) 2)) 0)`,
		`@(c ? x : d ? y : z)`:                      `return (if c x (if d y z))`,
		`@(a ?? b ?? "")`:                           `return (?? (?? a b) "")`,
		`@((string)context.Variables["x"])`:         `return (string! (index context.Variables "x"))`,
		`@((int)(a + b) % 2)`:                       `return (% (int! (+ a b)) 2)`,
		`@((a) + b)`:                                `return (+ a b)`,
		`@(((JObject)x)["y"])`:                      `return (index (JObject! x) "y")`,
		`@(x.GetValueOrDefault<string>("a", null))`: `return (call x.GetValueOrDefault "a" null)`,
		`@(a < b && c > d)`:                         `return (&& (< a b) (> c d))`,
		`@(x.As<JObject>(preserveContent: true))`:   `return (call x.As true)`,
		`@($"https://{h}.net/{(a ? 1 : 2)}")`:       `return (text "https://" h ".net/" (if a 1 2))`,
		`@(@"a""b\n" + "c\"d\n" + 'x' + '\'')`:      `return (+ (+ (+ "a\"b\\n" "c\"d\n") "x") "'")`,
		`@(s.Sum(c => (int)c))`:                     `return (call s.Sum (c => (int! c)))`,
		`@(new Random().Next(2))`:                   `return (call (new Random).Next 2)`,
		`@(a?.B?["x"])`:                             `return (index a.B "x")`,
		`@(x as string)`:                            `return (as! x)`,
		`@(-1)`:                                     `return (- 1)`,
		`@{ return 1; }`:                            `return 1`,
		`@{ var a = 1; string b = "x"; Dictionary<string, int[]> d = f(); a = 2; if (a == 1) return b; else { return c; } }`: `a = 1; b = "x"; d = (call f); a = 2; if (== a 1) {return b} else {return c}`,
		"@{ // a comment (\n /* \" */ return 1; }":             `return 1`,
		`@{ string a; return a; }`:                             `a = null; return a`,
		`@(new[] { "a", "b" }[i % 2])`:                         `return (index ["a" "b"] (% i 2))`,
		`@(new string[] {})`:                                   `return []`,
		`@(new List<string>() { "a", })`:                       `return ["a"]`,
		`@{ var a = 1; a += 2; return a; }`:                    `a = 1; a = (+ a 2); return a`,
		`@{ using (var h = MD5.Create()) { return h; } }`:      `h = (call MD5.Create); return h`,
		`@{ using var h = f(); return h; }`:                    `h = (call f); return h`,
		`@{ if (a) { try { f(); } catch { } } return 1; }`:     `if a {…try} else {}`,
		`@{ f(x); foreach (var y in z) { a = 1; } return 2; }`: `(call f x); …foreach`,
	} {
		program, err := csharp.Parse(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got := showAll(program.Block); got != want {
			t.Errorf("%s is read as\n%s, want\n%s", src, got, want)
		}
	}
}

func TestWhatIsNotReadSaysWhere(t *testing.T) {
	for src, want := range map[string]string{
		`@(a +)`:                           `5: it ends too early`,
		`@(a b)`:                           `4: "b" is not read here`,
		`@("a)`:                            `2: a string that does not end`,
		`@('ab')`:                          `2: a character that does not end`,
		`@{ return 1 }`:                    `12: it ends too early`,
		`@{ if (a { return 1; } }`:         `9: "{" is not read here`,
		`@($"{a:X2}")`:                     `6: the format of a hole is not read`,
		`x`:                                `0: it is no expression, or too long`,
		`@(f(x => { return 1; }))`:         `9: a function with statements is not read`,
		`@(` + strings.Repeat("(", 200):    `102: it nests too deep`,
		`@(` + strings.Repeat("!", 200):    `101: it nests too deep`,
		`@{` + strings.Repeat("{", 200):    `102: it nests too deep`,
		`@(` + strings.Repeat("a?", 65000): `0: it is no expression, or too long`,
	} {
		_, err := csharp.Parse(src)
		var got string
		if e, ok := err.(*csharp.Error); ok { //nolint:errorlint // that is its type
			got = fmt.Sprintf("%d: %s", e.At, e.Message)
		}
		if !strings.HasPrefix(want, "1") && got != want || !strings.HasSuffix(got, want[strings.Index(want, ":"):]) {
			t.Errorf("%.40s says %q, want %q", src, got, want)
		}
	}
}

func TestReadingTakesTimeInProportionToTheLength(t *testing.T) {
	for _, piece := range []string{"(a<", "a<b,", "(", "a.", "a<", "$\"{", "/*", "a[", "x=>", "a?b:", "-", "{a<b;"} {
		for _, open := range []string{"@(", "@{"} {
			begin := time.Now()
			_, _ = csharp.Parse(open + strings.Repeat(piece, 60_000/len(piece)) + ")") // whatever it is, it must end
			if took := time.Since(begin); took > time.Second {
				t.Errorf("%s%s again and again took %s", open, piece, took)
			}
		}
	}
}

func FuzzParseEndsAndPlacesAreInTheText(f *testing.F) {
	for _, src := range []string{`@(a.B == "x" && !c)`, `@{ var a = (int)x["y"]; if (a < 1) { return $"{a}"; } return @"b"; }`, `@(x.As<JObject>()?.Foo ?? 'c')`} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		program, err := csharp.Parse(src)
		if err != nil {
			if e, ok := err.(*csharp.Error); !ok || e.At < 0 || e.At > len(src) { //nolint:errorlint // that is its type
				t.Errorf("%q: %v stands nowhere", src, err)
			}
			return
		}
		var check func(n *csharp.Node)
		check = func(n *csharp.Node) {
			if n.Start < 0 || n.End < n.Start || n.End > len(src) {
				t.Errorf("%q: %s stands at %d to %d", src, show(n), n.Start, n.End)
			}
			for _, a := range n.Args {
				check(a)
			}
		}
		for _, s := range program.Block {
			if s.Value != nil {
				check(s.Value)
			}
		}
	})
}
