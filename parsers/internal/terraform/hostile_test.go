package terraform_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/parsers/internal/terraform"
)

// nested is a text that opens something many times and closes it again.
func nested(open, inner, shut string, count int) string {
	return strings.Repeat(open, count) + inner + strings.Repeat(shut, count)
}

// doubling is a chain of locals of which each says the one before ten times.
func doubling(first, list string, count int) string {
	var out strings.Builder
	out.WriteString("locals {\n  a0 = " + first + "\n")
	for i := range count {
		fmt.Fprintf(&out, "  a%d = %s\n", i+1, strings.ReplaceAll(list, "X", fmt.Sprintf("local.a%d", i)))
	}
	return out.String() + "}\n" + probe(fmt.Sprintf("local.a%d", count))
}

func TestHostileConfigurationsAreRefusedAtTheirPlace(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"parentheses":          {"x = " + nested("(", "1", ")", 100_000), "main.tf:1:105: this is no Terraform configuration: this nests deeper than 100 levels"},
		"lists":                {"locals {\n  x = " + nested("[", "1", "]", 100_000) + "\n}\n", "main.tf:2:106: this is no Terraform"},
		"objects":              {"x = " + nested("{ a = ", "1", "}", 1000), "nests deeper than"},
		"blocks":               {nested("a {\n", "", "}\n", 1000), "nests deeper than"},
		"templates":            {"x = " + nested("\"${", "1", "}\"", 1000), "nests deeper than"},
		"calls":                {"x = " + nested("f(", "1", ")", 1000), "nests deeper than"},
		"loops":                {"x = " + nested("[for a in ", "b", ": a]", 1000), "nests deeper than"},
		"signs":                {"x = " + strings.Repeat("-", 100_000) + "1\n", "this expression has more than 5000 operators"},
		"negations":            {"x = " + strings.Repeat("!", 100_000) + "true\n", "more than 5000 operators"},
		"choices":              {"x = " + strings.Repeat("true ? 1 : ", 100_000) + "2\n", "more than 5000 operators"},
		"sums":                 {"x = " + strings.Repeat("1 + ", 100_000) + "2\n", "more than 5000 operators"},
		"indexes":              {"x = a" + strings.Repeat("[b]", 100_000) + "\n", "more than 5000 operators"},
		"directives":           {"x = \"" + strings.Repeat("%{ if true }", 100_000) + "\"\n", "more than 5000 operators"},
		"in a heredoc":         {"x = <<E\n" + nested("${[", "1", "]}", 1000) + "\nE\n", "nests deeper than"},
		"behind a comment":     {"x = /* \" */ " + nested("(", "1", ")", 1000), "nests deeper than"},
		"a text that grows":    {doubling(`"0123456789"`, `"${X}${X}${X}${X}${X}${X}${X}${X}${X}${X}"`, 20), "is larger than any real value"},
		"a list that grows":    {doubling(`[1]`, `[X, X, X, X, X, X, X, X, X, X]`, 20), "is larger than any real value"},
		"a join that grows":    {doubling(`"0123456789"`, `join("", [X, X, X, X, X, X, X, X, X, X])`, 20), "cannot be evaluated"},
		"concat that grows":    {doubling(`[1, 2]`, `concat(X, X, X, X, X, X, X, X, X, X)`, 20), "larger than any real value"},
		"loops in loops":       {probe(`[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : [for d in range(1000) : 1]]]]`), "takes more work than any real configuration does"},
		"loops in conditions":  {probe("[for a in range(1000) : a if length([for b in range(1000) : b if length([for c in range(1000) : c if c > 1]) > 0]) > 0]"), "takes more work"},
		"splats in splats":     {"locals { l = range(1000) }\n" + probe(`local.l[*][length(local.l[*][length(local.l[*][length(local.l[*])])])]`), "cannot be evaluated"},
		"a product":            {probe(`length(setproduct(range(1000), range(1000), range(1000), range(1000)))`), "larger than any real value"},
		"a number":             {probe(`"${1e99999999}"`), "larger than any real one"},
		"a number in a text":   {probe(`"${"1e99999999" * 1}"`), "larger than any real one"},
		"a number in JSON":     {probe(`"${jsondecode("1e99999999")}"`), "larger than any real"},
		"a number in a format": {probe(`format("%d", "1e99999999")`), "larger than any real"},
		"a wide format":        {probe(`formatlist("%1000000d", range(1000))`), "larger than any real"},
		"try in try":           {probe(nested("try(", "local.x", ")", 90)), "no expression succeeded"},
		"a chain":              {chain(10_000), "values wait for each other"},
		"a million keys":       {"resource \"x_y\" \"m\" {\n for_each = toset(flatten([for i in range(1024) : [for j in range(1024) : \"${i}-${j}\"]]))\n}\n", "more work than any real configuration does"},
		"a product of keys":    {"resource \"x_y\" \"m\" {\n for_each = toset([for p in setproduct(range(1024), range(1024)) : \"${p[0]}-${p[1]}\"])\n}\n", "larger than any real value"},
		"a huge count":         {"resource \"x_y\" \"m\" {\n count = 100000000\n}\n", "100000000 are more than the 10000 that are read"},
		"modules":              {"module \"a\" {\n source = \"./\"\n count = 1000\n}\n", "module a calls itself"},
		"blocks that multiply": {probe("1") + "resource \"x_y\" \"m\" {\n" + nested("dynamic \"b\" {\n for_each = range(1000)\n content {\n", "", "}\n}\n", 6) + "}\n", "more work than any real configuration does"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			m := plan(t, map[string]string{"main.tf": c.text})
			if got := strings.Join(messages(m), "\n"); !strings.Contains(got, c.want) {
				t.Errorf("the problems are\n%.500s\nwant\n%s", got, c.want)
			}
			if took := time.Since(start); took > 60*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// chain is a configuration in which each local is the one after it.
func chain(count int) string {
	var out strings.Builder
	out.WriteString("locals {\n")
	for i := range count {
		fmt.Fprintf(&out, "  a%d = local.a%d\n", i, i+1)
	}
	fmt.Fprintf(&out, "  a%d = 1\n}\n", count)
	return out.String() + probe("local.a0")
}

func TestWhatIsLargeButRealIsRead(t *testing.T) {
	text := doubling(`"x"`, `"${X}y"`, 300) + "resource \"x_y\" \"m\" {\n count = 5000\n n = count.index\n}\n"
	m := plan(t, map[string]string{"main.tf": text})
	if len(m.Resources) != 5001 || len(m.Problems) > 0 {
		t.Errorf("%d resources are read, with the problems %q", len(m.Resources), messages(m))
	}
	if got := len(resource(t, m, "x_y.z").Attributes.Get("v").Text()); got != 301 {
		t.Errorf("a text of 301 letters has %d", got)
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{
		probe(`[for k, v in { a = 1 } : "${k}${v}" if v > 0]`), "variable \"a\" {\n type = map(object({ b = optional(string, \"c\") }))\n}\n" + probe(`var.a`),
		"module \"m\" {\n source = \"./m\"\n}\n" + probe(`module.m.o`), "resource \"x_y\" \"z\" {\n dynamic \"b\" {\n  for_each = toset([\"a\"])\n  content { n = b.value }\n }\n}\n",
		probe("<<-E\n  ${try(local.a, \"b\")}\n  E\n"), probe(`merge({ a = [1] }, x_y.z)["a"][*]`), "locals {\n a = local.b\n b = local.a\n}\n" + probe("local.a"),
	} {
		f.Add(text, "a = 1\n", `{"locals":{"x":"${upper(\"a\")}"}}`)
	}
	f.Fuzz(func(t *testing.T, text, values, json string) {
		if len(text)+len(values)+len(json) > 4096 {
			t.Skip("only small texts are of interest here")
		}
		c := terraform.Open(terraform.Input{Files: files(map[string]string{"main.tf": text, "terraform.tfvars": values, "more.tf.json": json, "m/main.tf": text})})
		for _, dir := range c.Roots() {
			for _, r := range c.Read(dir).Resources {
				dump(r.Attributes)
			}
		}
	})
}

func TestAHugeCountIsToldOfItsResource(t *testing.T) {
	const want = "how many there are of x_y.m is not known: 100000000 are more than the 10000 that are read"
	r := resource(t, plan(t, map[string]string{"main.tf": "resource \"x_y\" \"m\" {\n count = 100000000\n}\n"}), "x_y.m[?]")
	if len(r.Problems) != 1 || r.Problems[0].Message != want {
		t.Errorf("the problems are %v, want %s", r.Problems, want)
	}
}
