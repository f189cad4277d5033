package azure

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/armexpr"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// template hands over the resources of a template as Azure Resource Manager would deploy them.
func (r *reader) template(root *jsontree.Node) error {
	r.hide(root)
	r.clean(root)
	d := r.deployment(root, armexpr.NewScope(root, r.choose(root).given(root)))
	if err := d.run(); err != nil {
		return err
	}
	if err := r.emitDeployed(); err != nil {
		return err
	}
	r.refused(d.scope.Problems())
	if d.scope.Exhausted() {
		r.problem(routing.Problem{
			Span: root.Span(), Kind: routing.NotWhole, Message: "the template was not evaluated to its end: it takes more steps than any template that Azure accepts",
			Fix: "give an export of what was deployed",
		})
	}
	return nil
}

// hide takes the values of secure parameters out of a template before it is evaluated.
func (r *reader) hide(template *jsontree.Node) {
	for p := range template.Get("parameters").All() {
		if value := p.Get("defaultValue"); armexpr.Secure(template, p) && !armexpr.IsExpression(value.Text()) {
			r.hideSecure(value)
		}
	}
}

// refused reports the expressions that Azure Resource Manager does not accept. Those that only fail with what is known here are
// reported with the resource that needs them.
func (r *reader) refused(problems []armexpr.Problem) {
	for _, p := range problems {
		if p.Refused {
			r.problem(routing.Problem{Span: p.At.Span(), Kind: routing.Refused, Message: p.Message, Fix: "correct the expression"})
		}
	}
}

// deployment is one template that is deployed: the whole text, or a nested or linked one.
type deployment struct {
	reader *reader
	root   *jsontree.Node
	scope  *armexpr.Scope
	level  int           // of nesting
	around *armexpr.Turn // loops of the template that this one is nested in, where it sees them
	nested map[*jsontree.Node]*deployment
}

func (r *reader) deployment(root *jsontree.Node, scope *armexpr.Scope) *deployment {
	d := &deployment{reader: r, root: root, scope: scope, nested: map[*jsontree.Node]*deployment{}}
	scope.Output = d.output
	r.deployments = append(r.deployments, d)
	return d
}

// run hands over the resources, and keeps the outputs.
func (d *deployment) run() error {
	err := d.declared(d.root.Get("resources"), parent{turns: d.around})
	for o := range d.root.Get("outputs").All() {
		d.reader.report.Outputs = append(d.reader.report.Outputs, Output{o.Name(), armexpr.Secure(d.root, o), d.scope.Value(o.Get("value"), d.around)})
	}
	return err
}

// parent is the resource in which another one stands.
type parent struct {
	kind, name string
	path       string // the name where a part of it is not known
	turns      *armexpr.Turn
}

// declared takes the members of "resources", which is a list, or an object of symbolic names in language version 2.0.
func (d *deployment) declared(resources *jsontree.Node, in parent) error {
	if resources.Kind() == jsontree.String { // of which only an export tells what it makes
		made := d.scope.Value(resources, in.turns)
		if resources = made; made.Kind() != jsontree.List && made.Kind() != jsontree.Object {
			d.reader.problem(problemAt(made, routing.Problem{
				Kind: routing.NotWhole, Message: "the resources are made by an expression: " + made.Text(), Fix: "give the template as it was deployed: az group export",
			}))
		}
	}
	for n := range resources.All() {
		if err := d.turns(n, in); err != nil {
			return err
		}
	}
	return nil
}

