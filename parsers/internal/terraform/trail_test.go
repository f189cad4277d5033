package terraform_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

func TestAValueLeadsToTheLinesThatDecideIt(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a literal":               {probe(`"a"`), `main.tf:2:7`},
		"a default":               {probe(`var.a`) + "variable \"a\" {\n  default = 1\n}\n", `main.tf:2:7; main.tf:5:13 default of variable a`},
		"a value that was given":  {probe(`var.g`) + "variable \"g\" {}\n", `main.tf:2:7; terraform.tfvars:1:5 value of variable g`},
		"a part of one":           {probe(`var.o.b[1]`) + "variable \"o\" {}\n", `main.tf:2:7; terraform.tfvars:4:13 value of variable o`},
		"a local of a default":    {probe(`local.l`) + "locals {\n  l = \"${var.a}!\"\n}\nvariable \"a\" { default = 1 }\n", `main.tf:2:7; main.tf:5:7 local l; main.tf:7:26 default of variable a`},
		"a condition and its arm": {probe(`var.g == 1 ? local.l : 2`) + "locals { l = 3 }\nvariable \"g\" {}\n", `main.tf:2:7; main.tf:4:14 local l; terraform.tfvars:1:5 value of variable g`},
		"an optional attribute":   {probe(`var.o.d`) + "variable \"o\" {\n  type = object({ d = optional(number, 5) })\n}\n", `main.tf:2:7; main.tf:5:40 default of an optional attribute of variable o`},
		"another resource":        {"resource \"x_y\" \"o\" { n = 1 }\n" + probe(`x_y.o.n`), `main.tf:3:7; main.tf:1:26 x_y.o.n`},
		"merge, the last one":     {probe(`local.m.a`) + "locals { m = merge({ a = 1 }, { a = 2 }) }\n", `main.tf:2:7; main.tf:4:37 local m`},
		"lookup":                  {probe(`lookup(local.m, "a", 3)`) + "locals { m = { a = 1 } }\n", `main.tf:2:7; main.tf:4:20 local m`},
		"lookup's default":        {probe(`lookup(local.m, "b", local.d)`) + "locals {\n  m = { a = 1 }\n  d = 4\n}\n", `main.tf:2:7; main.tf:6:7 local d`},
		"try, the first that is":  {probe(`try(local.m.b, local.m.a)`) + "locals { m = { a = 1 } }\n", `main.tf:2:7; main.tf:4:20 local m`},
		"a for with its key":      {probe(`local.f["k"]`) + "locals {\n  m = { k = 1, j = 2 }\n  f = { for k, v in local.m : k => v }\n}\n", `main.tf:2:7; main.tf:6:7 local f; main.tf:5:13 local m`},
		"a for that makes a list": {probe(`local.f[1]`) + "locals {\n  m = [1, 2, 3]\n  f = [for v in local.m : v if v > 1]\n}\n", `main.tf:2:7; main.tf:6:7 local f; main.tf:5:14 local m`},
		"flatten":                 {probe(`flatten([[1, local.a], local.b])[3]`) + "locals {\n  a = 1\n  b = [2, 3]\n}\n", `main.tf:2:7; main.tf:6:11 local b`},
		"concat":                  {probe(`concat([1], local.b)[2]`) + "locals { b = [2, 3] }\n", `main.tf:2:7; main.tf:4:18 local b`},
		"zipmap":                  {probe(`zipmap(["a", "b"], local.b).b`) + "locals { b = [2, 3] }\n", `main.tf:2:7; main.tf:4:18 local b`},
		"values":                  {probe(`values(local.b)[1]`) + "locals { b = { z = 1, a = 2 } }\n", `main.tf:2:7; main.tf:4:20 local b`},
		"a splat":                 {probe(`(local.b[*].n)[1]`) + "locals { b = [{ n = 1 }, { n = 2 }] }\n", `main.tf:2:7; main.tf:4:32 local b`},
		"a template of two":       {probe(`"${var.a}${local.l}"`) + "locals { l = 1 }\nvariable \"a\" { default = 2 }\n", `main.tf:2:7; main.tf:5:26 default of variable a; main.tf:4:14 local l`},
		"an output of a module":   {"module \"m\" {\n  source = \"./m\"\n  n = 5\n}\n" + probe(`module.m.o`), `main.tf:6:7; m/main.tf:2:22 output o of module m; main.tf:3:7 argument n of module m`},
		"a module's own default":  {"module \"m\" {\n  source = \"./m\"\n}\n" + probe(`module.m.o`), `main.tf:5:7; m/main.tf:2:22 output o of module m; m/main.tf:1:26 default of variable n`},
	} {
		t.Run(name, func(t *testing.T) {
			m := plan(t, map[string]string{
				"main.tf": c.text, "terraform.tfvars": "g = 1\n\no = {\n  b = [\"x\", \"y\"]\n}\n",
				"m/main.tf": "variable \"n\" { default = 1 }\noutput \"o\" { value = var.n }\n",
			})
			n := resource(t, m, "x_y.z").Attributes.Get("v")
			got := n.Span().String()
			if from := notes(n); from != "" {
				got += "; " + from
			}
			if got != c.want {
				t.Errorf("%s came from\n%s\nwant\n%s\nproblems: %q", dump(n), got, c.want, messages(m))
			}
		})
	}
}

