package terraform_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/asrscheck/asrscheck/parsers/internal/terraform"
)

// probe is a resource whose argument v is looked at.
func probe(expression string) string {
	return "resource \"x_y\" \"z\" {\n  v = " + expression + "\n}\n"
}

func TestValuesAreThoseOfAPlan(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"literals":                  {probe(`[1, 1.5, true, "a", null]`), `[1, 1.5, true, "a", null]`},
		"an object":                 {probe(`{ a = 1, "b c" = { d = [] } }`), `{a: 1, b c: {d: []}}`},
		"a default":                 {"variable \"a\" { default = \"x\" }\n" + probe(`var.a`), `"x"`},
		"a default that is null":    {"variable \"a\" { default = null }\n" + probe(`var.a`), `null`},
		"no value":                  {"variable \"a\" {}\n" + probe(`var.a`), `<variable a has no value>`},
		"no value in a template":    {"variable \"a\" {}\n" + probe(`"x-${var.a}"`), `<variable a has no value>`},
		"a value in a type":         {"variable \"a\" {\n type = number\n default = \"12\"\n}\n" + probe(`var.a`), `12`},
		"an optional default":       {"variable \"a\" {\n type = map(object({ b = optional(number, 7), c = string }))\n default = { k = { c = \"x\" } }\n}\n" + probe(`var.a`), `{k: {b: 7, c: "x"}}`},
		"a set in its order":        {probe(`toset(["b", "a", "b"])`), `["a", "b"]`},
		"a local of a local":        {"locals {\n a = \"${local.b}!\"\n b = \"x\"\n}\n" + probe(`local.a`), `"x!"`},
		"a condition":               {"locals { on = false }\n" + probe(`local.on ? "a" : "b"`), `"b"`},
		"a condition that is open":  {"variable \"on\" { type = bool }\n" + probe(`var.on ? "a" : "b"`), `<variable on has no value>`},
		"for, with a condition":     {probe(`[for i, v in ["a", "b", "c"] : "${i}${v}" if v != "b"]`), `["0a", "2c"]`},
		"for, grouped":              {probe(`{ for v in ["a1", "a2", "b1"] : substr(v, 0, 1) => v... }`), `{a: ["a1", "a2"], b: ["b1"]}`},
		"a splat":                   {"locals { l = [{ n = 1 }, { n = 2 }] }\n" + probe(`local.l[*].n`), `[1, 2]`},
		"a heredoc":                 {"resource \"x_y\" \"z\" {\n  v = <<-EOT\n    a\n      ${1 + 1}\n    %{if true}b%{endif}\n  EOT\n}\n", `"a\n  2\nb\n"`},
		"a known attribute":         {"resource \"x_y\" \"o\" { name = \"n\" }\n" + probe(`x_y.o.name`), `"n"`},
		"a computed attribute":      {"resource \"x_y\" \"o\" { name = \"n\" }\n" + probe(`x_y.o.id`), `<known only after apply: x_y.o.id>`},
		"of one of several":         {"resource \"x_y\" \"o\" { for_each = toset([\"a\"]) }\n" + probe(`x_y.o["a"].id`), `<known only after apply: x_y.o["a"].id>`},
		"of a key that is computed": {"locals { k = \"a\" }\nresource \"x_y\" \"o\" {\n for_each = toset([\"a\"])\n n = each.key\n}\n" + probe(`[x_y.o[local.k].id, x_y.o[local.k].n]`), `[<known only after apply: x_y.o["a"].id>, "a"]`},
		"of a counted one":          {"resource \"x_y\" \"o\" { count = 2 }\n" + probe(`[x_y.o[1].id, length(x_y.o)]`), `[<known only after apply: x_y.o[1].id>, 2]`},
		"a splat over resources":    {"resource \"x_y\" \"o\" {\n count = 2\n n = \"n${count.index}\"\n}\n" + probe(`[x_y.o[*].n, x_y.o[*].id]`), `[["n0", "n1"], [<known only after apply: x_y.o[0].id>, <known only after apply: x_y.o[1].id>]]`},
		"of a nested block":         {"resource \"x_y\" \"o\" {\n b { n = 1 }\n}\n" + probe(`[x_y.o.b[0].n, x_y.o.b[0].id]`), `[1, <known only after apply: x_y.o.b>]`},
		"a data source":             {"data \"x_y\" \"o\" { name = \"n\" }\n" + probe(`[data.x_y.o.name, data.x_y.o.id]`), `["n", <known only when terraform reads it: data.x_y.o.id>]`},
		"resource, the long way":    {"resource \"x_y\" \"o\" { name = \"n\" }\n" + probe(`[resource.x_y.o.name, resource.x_y.o.id]`), `["n", <known only after apply: x_y.o.id>]`},
		"a remote state":            {"data \"terraform_remote_state\" \"net\" { backend = \"azurerm\" }\n" + probe(`data.terraform_remote_state.net.outputs.subnet`), `<known only when terraform reads it: data.terraform_remote_state.net.outputs>`},
		"a whole resource":          {"resource \"x_y\" \"o\" { name = \"n\" }\nlocals { o = x_y.o }\n" + probe(`[local.o.name, local.o.id]`), `["n", <known only after apply: x_y.o.id>]`},
		"all of its attributes":     {"resource \"x_y\" \"o\" { name = \"n\" }\n" + probe(`[jsonencode(x_y.o), length(x_y.o)]`), `[<known only after apply: x_y.o>, <known only after apply: x_y.o>]`},
		"a workspace":               {probe(`terraform.workspace`), `<the workspace is not known; TF_WORKSPACE would tell>`},
		"a time":                    {probe(`[timestamp(), uuid()]`), `[<timestamp() is known only when terraform runs>, <uuid() is random>]`},
		"a function of a provider":  {probe(`provider::azapi::parse_resource_id("a", "b").name`), `<provider::azapi::parse_resource_id() is a provider's, and is not evaluated here>`},
		"core functions by name":    {probe(`core::upper("a")`), `"A"`},
		"try, past what fails":      {"locals { o = {} }\n" + probe(`[try(local.o.a, "b"), can(local.o.a), try(1, 2)]`), `["b", false, 1]`},
		"try, over what is open":    {"variable \"a\" {}\n" + probe(`try(var.a.b, "c")`), `<variable a has no value>`},
		"a path":                    {probe(`[path.module, path.root]`), `[".", "."]`},
		"sensitive values":          {"variable \"a\" {\n default = \"s\"\n sensitive = true\n}\n" + probe(`[var.a, "x${var.a}", nonsensitive(var.a), sensitive("t")]`), `[<it is sensitive, so that it was not read>, <it is sensitive, so that it was not read>, "s", <it is sensitive, so that it was not read>]`},
		"a cycle":                   {"locals {\n a = local.b\n b = local.a\n}\n" + probe(`local.a`), `<local.b cannot be evaluated: local.a depends on itself, by way of local.b, local.a>`},
		"what is not declared":      {probe(`[local.a, 1]`), `[<x_y.z.v[0] cannot be evaluated: no local is called a>, 1]`},
		"a cycle of resources":      {"resource \"x_y\" \"o\" {\n a = x_y.p.a\n}\nresource \"x_y\" \"p\" {\n a = x_y.o.a\n}\n" + probe(`x_y.o.a`), `<x_y.o.a cannot be evaluated: x_y.p.a depends on itself, by way of x_y.o.a, x_y.p.a>`},
	} {
		t.Run(name, func(t *testing.T) {
			m := plan(t, map[string]string{"main.tf": c.text})
			if got := dump(resource(t, m, "x_y.z").Attributes.Get("v")); got != c.want {
				t.Errorf("the value is\n%s\nwant\n%s\nproblems: %q", got, c.want, messages(m))
			}
		})
	}
}

