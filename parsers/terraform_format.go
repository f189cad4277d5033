package parsers

import (
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/akamai"
	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/azurerm"
	"github.com/asrscheck/asrscheck/parsers/internal/terraform"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var terraformFormat = Format{
	Name: "terraform", Title: "Terraform configuration: the folder of a root module",
	recognizes: func(s source) bool { return isTerraform(s.path) },
	load:       loadTerraform,
}

func isTerraform(name string) bool {
	return strings.HasSuffix(name, ".tf") || strings.HasSuffix(name, ".tf.json")
}

var errOneFile = errors.New("a configuration of Terraform is all files of a folder: give the folder")

// loadTerraform reads a file that the user named: with all others of its folder it is a module.
func loadTerraform(s source, o Options) loaded {
	if s.path == "" {
		return loaded{problems: []routing.Problem{unreadable(s, errOneFile)}}
	}
	var out loaded
	err := inTerraform(filepath.Dir(s.path), o, func(c *terraform.Configuration, shown string) {
		out = plan(c, ".", shown, o)
	})
	if err != nil {
		return loaded{problems: []routing.Problem{unreadable(s, err)}}
	}
	out.along, out.note = out.files, "with the folder that it lies in"
	return out
}

// terraform reads the root modules below a folder, and marks all files that belong to Terraform as read.
func (l *loader) terraform(root string, files []string) {
	if as := l.options.As; as != "" && as != terraformFormat.Name || !slices.ContainsFunc(files, isTerraform) {
		return
	}
	err := inTerraform(root, l.options, func(c *terraform.Configuration, shown string) {
		for _, dir := range c.Roots() {
			got := plan(c, dir, shown, l.options)
			name := filepath.Join(root, filepath.FromSlash(dir))
			l.estate.Inputs = append(l.estate.Inputs, routing.Input{Name: name, Format: terraformFormat.Name, Gateways: len(got.gateways), Files: got.files, Items: l.wanted(got.items)})
			l.keep(got)
		}
	})
	if err != nil {
		l.unread(root, reason(err), "Check the permissions.")
	}
	for _, f := range files {
		if isTerraform(f) || strings.HasSuffix(f, ".tfvars") || strings.HasSuffix(f, ".tfvars.json") {
			l.consumed[filepath.Clean(f)] = true
		}
	}
}

// inTerraform opens the configuration in a folder, and nothing outside of it.
func inTerraform(dir string, o Options, read func(c *terraform.Configuration, shown string)) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // it was only read
	values, err := valueFiles(o.VarFiles)
	if err != nil {
		return err
	}
	shown := shownIn(dir)
	read(terraform.Open(terraform.Input{Files: root.FS(), Shown: shown, VarFiles: values, Environment: o.Environment, Data: akamai.TerraformData}), shown)
	return nil
}

// shownIn is what places show before the names of files in a folder.
func shownIn(dir string) string {
	if shown := filepath.ToSlash(filepath.Clean(dir)) + "/"; shown != "./" {
		return shown
	}
	return ""
}

// maxValues bounds a file of values.
const maxValues = 8 << 20

func valueFiles(names []string) ([]terraform.VarFile, error) {
	var all []terraform.VarFile
	for _, name := range names {
		f, err := os.Open(name) //nolint:gosec // the user named it
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(io.LimitReader(f, maxValues))
		_ = f.Close() // it was only read
		if err != nil {
			return nil, err
		}
		all = append(all, terraform.VarFile{Name: name, Text: text})
	}
	return all, nil
}

// plan reads one root module into gateways.
func plan(c *terraform.Configuration, dir, shown string, o Options) loaded {
	in := o.azure
	m := c.Read(dir)
	out, f := loaded{files: m.Files}, found{in: in, source: shown + path.Clean(dir)}
	problems := map[string][]routing.Problem{}
	var all []azurerm.Resource
	for _, r := range m.Resources {
		all = append(all, azurerm.Resource{Address: r.Address, Type: r.Type, Attributes: r.Attributes})
		problems[r.Address] = r.Problems
	}
	report, err := azure.FromTerraform(all, azure.Terraform, func(r *azure.Resource) error {
		r.Problems = append(r.Problems, problems[r.Address]...)
		return f.resource(r)
	})
	f.settle()
	out.gateways = f.gateways
	if err != nil {
		out.problems = append(out.problems, routing.Problem{Span: routing.Span{File: shown + path.Clean(dir)}, Message: err.Error(), Kind: routing.Unread})
	}
	if out.items = f.items; in.wantItems {
		out.items = append(append(namedItems(m), out.items...), secretItems(report)...)
	}
	out.hidden = append(m.Sensitive(), hiddenIn(report)...)
	out.lowerAkamai(akamaiModule(m, shown+dir), o)
	out.attach(append(append(m.Absent, concerning(m, len(out.gateways))...), report.Problems...))
	return out
}

// akamaiModule is what a module has of Akamai.
func akamaiModule(m *terraform.Module, folder string) *akamai.Module {
	blocks := func(of []*terraform.Resource) (out []akamai.Block) {
		for _, r := range of {
			out = append(out, akamai.Block{Address: r.Address, Type: r.Type, Attributes: r.Attributes, Problems: r.Problems})
		}
		return out
	}
	from := &akamai.Module{Resources: blocks(m.Resources), Data: blocks(m.Data), Open: m.Open}
	for _, name := range m.Files {
		if rel, err := filepath.Rel(folder, name); err == nil {
			from.Files = append(from.Files, filepath.ToSlash(rel))
		}
	}
	return from
}

// lowerAkamai compiles the properties of Akamai that Terraform makes.
func (l *loaded) lowerAkamai(from *akamai.Module, o Options) {
	if !slices.ContainsFunc(from.Resources, func(r akamai.Block) bool { return akamai.IsTerraform(r.Type) }) {
		return
	}
	in := newAkamaiInputs()
	in.includeFiles(o.Includes)
	from.Properties(&in.Inputs)
	l.gateways = append(l.gateways, in.Gateways()...)
	l.problems = append(l.problems, in.problems...)
	l.files = append(l.files, from.Read...)
	if o.Items {
		l.items = append(l.items, in.Inventory()...)
	}
}

// namedItems are the variables and locals of a module.
func namedItems(m *terraform.Module) []routing.Item {
	var out []routing.Item
	for _, n := range m.Values() {
		out = append(out, azure.ValueItem(n.Kind, n.Name, n.At, n.Value))
	}
	return out
}

// concerning are the problems of a module that have a part in what is judged. A module without gateways may be broken in any way, as
// long as all of it was read.
func concerning(m *terraform.Module, gateways int) []routing.Problem {
	if gateways > 0 {
		return m.Problems
	}
	return slices.DeleteFunc(slices.Clone(m.Problems), func(p routing.Problem) bool { return p.Kind != routing.Unread })
}
