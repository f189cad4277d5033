package tfjson

import (
	"regexp"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/azurerm"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// scope is a place in the configuration from which references are followed.
type scope struct {
	*plan
	module *jsontree.Node // as the configuration has it
	prefix string         // the addresses in that instance of the module begin with it: module.edge["a"].
	at     []string       // the block and the argument in it that is read
}

// in is the scope of a resource, and what the configuration writes for it.
func (p *plan) in(res azurerm.Resource) (in scope, expressions *jsontree.Node) {
	in = scope{plan: p, module: p.configuration, prefix: prefixOf(res.Address)}
	for _, m := range names(in.prefix) {
		in.module = in.module.Path("module_calls", m, "module")
	}
	name := plain(res.Address[len(in.prefix):])
	in.at = append([]string{"resource"}, strings.SplitN(name, ".", 2)...)
	for n := range in.module.Get("resources").All() {
		if n.Get("address").Text() == name {
			return in, n.Get("expressions")
		}
	}
	return in, nil
}

var moduleStep = regexp.MustCompile(`^module\.[^.\[]+(?:` + index.String() + `)?\.`)

// prefixOf is the part of an address that names modules.
func prefixOf(address string) string {
	length := 0
	for {
		step := moduleStep.FindString(address[length:])
		if step == "" {
			return address[:length]
		}
		length += len(step)
	}
}

// names are those of the modules that a prefix goes through.
func names(prefix string) []string {
	var out []string
	for step := range strings.SplitSeq(strings.TrimSuffix(plain(prefix), "."), ".") {
		if step != "module" && step != "" {
			out = append(out, step)
		}
	}
	return out
}

// unknown is a value that is known only after the plan is applied, or values where it is going to be the attributes of several resources.
func (s scope) unknown(mark, expression *jsontree.Node) *jsontree.Node {
	references := leaves(expression.Get("references"))
	why := "known only after the plan is applied"
	if len(references) > 0 {
		why += " (" + strings.Join(references, ", ") + ")"
	}
	var found []*jsontree.Node
	for _, ref := range references {
		attribute := s.follow(ref, 0)
		if attribute == "" {
			return jsontree.NewUnknown(mark.Place(), why)
		}
		if made := s.madeOf(attribute, ref); made != "" {
			return jsontree.NewUnknown(mark.Place(), why+made)
		}
		n := jsontree.NewUnknown(mark.Place(), why)
		n.AddOrigins(&jsontree.Origin{What: "refers to " + ref, At: expression.Get("references").At(0).Place(), Attribute: attribute})
		found = append(found, n)
	}
	switch len(found) {
	case 0:
		return jsontree.NewUnknown(mark.Place(), why)
	case 1:
		return found[0]
	}
	return severally(mark, why, found)
}

// severally is a list of host names. Anything else that is made of several attributes is one value.
func severally(mark *jsontree.Node, why string, found []*jsontree.Node) *jsontree.Node {
	for _, n := range found {
		if !strings.HasSuffix(n.Origins()[0].Attribute, ".hostname") {
			return jsontree.NewUnknown(mark.Place(), why)
		}
	}
	return jsontree.NewList(mark.Place(), found...)
}

// leaves are references without those that others go on from: the list has azurerm_signalr_service.chat beside
// azurerm_signalr_service.chat.hostname.
func leaves(references *jsontree.Node) []string {
	var out []string
	for ref := range references.All() {
		out = append(out, ref.Text())
	}
	return slices.DeleteFunc(slices.Clone(out), func(ref string) bool {
		return slices.ContainsFunc(out, func(longer string) bool {
			return longer != ref && strings.HasPrefix(longer, ref) && strings.ContainsRune(".[", rune(longer[len(ref)]))
		})
	})
}

// mostSteps bounds how far references are followed through variables and outputs.
const mostSteps = 20

// follow is the attribute of a resource that a reference leads to, through the arguments and the outputs of modules; empty where that
// cannot be told, as for locals, whose expressions are not in a plan.
func (s scope) follow(ref string, steps int) string {
	parts := strings.Split(plain(ref), ".")
	switch {
	case steps > mostSteps || len(parts) < 2:
		return ""
	case parts[0] == "var":
		return s.argument(parts, steps)
	case parts[0] == "module" && len(parts) == 3:
		return s.output(ref, parts, steps)
	case len(parts) != 3 || parts[0] == "data" || parts[0] == "local" || parts[0] == "each":
		return ""
	}
	return s.attribute(ref, parts)
}

// attribute is the attribute of the only instance that a reference can mean.
func (s scope) attribute(ref string, parts []string) string {
	instance := strings.TrimSuffix(ref, "."+parts[2])
	candidates := s.instances[plain(s.prefix)+parts[0]+"."+parts[1]]
	if here := having(candidates, func(a string) bool { return strings.HasPrefix(a, s.prefix) }); len(here) > 0 {
		candidates = here
	}
	if strings.HasSuffix(instance, "]") {
		candidates = having(candidates, func(a string) bool { return a[len(prefixOf(a)):] == instance })
	}
	if len(candidates) != 1 {
		return ""
	}
	return candidates[0] + "." + parts[2]
}

func having(list []string, is func(string) bool) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !is(s) })
}

// argument goes on in the module that calls this one.
func (s scope) argument(parts []string, steps int) string {
	path := names(s.prefix)
	if len(path) == 0 || len(parts) != 2 {
		return ""
	}
	caller, length := s.configuration, 0
	for _, m := range path[:len(path)-1] {
		caller = caller.Path("module_calls", m, "module")
		length += len(moduleStep.FindString(s.prefix[length:]))
	}
	expression := caller.Path("module_calls", path[len(path)-1], "expressions", parts[1])
	in := scope{s.plan, caller, s.prefix[:length], []string{"module", path[len(path)-1], parts[1]}}
	return in.only(expression, steps)
}

// output goes on in a module that this one calls.
func (s scope) output(ref string, parts []string, steps int) string {
	called := s.module.Path("module_calls", parts[1], "module")
	expression := called.Path("outputs", parts[2], "expression")
	in := scope{s.plan, called, s.prefix + strings.TrimSuffix(ref, parts[2]), []string{"output", parts[2], "value"}}
	return in.only(expression, steps)
}

// only follows an expression that is nothing but one reference.
func (s scope) only(expression *jsontree.Node, steps int) string {
	references := leaves(expression.Get("references"))
	if len(references) != 1 {
		return ""
	}
	if bare, found, _ := s.written(references[0]); found && !bare {
		return ""
	}
	return s.follow(references[0], steps+1)
}