func TestRepeatedResourcesHaveTheirKeys(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a count":                      {`count = 2`, `x_y.z[0] x_y.z[1]`},
		"none":                         {`count = 0`, ``},
		"a set":                        {`for_each = toset(["b", "a"])`, `x_y.z["a"] x_y.z["b"]`},
		"a map":                        {`for_each = { k = 1, j = 2 }`, `x_y.z["j"] x_y.z["k"]`},
		"a key with quotes":            {`for_each = { "a\"b" = 1 }`, `x_y.z["a\"b"]`},
		"a count that is not known":    {`count = var.open ? 1 : 0`, `x_y.z[?]`},
		"a map that is not known":      {`for_each = var.open`, `x_y.z[?]`},
		"a key that is not known":      {`for_each = toset([var.open])`, `x_y.z[?]`},
		"values that are not known":    {`for_each = { a = var.open }`, `x_y.z["a"]`},
		"a list, which is refused":     {`for_each = ["a"]`, `x_y.z[?]`},
		"more than anybody has":        {`count = 1000000000`, `x_y.z[?]`},
		"a count that is sensitive":    {`count = length(sensitive(["a", "b"]))`, `x_y.z[0] x_y.z[1]`},
		"a number in a text":           {`count = "1"`, `x_y.z[0]`},
		"what is missing is not there": {``, `x_y.z`},
	} {
		t.Run(name, func(t *testing.T) {
			m := plan(t, map[string]string{"main.tf": "variable \"open\" {}\nresource \"x_y\" \"z\" {\n" + c.text + "\n}\n"})
			var got []string
			for _, r := range m.Resources {
				got = append(got, r.Address)
				if strings.Contains(r.Address, "?") != (len(r.Problems) > 0) {
					t.Errorf("%s has the problems %v", r.Address, r.Problems)
				}
			}
			if all := strings.Join(got, " "); all != c.want {
				t.Errorf("there are %s, want %s", all, c.want)
			}
		})
	}
}