func TestPartsStandWhereTheyAreWritten(t *testing.T) {
	m := plan(t, map[string]string{"main.tf": probe(`{ a = local.b, c = [local.d] }`) + "locals {\n  b = { e = [1,\n    2] }\n  d = { f = var.g }\n}\nvariable \"g\" { default = { h = true } }\n"})
	v := resource(t, m, "x_y.z").Attributes.Get("v")
	for path, want := range map[string]string{"a": "main.tf:2:13", "a.e": "main.tf:5:13", "a.e.1": "main.tf:6:5", "c": "main.tf:2:26", "c.0": "main.tf:2:27", "c.0.f": "main.tf:7:13", "c.0.f.h": "main.tf:9:32"} {
		n := v
		for step := range strings.SplitSeq(path, ".") {
			if next := n.Get(step); next != nil {
				n = next
			} else {
				n = n.At(int(step[0] - '0'))
			}
		}
		if got := n.Span().String(); got != want {
			t.Errorf("%s stands at %s, want %s", path, got, want)
		}
	}
	if got := v.Get("a").NameSpan().String(); got != "main.tf:2:9" {
		t.Errorf("the name of a member stands at %s", got)
	}
}

func TestLoopsLeadToTheirElements(t *testing.T) {
	m := plan(t, map[string]string{"main.tf": `locals {
  sites = {
    a = { n = 1 }
    b = { n = 2 }
  }
}
resource "x_y" "z" {
  for_each = local.sites
  n        = each.value.n
  k        = each.key
  dynamic "b" {
    for_each = [each.value.n]
    content {
      n = b.value
    }
  }
}
`})
	r := resource(t, m, `x_y.z["b"]`)
	for _, c := range []struct {
		of   *jsontree.Node
		want string
	}{
		{r.Attributes, "main.tf:8:14 for_each of x_y.z; main.tf:4:9 local sites"},
		{r.Attributes.Get("n"), "main.tf:8:14 for_each of x_y.z; main.tf:4:15 local sites"},
		{r.Attributes.Get("k"), "main.tf:8:14 for_each of x_y.z; main.tf:4:9 local sites"},
		{r.Attributes.Get("b").At(0), "main.tf:12:17 for_each of dynamic b; main.tf:8:14 for_each of x_y.z; main.tf:4:15 local sites"},
		{r.Attributes.Get("b").At(0).Get("n"), "main.tf:12:17 for_each of dynamic b; main.tf:8:14 for_each of x_y.z; main.tf:4:15 local sites"},
	} {
		if got := notes(c.of); got != c.want {
			t.Errorf("%s came from\n%s\nwant\n%s", dump(c.of), got, c.want)
		}
	}
}

func TestAValueThatIsAnAttributeSaysWhose(t *testing.T) {
	m := plan(t, map[string]string{
		"main.tf":   "resource \"x_y\" \"o\" { for_each = toset([\"a\"]) }\nmodule \"m\" {\n  source = \"./m\"\n  id     = x_y.o[\"a\"].id\n  text   = \"${x_y.o[\"a\"].id}/x\"\n}\n",
		"m/main.tf": "variable \"id\" {}\nvariable \"text\" {}\nlocals { ids = { a = var.id } }\nresource \"x_y\" \"z\" {\n  v = [local.ids.a, var.text, x_y.p.id]\n}\nresource \"x_y\" \"p\" {}\n",
	})
	v := resource(t, m, "module.m.x_y.z").Attributes.Get("v")
	for i, want := range []string{`x_y.o["a"].id`, "", "module.m.x_y.p.id"} {
		got := ""
		for _, o := range v.At(i).Origins() {
			got += o.Attribute
		}
		if got != want {
			t.Errorf("value %d is the attribute %q, want %q", i, got, want)
		}
	}
}
