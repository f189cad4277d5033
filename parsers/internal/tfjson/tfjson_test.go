package tfjson_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/azurerm"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/internal/tfjson"
)

func parse(t testing.TB, text string) *jsontree.Node {
	t.Helper()
	doc, err := jsontree.Parse("p.json", []byte(text), jsontree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root
}

// planned are the resources of a plan without the text of its configuration.
func planned(root *jsontree.Node) []azurerm.Resource {
	resources, _ := tfjson.Plan(root, nil)
	return resources
}

// tell shows resources, a line each: what is unknown stands behind a question mark, with the attribute that it is going to be.
func tell(all []azurerm.Resource) string {
	var lines []string
	for _, r := range all {
		lines = append(lines, r.Address+" "+r.Type+" "+value(r.Attributes))
	}
	return strings.Join(lines, "\n")
}

func value(n *jsontree.Node) string {
	var parts []string
	for child := range n.All() {
		parts = append(parts, strings.TrimPrefix(child.Name()+":", ":")+value(child))
	}
	switch n.Kind() {
	case jsontree.Object:
		return "{" + strings.Join(parts, " ") + "}"
	case jsontree.List:
		return "[" + strings.Join(parts, " ") + "]"
	case jsontree.Unknown:
		for _, o := range n.Origins() {
			return "?" + o.Attribute
		}
		return "?(" + n.Text() + ")"
	default:
		return n.Text()
	}
}

// planOf is a plan of one gateway with a nested block, whose attribute host is unknown and written as the given expression, and of what
// else is given.
func planOf(address, expression, moreResources string) string {
	gateway := `{"address":"` + address + `","mode":"managed","type":"gw","name":"x","values":{"b":[{"name":"n"}]}}`
	root := `"resources":[` + gateway + moreResources + `]`
	configuration := `"resources":[{"address":"gw.x","expressions":{"b":[{"name":{"constant_value":"n"},"host":` + expression + `}]}}]`
	if module, ok := strings.CutSuffix(address, ".gw.x"); ok {
		root = `"resources":[` + strings.TrimPrefix(moreResources, ",") + `],"child_modules":[{"address":"` + module + `","resources":[` + gateway + `]}]`
		configuration = `"module_calls":{"m":{"expressions":{"h":{"references":["svc.a.hostname","svc.a"]}},"module":{` + configuration + `}}}`
	}
	return `{"format_version":"1.2","planned_values":{"root_module":{` + root + `}},
		"resource_changes":[{"address":"` + address + `","change":{"actions":["create"],"after_unknown":{"b":[{"host":true}]}}}],
		"configuration":{"root_module":{` + configuration + `}}}`
}

func service(address string) string {
	return `,{"address":"` + address + `","mode":"managed","type":"svc","name":"a","values":{}}`
}

func TestWhatIsUnknownUntilApplyIsTheAttributeThatTheConfigurationRefersTo(t *testing.T) {
	const direct = `{"references":["svc.a.hostname","svc.a"]}`
	for name, c := range map[string]struct{ plan, want string }{
		"a resource":             {planOf("gw.x", direct, service("svc.a")), "?svc.a.hostname"},
		"one of several":         {planOf("gw.x", `{"references":["svc.a[1].hostname","svc.a[1]","svc.a"]}`, service("svc.a[0]")+service("svc.a[1]")), "?svc.a[1].hostname"},
		"any of several":         {planOf("gw.x", direct, service("svc.a[0]")+service("svc.a[1]")), "?(known only after the plan is applied (svc.a.hostname))"},
		"the only instance":      {planOf("gw.x", direct, service(`svc.a[\"b.c]\"]`)), `?svc.a["b.c]"].hostname`},
		"a resource not planned": {planOf("gw.x", direct, ""), "?(known only after the plan is applied (svc.a.hostname))"},
		"an argument":            {planOf("module.m.gw.x", `{"references":["var.h"]}`, service("svc.a")), "?svc.a.hostname"},
		"a local":                {planOf("gw.x", `{"references":["local.h"]}`, service("svc.a")), "?(known only after the plan is applied (local.h))"},
		"two of them":            {planOf("gw.x", `{"references":["svc.a.hostname","svc.a","svc.b.hostname","svc.b"]}`, service("svc.a")+service("svc.b")), "[?svc.a.hostname ?svc.b.hostname]"},
		"made of two others":     {planOf("gw.x", `{"references":["svc.a.id","svc.a","svc.b.hostname","svc.b"]}`, service("svc.a")+service("svc.b")), "?(known only after the plan is applied (svc.a.id, svc.b.hostname))"},
		"no expression":          {planOf("gw.x", `{}`, service("svc.a")), "?(known only after the plan is applied)"},
	} {
		t.Run(name, func(t *testing.T) {
			got := tell(planned(parse(t, c.plan)))
			if !strings.Contains(got, "{b:[{name:n host:"+c.want+"}]}") {
				t.Errorf("got\n%s\nwant host to be %s", got, c.want)
			}
		})
	}
}

func TestAnOutputOfAModuleLeadsToItsResource(t *testing.T) {
	root := parse(t, `{"planned_values":{"root_module":{"resources":[{"address":"gw.x","type":"gw","values":{}}],
		"child_modules":[{"address":"module.s[\"a\"]","resources":[{"address":"module.s[\"a\"].svc.a","type":"svc","values":{}}]},
		                 {"address":"module.s[\"b\"]","resources":[{"address":"module.s[\"b\"].svc.a","type":"svc","values":{}}]}]}},
		"resource_changes":[{"address":"gw.x","change":{"after_unknown":{"host":true}}}],
		"configuration":{"root_module":{"resources":[{"address":"gw.x","expressions":{"host":{"references":["module.s[\"b\"].host","module.s[\"b\"]","module.s"]}}}],
		"module_calls":{"s":{"module":{"outputs":{"host":{"expression":{"references":["svc.a.hostname","svc.a"]}}}}}}}}}`)
	if got, want := tell(planned(root)), `gw.x gw {host:?module.s["b"].svc.a.hostname}`; !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPlansLeaveOutWhatIsDeletedAndWhatIsSensitive(t *testing.T) {
	root := parse(t, `{"planned_values":{"root_module":{"resources":[
		{"address":"a.x","mode":"managed","type":"a","values":{"p":"secret","q":["r",{"s":1}],"n":null},"sensitive_values":{"p":true}},
		{"address":"data.a.x","mode":"data","type":"a","values":{}}]}},
		"resource_changes":[
		{"address":"a.x","deposed":"1234","change":{"actions":["delete"],"after_unknown":{"t":true}}},
		{"address":"a.x","change":{"actions":["update"],"after_unknown":{"u":[true],"q":[false,{"s":true}]},"after_sensitive":{"q":[true]}}},
		{"address":"a.gone","change":{"actions":["delete"],"after":null}}]}`)
	const want = "a.x a {p:?(it is marked as sensitive, so that it was not read) q:[?(it is marked as sensitive, so that it was not read) " +
		"{s:?(known only after the plan is applied)}] n:null u:?(known only after the plan is applied)}"
	if got := tell(planned(root)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestStatesHoldInstances(t *testing.T) {
	const want = `module.m["k"].a.x a {p:1}`
	shown := parse(t, `{"values":{"root_module":{"child_modules":[{"address":"module.m[\"k\"]","resources":[{"address":"module.m[\"k\"].a.x","mode":"managed","type":"a","values":{"p":1}}]}]}}}`)
	if got := tell(tfjson.State(shown)); got != want {
		t.Errorf("a state that was shown holds\n%s\nwant\n%s", got, want)
	}
	file := parse(t, `{"version":4,"resources":[{"module":"module.m[\"k\"]","mode":"managed","type":"a","name":"x","instances":[{"attributes":{"p":1}},{"deposed":"1","attributes":{"p":2}}]},
		{"mode":"data","type":"a","name":"d","instances":[{"attributes":{}}]},
		{"mode":"managed","type":"a","name":"y","instances":[{"index_key":0,"attributes":{"body":{"type":"dynamic","value":{"z":"w"}},"q":["u","v"]},
		"sensitive_attributes":[[{"type":"get_attr","value":"q"},{"type":"index","value":{"value":1,"type":"number"}}]]},{"index_key":"b","attributes":{}}]}]}`)
	const all = want + "\na.y[0] a {body:{z:w} q:[u ?(it is marked as sensitive, so that it was not read)]}\na.y[\"b\"] a {}"
	if got := tell(tfjson.StateFile(file)); got != all {
		t.Errorf("a state file holds\n%s\nwant\n%s", got, all)
	}
}

func TestVersionsThatAreNotKnownAreRefused(t *testing.T) {
	for version, ok := range map[string]bool{"0.1": true, "1.2": true, "2.0": false, "": false} {
		if err := tfjson.CheckVersion(parse(t, "{\n\"format_version\":\""+version+"\"}")); (err == nil) != ok {
			t.Errorf("format version %q: %v", version, err)
		} else if err != nil && !strings.HasPrefix(err.Error(), "p.json:2:18: ") {
			t.Errorf("the error has no place: %v", err)
		}
	}
	if tfjson.CheckFileVersion(parse(t, `{"version":4}`)) != nil || tfjson.CheckFileVersion(parse(t, `{"version":3}`)) == nil {
		t.Error("state files of version 4 are read, and no others")
	}
}

// FuzzRead holds every reader to: whatever the text is, it does not panic and every resource has attributes.
func FuzzRead(f *testing.F) {
	f.Add(planOf("module.m.gw.x", `{"references":["var.h","module.m.o"]}`, service("svc.a")))
	f.Add(`{"planned_values":{"root_module":{"resources":[{"address":"module.","type":"a","values":{}},{"address":"","type":"b","values":{"x":[]}}]}},"resource_changes":[{"address":"","change":{"after_unknown":{"x":[[true]],"y":{"z":true}}}}],"configuration":[]}`)
	f.Add(`{"resources":[{"type":"a","instances":[{"attributes":{},"sensitive_attributes":[[{"value":{}}],1,[[]]]}]}],"values":{"root_module":{"child_modules":[{},1]}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := jsontree.Parse("f", []byte(text), jsontree.Options{})
		if err != nil {
			return
		}
		for _, r := range append(append(tfjson.State(doc.Root), tfjson.StateFile(doc.Root)...), planned(doc.Root)...) {
			if r.Attributes.Kind() != jsontree.Object {
				t.Errorf("%s has no attributes", r.Address)
			}
		}
	})
}
