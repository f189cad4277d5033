package terraform

import (
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// takeValues gives the root's variables their values in the order of developer.hashicorp.com/terraform/language/values/variables,
// "Variable Definition Precedence": what comes later counts.
func (r *run) takeValues(f *folder) {
	for name, b := range f.variables {
		r.fromEnvironment(name, b)
	}
	for _, isNext := range []func(string) bool{
		func(name string) bool { return name == "terraform.tfvars" },
		func(name string) bool { return name == "terraform.tfvars.json" },
		func(name string) bool {
			return strings.HasSuffix(name, ".auto.tfvars") || strings.HasSuffix(name, ".auto.tfvars.json")
		},
	} {
		for _, name := range f.varFiles { // in the order of their names
			if isNext(name) {
				r.fromFolder(path.Join(f.dir, name))
			}
		}
	}
	for _, file := range r.in.VarFiles {
		r.fromFile(file.Name, file.Text)
	}
}

func (r *run) fromFolder(name string) {
	text, err := r.text(name)
	if err != nil {
		r.problem(unread(r.shown(name), err))
		return
	}
	r.fromFile(r.shown(name), text)
}

// fromFile takes the values of a file. What it says of variables that are not declared counts for nothing, as in terraform.
func (r *run) fromFile(name string, text []byte) {
	r.files[name], r.applied[name] = true, true
	body, diags := r.parse(name, text)
	if diags.HasErrors() {
		p := r.refusal(diags)
		p.Message = strings.Replace(p.Message, "Terraform configuration", "file of values", 1)
		r.problem(p)
		return
	}
	for variable, a := range body.Attributes {
		r.given[variable] = source{"value of variable " + variable, a.Expr, nil}
	}
}

// fromEnvironment takes TF_VAR_name: as it is for a variable that holds a single value, and as an expression for others.
func (r *run) fromEnvironment(name string, b *hclsyntax.Block) {
	const prefix = "TF_VAR_"
	text, ok := r.environment(prefix + name)
	if !ok {
		return
	}
	at := hcl.Range{Filename: prefix + name}
	var expr hclsyntax.Expression = &hclsyntax.LiteralValueExpr{Val: cty.StringVal(text), SrcRange: at}
	if ty, _, _ := constraint(b.Body.Attributes["type"]); b.Body.Attributes["type"] != nil && !ty.IsPrimitiveType() {
		if over := scan([]byte(text)); over != nil {
			r.problem(routing.Problem{Span: routing.Span{File: prefix + name}, Kind: routing.NotWhole, Message: over.message, Fix: "correct the variable of the environment"})
			return
		}
		parsed, diags := hclsyntax.ParseExpression([]byte(text), at.Filename, hcl.InitialPos)
		if diags.HasErrors() {
			r.failed(prefix+name, diags)
			return
		}
		expr = parsed
	}
	r.given[name] = source{prefix + name + " in the environment", expr, nil}
}

// sayWhatWasNotApplied names files of values that lie below the folder and count for nothing unless they are given. Who gives some has
// chosen.
func (r *run) sayWhatWasNotApplied() {
	if len(r.in.VarFiles) > 0 {
		return
	}
	var names []string
	for _, pattern := range []string{"*.tfvars", "*.tfvars.json", "*/*.tfvars", "*/*/*.tfvars"} {
		found, _ := fs.Glob(r.in.Files, path.Join(globbed(r.dir), pattern)) // the pattern is sound
		for _, name := range found {
			if !r.applied[r.shown(name)] {
				names = append(names, r.shown(name))
			}
		}
	}
	if len(names) == 0 {
		return
	}
	others := ""
	if len(names) > 1 {
		others = ", like " + plural(len(names)-1, "other file") + " with values"
	}
	r.problem(routing.Problem{
		Span: routing.Span{File: names[0]}, Kind: routing.NotWhole, Message: "was not applied" + others + ": terraform does not load it on its own",
		Fix: "give the one that belongs to what is to be judged with --var-file",
	})
}

// globbed is a path in which nothing stands for anything else.
func globbed(name string) string {
	return strings.NewReplacer("*", "\\*", "?", "\\?", "[", "\\[", "\\", "\\\\").Replace(name)
}
