package azure

import (
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/internal/tfjson"
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
