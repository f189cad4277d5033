package azure

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// template hands over the resources of a template, of nested templates, and of resources that stand inside others.
func (r *reader) template(root *jsontree.Node) error {
	r.secureParameters(root)
	expressions(root)
	r.clean(root)
	return r.deployment(root)
}

// secureParameters hides the default values of securestring and secureobject parameters.
func (r *reader) secureParameters(template *jsontree.Node) {
	for p := range template.Get("parameters").All() {
		value := p.Get("defaultValue")
		if strings.HasPrefix(strings.ToLower(p.Get("type").Text()), "secure") && !isExpression(value.Text()) {
			r.hideSecure(value)
		}
	}
}

func (r *reader) deployment(template *jsontree.Node) error {
	return r.declared(template.Get("resources"), "", "")
}

// declared takes the members of "resources", which is a list, or an object of symbolic names in language version 2.0.
func (r *reader) declared(resources *jsontree.Node, parentType, parentName string) error {
	if resources.Kind() == jsontree.Unknown {
		r.problem(problemAt(resources, routing.Problem{
			Kind: routing.NotWhole, Message: "the resources are made by an expression: " + resources.Text(), Fix: "give the template as it was deployed: az group export",
		}))
	}
	for n := range resources.All() {
		if err := r.declaration(n, parentType, parentName); err != nil {
			return err
		}
	}
	return nil
}

// longestType bounds types, which children repeat: no type of Azure's is nearly as long.
const longestType = 500

func (r *reader) declaration(n *jsontree.Node, parentType, parentName string) error {
	kind := n.Get("type").Text()
	if !deployed(n) || kind == "" || len(parentType)+len(kind) > longestType {
		return nil
	}
	if parentType != "" && !strings.Contains(kind, ".") {
		kind = parentType + "/" + kind
	}
	if equalFold(kind, "Microsoft.Resources/deployments") {
		return r.nested(n)
	}
	res := newResource(n, Template)
	res.Type, res.Problems = kind, doubts(n)
	if parentName != "" && strings.Count(res.Title, "/") < strings.Count(kind, "/")-1 {
		res.Title = clip(parentName) + "/" + res.Title
	}
	if err := r.emit(res); err != nil {
		return err
	}
	return r.declared(n.Get("resources"), kind, res.Title)
}

// deployed reports whether a resource is created at all: "existing" ones are only referred to, and a condition may be false.
func deployed(n *jsontree.Node) bool {
	return !equalFold(n.Get("existing").Text(), "true") && !equalFold(n.Get("condition").Text(), "false")
}

// doubts are what decides over a resource and was not evaluated.
func doubts(n *jsontree.Node) (found []routing.Problem) {
	if condition := n.Get("condition"); condition.Kind() == jsontree.Unknown {
		found = append(found, problemAt(condition, routing.Problem{
			Kind: routing.NotWhole, Message: "whether this resource is deployed depends on " + condition.Text(), Fix: "give the parameters, or an export of what was deployed",
		}))
	}
	if loop := n.Get("copy"); loop.Kind() == jsontree.Object {
		found = append(found, problemAt(loop, routing.Problem{
			Kind: routing.NotWhole, Message: "a loop makes copies of this resource, which was read as one", Fix: "give an export of what was deployed",
		}))
	}
	return found
}

// nested takes the template inside a deployment; one that lies behind a link was not read.
func (r *reader) nested(n *jsontree.Node) error {
	properties := n.Get("properties")
	for _, p := range doubts(n) {
		r.problem(p)
	}
	if link := properties.Get("templateLink"); link != nil {
		r.problem(problemAt(link, routing.Problem{
			Kind: routing.NotWhole, Message: "the linked template was not read", Fix: "give it beside this one, or compile everything into one template",
		}))
	}
	template := properties.Get("template")
	r.secureParameters(template)
	return r.deployment(template)
}

// clip bounds a name, which children repeat.
func clip(name string) string { return name[:min(len(name), longestType)] }
