package azure

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/armexpr"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Links between templates may go round in circles. maxLevel bounds how deep, maxInside how many deployments that gives in all.
const (
	maxLevel  = 20
	maxInside = 5000
)

// inside takes the resources of a deployment that stands in a template.
func (d *deployment) inside(n *jsontree.Node, turns *armexpr.Turn, doubts []routing.Problem) error {
	for _, p := range doubts {
		d.reader.problem(p)
	}
	inner, problem := d.deploymentOf(n, turns)
	if problem != nil {
		d.reader.problem(*problem)
	}
	if inner == nil {
		return nil
	}
	return inner.run()
}

// deploymentOf is the template of a nested or linked deployment, with its scope ("Using linked and nested templates when deploying
// Azure resources"). What is nested sees the names of the outer template unless it asks for its own; what is linked sees its own.
func (d *deployment) deploymentOf(n *jsontree.Node, turns *armexpr.Turn) (*deployment, *routing.Problem) {
	if known, ok := d.nested[n]; ok && turns == nil {
		return known, nil
	}
	properties := n.Get("properties")
	template, problem := properties.Get("template"), (*routing.Problem)(nil)
	own := equalFold(properties.Path("expressionEvaluationOptions", "scope").Text(), "inner")
	if link := properties.Get("templateLink"); link != nil {
		template, problem = d.follow(link, turns)
		own = true
	}
	if template == nil || d.level >= maxLevel {
		return nil, problem
	}
	if d.reader.inside++; d.reader.inside > maxInside {
		p := problemAt(n, routing.Problem{
			Kind: routing.NotWhole, Message: fmt.Sprintf("more than %d deployments stand in each other: the others were not read", maxInside), Fix: "give an export of what was deployed",
		})
		return nil, &p
	}
	if turns == nil {
		d.nested[n] = nil // for whatever asks while its parameters are evaluated
	}
	d.reader.hide(template)
	scope := d.scope.Outer(template)
	if own {
		scope = d.scope.Nested(template, d.passed(properties, template, turns))
	}
	inner := d.reader.deployment(template, scope)
	inner.level = d.level + 1
	if !own {
		inner.around = turns
	}
	if turns == nil {
		d.nested[n] = inner
	}
	return inner, problem
}

// follow reads the template behind a link, where the link tells a path in the folder.
func (d *deployment) follow(link *jsontree.Node, turns *armexpr.Turn) (*jsontree.Node, *routing.Problem) {
	path := d.scope.Value(link.Get("relativePath"), turns)
	if path.Kind() != jsontree.String || d.reader.files.Open == nil || d.level >= maxLevel {
		p := unreadLink(link, "")
		return nil, &p
	}
	template, err := d.reader.linked(link, path.Text())
	if err != nil {
		p := unreadLink(link, ": "+err.Error())
		return nil, &p
	}
	return template, nil
}

// passed are the parameters that a deployment passes to its template.
func (d *deployment) passed(properties, template *jsontree.Node, turns *armexpr.Turn) map[string]armexpr.Given {
	out := map[string]armexpr.Given{}
	if link := properties.Get("parametersLink"); link != nil {
		for declared := range template.Get("parameters").All() {
			out[strings.ToLower(declared.Name())] = armexpr.Given{
				Value: jsontree.NewUnknown(link.Place(), "the parameters lie behind a link"), What: "parameters of the nested deployment",
			}
		}
	}
	for entry := range properties.Get("parameters").All() {
		n := valueIn(entry, entry.Name())
		out[strings.ToLower(entry.Name())] = armexpr.Given{Value: d.scope.Value(n, turns), What: "passed to parameter " + entry.Name(), Made: d.scope.Made(n, turns)}
	}
	return out
}

// output is what a deployment in this template puts out; nil where it cannot be told.
func (d *deployment) output(name, output string) *jsontree.Node {
	resources := d.root.Get("resources")
	for n := range resources.All() {
		isIt := equalFold(n.Get("type").Text(), "Microsoft.Resources/deployments") && n.Get("copy") == nil &&
			equalFold(d.scope.Value(n.Get("name"), nil).Text(), name)
		if !isIt {
			continue
		}
		inner, _ := d.deploymentOf(n, nil)
		if inner == nil {
			return nil
		}
		declared := inner.root.Path("outputs", output)
		if declared == nil || armexpr.Secure(inner.root, declared) {
			return nil
		}
		return inner.scope.Value(declared.Get("value"), inner.around)
	}
	return nil
}
