package azure

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/internal/tfjson"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// terraformForm knows what Terraform and OpenTofu write by the version that each format begins with, which is that of the format and
// not of the program.
func terraformForm(root *jsontree.Node) Form {
	switch {
	case root.Get("format_version") != nil && (root.Get("planned_values") != nil || root.Get("resource_changes") != nil):
		return Plan
	case root.Get("format_version") != nil && root.Get("provider_schemas") == nil:
		return State
	case root.Get("terraform_version") != nil && root.Get("version").Kind() == jsontree.Number && root.Get("lineage") != nil:
		return StateFile
	}
	return None
}

// terraformJSON takes a plan or a state. What was written before the plan is not judged: its gateways are those that the plan changes.
func (r *reader) terraformJSON(root *jsontree.Node) error {
	check := tfjson.CheckVersion
	if r.report.Form == StateFile {
		check = tfjson.CheckFileVersion
	}
	if err := check(root); err != nil {
		return err
	}
	r.clean(root)
	r.outline(root)
	switch r.report.Form {
	case Plan:
		resources, taken := tfjson.Plan(root, r.files.Written)
		r.report.Notes = append(r.report.Notes, taken...)
		return r.terraform(resources)
	case StateFile:
		return r.terraform(tfjson.StateFile(root))
	default:
		return r.terraform(tfjson.State(root))
	}
}

// outlines are the members that hold the resources of each form, and their kinds.
var outlines = map[Form][]struct {
	path []string
	kind jsontree.Kind
}{
	Plan:      {{[]string{"planned_values"}, jsontree.Object}, {[]string{"planned_values", "root_module"}, jsontree.Object}, {[]string{"planned_values", "root_module", "resources"}, jsontree.List}, {[]string{"resource_changes"}, jsontree.List}, {[]string{"configuration"}, jsontree.Object}},
	State:     {{[]string{"values"}, jsontree.Object}, {[]string{"values", "root_module"}, jsontree.Object}, {[]string{"values", "root_module", "resources"}, jsontree.List}},
	StateFile: {{[]string{"resources"}, jsontree.List}},
}

// outline says where something else stands than resources do. What is not there is empty: a plan may destroy everything.
func (r *reader) outline(root *jsontree.Node) {
	for _, o := range outlines[r.report.Form] {
		n := root.Path(o.path...)
		if n.Unset() || n.Kind() == o.kind {
			continue
		}
		r.problem(problemAt(n, routing.Problem{
			Kind: routing.NotWhole, Message: fmt.Sprintf("%s is %s here, but %s belongs here", strings.Join(o.path, "."), n.Kind(), o.kind),
			Fix: "write it again with terraform show -json",
		}))
	}
}
