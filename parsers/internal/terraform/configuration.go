package terraform

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Input is what there is to read.
type Input struct {
	// Files are all that may be read: nothing outside of them is, whatever a configuration says.
	Files fs.FS
	// Shown is put before the names of files in places; it ends with a separator where there is one.
	Shown string
	// VarFiles are applied in this order, after those that terraform finds on its own.
	VarFiles []VarFile
	// Data are the types of data sources that are told beside resources.
	Data []string
	// Environment gives variables of the environment, empty where there is none: TF_VAR_… and TF_WORKSPACE count. It may be nil.
	Environment func(string) string
}

// VarFile is a file with values of variables, wherever it lies.
type VarFile struct {
	Name string
	Text []byte
}

// Configuration is all Terraform configuration in one place, parsed once.
type Configuration struct {
	in      Input
	folders map[string]*folder
	written map[string][]*hclsyntax.Body // the files of each folder, as Written needs them
	sources map[string]*jsontree.Source  // by the names that places have
	files   int
}

// Open takes the place, and reads nothing yet.
func Open(in Input) *Configuration {
	return &Configuration{in: in, folders: map[string]*folder{}, written: map[string][]*hclsyntax.Body{}, sources: map[string]*jsontree.Source{}}
}

// skipped are folders in which nobody keeps configuration of their own.
var skipped = []string{".git", ".terraform", "node_modules"}

// Roots are the folders with a root module: those that no other module calls. A folder that only modules of a cycle call counts too.
func (c *Configuration) Roots() []string {
	var dirs []string
	_ = fs.WalkDir(c.in.Files, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil: // what cannot be listed is not read; who opens it says so
			return nil //nolint:nilerr // see above
		case d.IsDir() && slices.Contains(skipped, d.Name()):
			return fs.SkipDir
		case !d.IsDir() && isConfiguration(name):
			dirs = append(dirs, path.Dir(name))
		}
		return nil
	})
	dirs = slices.Compact(dirs)
	slices.Sort(dirs)
	dirs = slices.Compact(dirs)
	called := map[string]bool{}
	for _, dir := range dirs {
		for _, to := range c.folder(dir).callees() {
			called[to] = called[to] || to != dir
		}
	}
	roots := slices.DeleteFunc(slices.Clone(dirs), func(dir string) bool { return called[dir] })
	if len(roots) == 0 {
		return dirs
	}
	return roots
}

// isConfiguration reports whether terraform would read a file of that name as a part of a module.
func isConfiguration(name string) bool {
	base := path.Base(name)
	if strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~") {
		return false
	}
	return strings.HasSuffix(base, ".tf") || strings.HasSuffix(base, ".tf.json")
}

// Module is a root module: what one run of terraform plan would plan.
type Module struct {
	// Dir is the folder, within the input's files.
	Dir       string
	Resources []*Resource
	// Data are the data sources of the types asked for, with what is written in them.
	Data     []*Resource
	Problems []routing.Problem
	// Absent are modules that were not given and may hold gateways.
	Absent []routing.Problem
	// Files are all that were read for it, by the names that places have.
	Files []string
	// Open reads a file by a path that counts from the module's folder, and tells the name that places in it have.
	Open func(name string) (shown string, text []byte, err error)
	// Values tells its variables and locals, and those of the modules that it calls.
	Values func() []Named
	// Sensitive tells where the values of its sensitive variables stand.
	Sensitive func() []routing.Span
}

// Resource is one instance of a managed resource.
type Resource struct {
	// Address is that of a plan: module.edge.azurerm_application_gateway.gw["a"]. An instance whose key is not known has [?].
	Address, Type, Name string
	// Version is the provider's: exact where there is a lock file, else the constraint ("~> 4.20"), else empty.
	Version string
	// Attributes are arguments and nested blocks, and of computed attributes those that can be told.
	Attributes *jsontree.Node
	Span       routing.Span
	Problems   []routing.Problem
}

// Read plans the root module in a folder.
func (c *Configuration) Read(dir string) *Module {
	r := newRun(c, dir)
	root := r.root()
	m := &Module{Dir: dir, Resources: root.all(nil), Data: root.allData(nil), Open: r.open, Values: func() []Named { return root.allNamed(nil) }, Sensitive: root.sensitiveValues}
	r.sayWhatWasNotApplied()
	m.Problems, m.Absent, m.Files = r.problems, r.absent, slices.Sorted(maps.Keys(r.files))
	return m
}
