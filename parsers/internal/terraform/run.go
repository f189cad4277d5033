package terraform

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// run is one plan of one root module.
type run struct {
	*Configuration
	dir       string
	given     map[string]source // values of the root's variables
	functions map[string]function.Function
	workspace cty.Value
	manifest  map[string]string // key of a module below .terraform/modules to its folder
	locked    map[string]string // provider to its exact version
	applied   map[string]bool   // files with values that count
	problems  []routing.Problem
	absent    []routing.Problem // modules that may hold gateways
	files     map[string]bool
	meter     meter
	trails    meter    // of what trails evaluate again
	waiting   []string // what is evaluated right now, outermost first
	modules   int
	blocks    int
	nodes     int
}

func newRun(c *Configuration, dir string) *run {
	r := &run{
		Configuration: c, dir: dir, given: map[string]source{}, applied: map[string]bool{}, files: map[string]bool{}, meter: meter{maxWork}, trails: meter{maxTrails},
	}
	r.functions = r.newFunctions()
	r.workspace = r.newWorkspace()
	r.manifest = r.newManifest()
	r.locked = r.newLocked()
	return r
}

func (r *run) root() *instance {
	f := r.use(r.dir)
	r.takeValues(f)
	return newInstance(r, f)
}

// use is a folder as a part of this plan.
func (r *run) use(dir string) *folder {
	f := r.folder(dir)
	if len(f.files) > 0 && r.files[f.files[0]] {
		return f
	}
	for _, name := range f.files {
		r.files[name] = true
	}
	for _, p := range f.problems {
		r.problem(p)
	}
	return f
}

// enough problems tell what is wrong; more would only take room.
const enough = 100

func (r *run) problem(p routing.Problem) { r.problems = withProblem(r.problems, p) }

func withProblem(all []routing.Problem, p routing.Problem) []routing.Problem {
	if len(all) >= enough || slices.Contains(all, p) {
		return all
	}
	return append(all, p)
}

// failed notes that something cannot be evaluated, and returns why in one line.
func (r *run) failed(what string, diags hcl.Diagnostics) string {
	d := diags.Errs()[0].(*hcl.Diagnostic) //nolint:errorlint,forcetypeassert // Errs are diagnostics by its contract
	p := routing.Problem{Kind: routing.NotWhole, Message: what + " cannot be evaluated: " + sentence(d), Fix: "correct it: what depends on it is not judged"}
	if d.Subject != nil {
		p.Span = r.place(*d.Subject).Span()
	}
	r.problem(p)
	return p.Message
}

func reason(err error) string {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err.Error()
	}
	return err.Error()
}

// environment is a variable of the environment.
func (r *run) environment(name string) (string, bool) {
	if r.in.Environment == nil {
		return "", false
	}
	value := r.in.Environment(name)
	return value, value != ""
}

// newWorkspace is the workspace that is selected: in the environment, or in the folder. Where neither says anything it may be any:
// terraform workspace select leaves its mark beside state that is seldom given along.
func (r *run) newWorkspace() cty.Value {
	name, ok := r.environment("TF_WORKSPACE")
	if !ok {
		text, _ := r.text(path.Join(r.dir, ".terraform", "environment"))
		name = strings.TrimSpace(string(text))
	}
	if name == "" {
		return cty.UnknownVal(cty.String)
	}
	return cty.StringVal(name)
}

// newManifest reads where terraform init put modules.
func (r *run) newManifest() map[string]string {
	text, err := r.text(path.Join(r.dir, ".terraform", "modules", "modules.json"))
	if err != nil {
		return nil
	}
	var list struct{ Modules []struct{ Key, Dir string } }
	if err := json.Unmarshal(text, &list); err != nil {
		name := r.shown(path.Join(r.dir, ".terraform", "modules", "modules.json"))
		r.problem(routing.Problem{Span: routing.Span{File: name}, Kind: routing.NotWhole, Message: "the list of modules cannot be read: " + err.Error(), Fix: "run terraform init again"})
	}
	dirs := map[string]string{}
	for _, m := range list.Modules {
		dirs[m.Key] = path.Join(r.dir, m.Dir)
	}
	return dirs
}

// newLocked reads the versions of providers from the lock file, by their last name.
func (r *run) newLocked() map[string]string {
	const file = ".terraform.lock.hcl"
	text, err := r.text(path.Join(r.dir, file))
	if err != nil || scan(text) != nil {
		return nil
	}
	parsed, diags := hclsyntax.ParseConfig(text, file, hcl.InitialPos)
	if diags.HasErrors() {
		return nil
	}
	versions := map[string]string{}
	for _, b := range parsed.Body.(*hclsyntax.Body).Blocks { //nolint:forcetypeassert // that is what ParseConfig makes
		if b.Type == "provider" && len(b.Labels) == 1 {
			versions[path.Base(b.Labels[0])] = literal(b.Body.Attributes["version"])
		}
	}
	return versions
}

// cycle refuses what waits for itself.
func (r *run) cycle(what string, at hcl.Range) hcl.Diagnostics {
	i := slices.Index(r.waiting, what)
	if i < 0 {
		return nil
	}
	return failure(at, "%s depends on itself, by way of %s", what, strings.Join(append(slices.Clone(r.waiting[i+1:]), what), ", "))
}

// within runs compute as a part of what waits.
func (r *run) within(what string, at hcl.Range, compute func() (cty.Value, hcl.Diagnostics)) (cty.Value, hcl.Diagnostics) {
	if diags := r.cycle(what, at); diags != nil {
		return cty.DynamicVal, diags
	}
	if len(r.waiting) > maxChain {
		return cty.DynamicVal, failure(at, "more than %d values wait for each other", maxChain)
	}
	r.waiting = append(r.waiting, what)
	defer func() { r.waiting = r.waiting[:len(r.waiting)-1] }()
	v, diags := compute()
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	cost, ok := weigh(v, maxValue)
	if !ok {
		return cty.DynamicVal, failure(at, "%s is larger than any real value", what)
	}
	if !r.meter.spend(cost / costOfValue) {
		return cty.DynamicVal, overspent(at)
	}
	return v, nil
}

// plural is a number of things.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