// turns takes a resource once, or as often as its loop turns ("Resource iteration in ARM templates").
func (d *deployment) turns(n *jsontree.Node, in parent) error {
	loop := n.Get("copy")
	if loop.Kind() != jsontree.Object {
		return d.declaration(n, in, nil)
	}
	count, unknown := d.scope.Count(loop, in.turns)
	turn := armexpr.Turn{Loop: loop.Get("name").Text(), At: loop.Place(), Outer: in.turns, Resource: true}
	if unknown != nil {
		turn.Unknown = unknown.Text()
		in.turns = &turn
		return d.declaration(n, in, []routing.Problem{problemAt(loop, routing.Problem{
			Kind: routing.NotWhole, Message: "a loop makes copies of this resource, which was read as one: " + unknown.Text(), Fix: "give the parameters, or an export of what was deployed",
		})})
	}
	for i := range count {
		this := turn
		this.Index = i
		in.turns = &this
		if err := d.declaration(n, in, nil); err != nil || d.scope.Exhausted() {
			return err
		}
	}
	return nil
}

// longestType bounds types and names, which children repeat: none of Azure's is nearly as long.
const longestType = 500

func (d *deployment) declaration(n *jsontree.Node, in parent, doubts []routing.Problem) error {
	kind := d.scope.Value(n.Get("type"), in.turns).Text()
	if kind == "" || len(in.kind)+len(kind) > longestType {
		return nil
	}
	if in.kind != "" && !strings.Contains(kind, ".") {
		kind = in.kind + "/" + kind
	}
	condition := d.scope.Value(n.Get("condition"), in.turns)
	if condition.Kind() == jsontree.Unknown {
		doubts = append(doubts, problemAt(condition, routing.Problem{
			Kind: routing.NotWhole, Message: "whether this resource is deployed depends on this: " + condition.Text(), Fix: "give the parameters, or an export of what was deployed",
		}))
	}
	deployed := !equalFold(n.Get("existing").Text(), "true") && !equalFold(condition.Text(), "false")
	if equalFold(kind, "Microsoft.Resources/deployments") {
		if !deployed {
			return nil
		}
		return d.inside(n, in.turns, doubts)
	}
	res := d.resource(n, kind, in, doubts)
	if equalFold(condition.Text(), "false") {
		d.reader.deployed.leaveOut(res)
		if n.Get("resources").Len() > 0 {
			d.reader.leftOut(res)
		}
		return nil
	}
	if d.reader.deployed.isThere(res); deployed {
		d.reader.deployed.resources = append(d.reader.deployed.resources, res)
	}
	return d.declared(n.Get("resources"), parent{kind, res.Title, res.path, in.turns})
}

// resource evaluates a resource, but not what stands in it as resources of their own.
func (d *deployment) resource(n *jsontree.Node, kind string, in parent, doubts []routing.Problem) *Resource {
	known := len(d.scope.Problems())
	made := n.Replaced(func(m *jsontree.Node) *jsontree.Node {
		switch strings.ToLower(m.Name()) {
		case "resources", "copy", "dependson": // other resources, the loop, and the order, which does not matter once all is there
			return nil
		}
		return d.scope.Value(m, in.turns)
	})
	d.reader.clean(made)
	res := newResource(made, Template)
	res.Type, res.Problems = kind, doubts
	if name := made.Get("name"); name.Kind() == jsontree.Unknown {
		res.Title = n.Get("name").Text()
	}
	if name := made.Get("name"); name.Kind() == jsontree.Unknown {
		res.path = d.scope.Name(n.Get("name"), in.turns)
		if in.path != "" && strings.Count(res.path, "/") < strings.Count(kind, "/")-1 {
			res.path = in.path[:min(len(in.path), longestType)] + "/" + res.path
		}
	} else if in.path != "" {
		res.path = in.path[:min(len(in.path), longestType)] + "/" + name.Text()
	}
	if in.name != "" && strings.Count(res.Title, "/") < strings.Count(kind, "/")-1 {
		res.Title = in.name[:min(len(in.name), longestType)] + "/" + res.Title
	}
	for _, p := range d.scope.Problems()[known:] {
		if !p.Refused {
			res.Problems = append(res.Problems, routing.Problem{
				Span: p.At.Span(), Kind: routing.NotWhole, Message: p.Message, Fix: "correct the expression, or give an export of what was deployed",
			})
		}
	}
	return res
}