func TestNestedBlocksAreListsOfObjects(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"one":                          {`b { n = 1 }`, `[{n: 1}]`},
		"several":                      {"b { n = 1 }\nb { n = 2 }", `[{n: 1}, {n: 2}]`},
		"in each other":                {"b {\n c { n = 1 }\n}", `[{c: [{n: 1}]}]`},
		"dynamic":                      {"dynamic \"b\" {\n for_each = [\"x\", \"y\"]\n content { n = \"${b.key}${b.value}\" }\n}", `[{n: "0x"}, {n: "1y"}]`},
		"dynamic, and written":         {"b { n = 1 }\ndynamic \"b\" {\n for_each = [2]\n content { n = b.value }\n}", `[{n: 1}, {n: 2}]`},
		"over a map":                   {"dynamic \"b\" {\n for_each = { k = \"v\" }\n content { n = [b.key, b.value] }\n}", `[{n: ["k", "v"]}]`},
		"over a set":                   {"dynamic \"b\" {\n for_each = toset([\"v\"])\n content { n = [b.key, b.value] }\n}", `[{n: ["v", "v"]}]`},
		"with an iterator":             {"dynamic \"b\" {\n for_each = [1]\n iterator = it\n content { n = it.value }\n}", `[{n: 1}]`},
		"dynamic in a written one":     {"b {\n dynamic \"c\" {\n  for_each = [1, 2]\n  content { n = c.value }\n }\n}", `[{c: [{n: 1}, {n: 2}]}]`},
		"dynamic in a dynamic one":     {"dynamic \"b\" {\n for_each = { k = [1, 2] }\n content {\n  dynamic \"c\" {\n   for_each = b.value\n   content { n = \"${b.key}${c.value}\" }\n  }\n }\n}", `[{c: [{n: "k1"}, {n: "k2"}]}]`},
		"none":                         {"dynamic \"b\" {\n for_each = []\n content {}\n}", `[]`},
		"a number that is not known":   {"b { n = 1 }\ndynamic \"b\" {\n for_each = var.open\n content {}\n}", `<how many blocks there are is not known: variable open has no value>`},
		"Terraform's own are left out": {"lifecycle { prevent_destroy = true }\nprovisioner \"local-exec\" { command = \"x\" }", `missing`},
		"a null that makes none":       {"dynamic \"b\" {\n for_each = var.open == null ? [] : [1]\n content {}\n}", `<how many blocks there are is not known: variable open has no value>`},
	} {
		t.Run(name, func(t *testing.T) {
			m := plan(t, map[string]string{"main.tf": "variable \"open\" {}\nresource \"x_y\" \"z\" {\n" + c.text + "\n}\n"})
			if got := dump(resource(t, m, "x_y.z").Attributes.Get("b")); got != c.want {
				t.Errorf("the blocks are\n%s\nwant\n%s\nproblems: %q", got, c.want, messages(m))
			}
		})
	}
}

func TestValuesOfVariablesCountInTerraformsOrder(t *testing.T) {
	in := func(drop int) string {
		all := fstest.MapFS{"main.tf": {Data: []byte("variable \"a\" { default = \"default\" }\n" + probe("var.a"))}}
		for i, name := range []string{"terraform.tfvars", "terraform.tfvars.json", "a.auto.tfvars", "b.auto.tfvars.json", "prod.tfvars"} {
			text := "a = \"" + name + "\"\n"
			if strings.HasSuffix(name, ".json") {
				text = `{"a": "` + name + `"}`
			}
			if i < drop {
				all[name] = &fstest.MapFile{Data: []byte(text)}
			}
		}
		input := terraform.Input{Files: all}
		if drop >= 0 {
			input.Environment = func(name string) string { return map[string]string{"TF_VAR_a": "environment"}[name] }
		}
		if drop > 5 {
			input.VarFiles = []terraform.VarFile{{Name: "one", Text: []byte(`a = "one"`)}, {Name: "two.json", Text: []byte(`{"a":"two"}`)}}
		}
		return resource(t, terraform.Open(input).Read("."), "x_y.z").Attributes.Get("v").Text()
	}
	for drop, want := range map[int]string{-1: "default", 0: "environment", 1: "terraform.tfvars", 2: "terraform.tfvars.json", 3: "a.auto.tfvars", 4: "b.auto.tfvars.json", 5: "b.auto.tfvars.json", 6: "two"} {
		if got := in(drop); got != want {
			t.Errorf("with %d files the value is that of %q, want %q", drop, got, want)
		}
	}
}

func TestFilesOfValuesThatAreNotAppliedAreNamed(t *testing.T) {
	texts := map[string]string{"main.tf": "variable \"a\" { default = 1 }\n" + probe("var.a"), "prod.tfvars": "a = 2\n", "env/dev.tfvars": "a = 3\n"}
	m := plan(t, texts)
	if got := strings.Join(messages(m), " "); !strings.Contains(got, "prod.tfvars: was not applied, like 1 other file with values") {
		t.Errorf("the problems are %q", got)
	}
	given := terraform.Open(terraform.Input{Files: files(texts), VarFiles: []terraform.VarFile{{Name: "prod.tfvars", Text: []byte(texts["prod.tfvars"])}}}).Read(".")
	if len(given.Problems) > 0 || resource(t, given, "x_y.z").Attributes.Get("v").Text() != "2" {
		t.Errorf("with the file given, there are the problems %q", messages(given))
	}
}
