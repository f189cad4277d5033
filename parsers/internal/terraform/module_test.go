package terraform_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/terraform"
)

func TestModulesAreCalledWithTheirArguments(t *testing.T) {
	const inner = "variable \"n\" { default = 0 }\nresource \"x_y\" \"z\" { v = var.n }\noutput \"twice\" { value = var.n * 2 }\noutput \"id\" { value = x_y.z.id }\n"
	for name, c := range map[string]struct {
		texts map[string]string
		want  map[string]string
	}{
		"once": {
			map[string]string{"main.tf": "module \"m\" {\n source = \"./m\"\n n = 1\n}\n" + probe("[module.m.twice, module.m.id]"), "m/main.tf": inner},
			map[string]string{"module.m.x_y.z": "1", "x_y.z": "[2, <known only after apply: module.m.x_y.z.id>]"},
		},
		"with a count": {
			map[string]string{"main.tf": "module \"m\" {\n source = \"./m\"\n count = 2\n n = count.index\n}\n" + probe("[module.m[1].twice, module.m[*].twice]"), "m/main.tf": inner},
			map[string]string{"module.m[0].x_y.z": "0", "module.m[1].x_y.z": "1", "x_y.z": "[2, [0, 2]]"},
		},
		"with a for_each": {
			map[string]string{"main.tf": "module \"m\" {\n source = \"./m\"\n for_each = { a = 3 }\n n = each.value\n}\n" + probe("{ for k, m in module.m : k => m.twice }"), "m/main.tf": inner},
			map[string]string{`module.m["a"].x_y.z`: "3", "x_y.z": "{a: 6}"},
		},
		"an unknown number of times": {
			map[string]string{"main.tf": "variable \"open\" {}\nmodule \"m\" {\n source = \"./m\"\n for_each = var.open\n n = each.key\n}\n" + probe("module.m"), "m/main.tf": inner},
			map[string]string{`module.m[?].x_y.z`: "<variable open has no value>", "x_y.z": "<variable open has no value>"},
		},
		"in each other": {
			map[string]string{
				"main.tf": "module \"a\" {\n source = \"./mods/a\"\n n = 4\n}\n", "mods/a/main.tf": "variable \"n\" {}\nmodule \"b\" {\n source = \"../b\"\n n = var.n\n}\n", "mods/b/main.tf": inner,
			},
			map[string]string{"module.a.module.b.x_y.z": "4"},
		},
		"from .terraform/modules": {
			map[string]string{
				"main.tf": "module \"a\" {\n source = \"registry/a/azurerm\"\n n = 4\n}\n", ".terraform/modules/a/main.tf": "variable \"n\" {}\nmodule \"b\" {\n source = \"git::https://x\"\n n = var.n\n}\n",
				".terraform/modules/a.b/main.tf": inner, ".terraform/modules/modules.json": `{"Modules":[{"Key":"","Dir":"."},{"Key":"a","Dir":".terraform/modules/a"},{"Key":"a.b","Dir":".terraform/modules/a.b"}]}`,
			},
			map[string]string{"module.a.module.b.x_y.z": "4"},
		},
		"that were not given": {
			map[string]string{"main.tf": "module \"m\" { source = \"registry/x/azurerm\" }\n" + probe("module.m.twice")},
			map[string]string{"x_y.z": "<module m (registry/x/azurerm) was not given>"},
		},
		"with null for a default": {
			map[string]string{"main.tf": "module \"m\" {\n source = \"./m\"\n n = null\n}\n", "m/main.tf": strings.Replace(inner, "default = 0", "\n default = 0\n nullable = false\n", 1)},
			map[string]string{"module.m.x_y.z": "0"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := plan(t, c.texts)
			for address, want := range c.want {
				if got := dump(resource(t, m, address).Attributes.Get("v")); got != want {
					t.Errorf("%s has %s, want %s; problems: %q", address, got, want, messages(m))
				}
			}
			if len(m.Resources) != len(c.want) {
				t.Errorf("there are %d resources, want %d", len(m.Resources), len(c.want))
			}
		})
	}
}

func TestModulesThatCannotBeReadAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		texts map[string]string
		want  string
	}{
		"outside":                   {map[string]string{"main.tf": "module \"m\" { source = \"../m\" }\n"}, "main.tf:1:1: module m lies outside of what was given (../m)"},
		"not there":                 {map[string]string{"main.tf": "module \"m\" { source = \"./m\" }\n"}, "module m was not found in m"},
		"itself":                    {map[string]string{"main.tf": "module \"m\" { source = \"./m\" }\n", "m/x.tf": "module \"n\" { source = \"../m\" }\n"}, "m/x.tf:1:1: module n calls itself"},
		"one that may be a gateway": {map[string]string{"main.tf": "module \"m\" {\n source = \"Azure/avm-res-network-applicationgateway/azurerm\"\n version = \"1\"\n http_listeners = {}\n}\n"}, "was not given, and may hold a gateway: its arguments are http_listeners"},
		"a gateway of another kind": {map[string]string{"main.tf": "module \"m\" {\n source = \"Azure/avm-res-network-virtualnetworkgateway/azurerm\"\n}\nmodule \"nat\" {\n source = \"Azure/avm-res-network-natgateway/azurerm\"\n}\n"}, ""},
		"one by its arguments":      {map[string]string{"main.tf": "module \"m\" {\n source = \"git::https://example.com/x.git\"\n backend_http_settings = []\n}\n"}, "was not given, and may hold a gateway: its arguments are backend_http_settings"},
		"files of OpenTofu":         {map[string]string{"main.tf": "", "main.tofu": ""}, "main.tofu: is configuration for OpenTofu alone, which was not read"},
		"none that concerns us":     {map[string]string{"main.tf": "module \"m\" {\n source = \"Azure/naming/azurerm\"\n suffix = []\n}\n"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(messages(plan(t, c.texts)), "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("the problems are\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestRootsAreTheModulesThatNoneCalls(t *testing.T) {
	for name, c := range map[string]struct {
		texts map[string]string
		want  []string
	}{
		"one":               {map[string]string{"main.tf": ""}, []string{"."}},
		"with a module":     {map[string]string{"main.tf": "module \"m\" { source = \"./modules/m\" }", "modules/m/main.tf": ""}, []string{"."}},
		"two environments":  {map[string]string{"env/a/main.tf": "module \"m\" { source = \"../../m\" }", "env/b/main.tf": "module \"m\" { source = \"../../m\" }", "m/main.tf": ""}, []string{"env/a", "env/b"}},
		"a module alone":    {map[string]string{"m/main.tf.json": "{}"}, []string{"m"}},
		"what is skipped":   {map[string]string{"main.tf": "", ".terraform/modules/x/main.tf": "", "node_modules/x/main.tf": ""}, []string{"."}},
		"each other, alone": {map[string]string{"a/main.tf": "module \"m\" { source = \"../b\" }", "b/main.tf": "module \"m\" { source = \"../a\" }"}, []string{"a", "b"}},
		"none":              {map[string]string{"README.md": ""}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := terraform.Open(terraform.Input{Files: files(c.texts)}).Roots(); !slices.Equal(got, c.want) {
				t.Errorf("the roots are %q, want %q", got, c.want)
			}
		})
	}
}

func TestOverridesAreMerged(t *testing.T) {
	m := plan(t, map[string]string{
		"main.tf":             "resource \"x_y\" \"z\" {\n a = 1\n b = local.l\n c { n = 1 }\n c { n = 2 }\n d { n = 3 }\n}\nlocals { l = \"main\" }\nvariable \"v\" { default = 1 }\n",
		"override.tf":         "resource \"x_y\" \"z\" {\n a = 2\n dynamic \"c\" {\n  for_each = [9]\n  content { n = c.value }\n }\n}\n",
		"z_override.tf.json":  `{"resource":{"x_y":{"z":{"e":"${local.l}"}}},"locals":{"l":"override"}}`,
		"not_overriding_x.tf": "",
	})
	const want = `{a: 2, b: "override", c: [{n: 9}], d: [{n: 3}], e: "override"}`
	r := resource(t, m, "x_y.z")
	if got := dump(r.Attributes); got != want {
		t.Errorf("the resource is %s, want %s", got, want)
	}
	if got := r.Attributes.Get("a").Span().String(); got != "override.tf:2:6" {
		t.Errorf("what overrides stands at %s", got)
	}
}

func TestJSONSyntaxIsReadLikeTheOther(t *testing.T) {
	m := plan(t, map[string]string{"main.tf.json": `{
  "//": "a comment",
  "variable": {"a": {"type": "map(object({ n = optional(number, 3) }))", "default": {"k": {}}}},
  "locals": [{"l": "${upper(\"x\")}"}],
  "module": {"m": {"source": "./m", "n": "${local.l}"}},
  "resource": {"x_y": {"z": {
    "v": ["${var.a}", "${local.l}-1", "$${x}", 1, null],
    "tags": {"k": "v"},
    "b": [{"n": 1}, {"n": 2}],
    "c": {"n": true},
    "dynamic": {"d": {"for_each": "${toset([\"q\"])}", "content": {"n": "${d.value}"}}}
  }}}
}`, "m/main.tf": "variable \"n\" {}\nresource \"x_y\" \"z\" { v = var.n }\n"})
	const want = `{b: [{n: 1}, {n: 2}], c: [{n: true}], d: [{n: "q"}], tags: {k: "v"}, v: [{k: {n: 3}}, "X-1", "${x}", 1, null]}`
	r := resource(t, m, "x_y.z")
	if got := dump(r.Attributes); got != want {
		t.Errorf("the resource is\n%s\nwant\n%s\nproblems: %q", got, want, messages(m))
	}
	if got := r.Attributes.Get("v").At(1).Span().String() + " " + notes(r.Attributes.Get("v").At(1)); got != "main.tf.json:7:24 main.tf.json:4:21 local l" {
		t.Errorf("a template stands at %s", got)
	}
	if got := dump(resource(t, m, "module.m.x_y.z").Attributes); got != `{v: "X"}` {
		t.Errorf("the module's resource is %s", got)
	}
}
