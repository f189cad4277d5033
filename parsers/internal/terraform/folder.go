package terraform

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// folder is what one module consists of, whoever calls it.
type folder struct {
	dir       string
	variables map[string]*hclsyntax.Block
	locals    map[string]*hclsyntax.Attribute
	outputs   map[string]*hclsyntax.Block
	resources declarations // by "type.name"
	data      declarations
	calls     declarations
	providers map[string]*hclsyntax.Block // "azurerm", "azurerm.alias"
	required  map[string]string           // provider to version constraint
	files     []string                    // by the names that places have
	varFiles  []string                    // names in the folder
	problems  []routing.Problem
}

// declarations are blocks by name, in the order in which they stand.
type declarations struct {
	order  []string
	byName map[string]*hclsyntax.Block
}

func (d *declarations) add(name string, b *hclsyntax.Block) (first *hclsyntax.Block) {
	if d.byName == nil {
		d.byName = map[string]*hclsyntax.Block{}
	}
	if first = d.byName[name]; first == nil {
		d.order = append(d.order, name)
		d.byName[name] = b
	}
	return first
}

// folder reads the files of a module once.
func (c *Configuration) folder(dir string) *folder {
	if f := c.folders[dir]; f != nil {
		return f
	}
	f := &folder{
		dir: dir, variables: map[string]*hclsyntax.Block{}, locals: map[string]*hclsyntax.Attribute{}, outputs: map[string]*hclsyntax.Block{},
		providers: map[string]*hclsyntax.Block{}, required: map[string]string{},
	}
	c.folders[dir] = f
	entries, err := fs.ReadDir(c.in.Files, dir)
	if err != nil {
		f.problems = append(f.problems, routing.Problem{
			Span: routing.Span{File: c.shown(dir)}, Kind: routing.Unread, Message: "the folder cannot be read: " + reason(err), Fix: "check the path and the permissions",
		})
	}
	var overrides []*hclsyntax.Body
	for _, e := range entries {
		switch name := path.Join(dir, e.Name()); {
		case e.IsDir():
		case isVarFile(e.Name()):
			f.varFiles = append(f.varFiles, e.Name())
		case strings.HasSuffix(name, ".tofu") || strings.HasSuffix(name, ".tofu.json"):
			f.problems = append(f.problems, ofOpenTofu(c.shown(name)))
		case isConfiguration(name):
			if body := c.bodyOf(f, name); body == nil {
				continue
			} else if isOverride(e.Name()) {
				overrides = append(overrides, body)
			} else {
				f.declare(c, body)
			}
		}
	}
	for _, body := range overrides { // in the order of their names, after all others
		f.override(body)
	}
	f.bind()
	return f
}

func isVarFile(name string) bool {
	return strings.HasSuffix(name, ".tfvars") || strings.HasSuffix(name, ".tfvars.json")
}

// isOverride: developer.hashicorp.com/terraform/language/files/override.
func isOverride(name string) bool {
	stem := strings.TrimSuffix(strings.TrimSuffix(name, ".json"), ".tf")
	return stem == "override" || strings.HasSuffix(stem, "_override")
}

// bodyOf parses one file of a module; nil with a problem where that fails: what hcl makes of the rest may lack half an argument.
func (c *Configuration) bodyOf(f *folder, name string) *hclsyntax.Body {
	f.files = append(f.files, c.shown(name))
	text, err := c.text(name)
	if err != nil {
		f.problems = append(f.problems, unread(c.shown(name), err))
		return nil
	}
	body, diags := c.parse(c.shown(name), text)
	if diags.HasErrors() {
		f.problems = append(f.problems, c.refusal(diags))
		return nil
	}
	return body
}

// ofOpenTofu: opentofu.org/docs/language/files, which puts such a file in the place of one with the same name that ends with .tf.
func ofOpenTofu(name string) routing.Problem {
	return routing.Problem{
		Span: routing.Span{File: name}, Kind: routing.Unread, Message: "is configuration for OpenTofu alone, which was not read", Fix: "give the plan (tofu show -json)",
	}
}

func unread(name string, err error) routing.Problem {
	return routing.Problem{
		Span: routing.Span{File: name}, Kind: routing.Unread, Message: "cannot be read: " + reason(err),
		Fix: "check that it is a file inside of the folder that was given, and its size and permissions",
	}
}

// refusal is the problem of a file that does not parse.
func (c *Configuration) refusal(diags hcl.Diagnostics) routing.Problem {
	d := diags.Errs()[0].(*hcl.Diagnostic) //nolint:errorlint,forcetypeassert // Errs are diagnostics by its contract
	return routing.Problem{
		Span: c.place(*d.Subject).Span(), Kind: routing.Unread, Message: "this is no Terraform configuration: " + sentence(d),
		Fix: "correct it, or leave the file out: nothing in it was judged",
	}
}

// sentence is what a diagnostic says, in one line.
func sentence(d *hcl.Diagnostic) string {
	if d.Detail == "" {
		return d.Summary
	}
	return strings.Join(strings.Fields(d.Summary+": "+d.Detail), " ")
}

// text reads a file inside of the input.
func (c *Configuration) text(name string) ([]byte, error) {
	if c.files++; c.files > maxFiles {
		return nil, fmt.Errorf("more than %d files", maxFiles)
	}
	file, err := c.in.Files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	if info, err := file.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("is no file")
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if len(text) > maxFile {
		return nil, fmt.Errorf("is larger than %d MiB", maxFile>>20)
	}
	return text, err
}

// parse reads native or JSON syntax. The name is that in places.
func (c *Configuration) parse(name string, text []byte) (*hclsyntax.Body, hcl.Diagnostics) {
	c.sources[name] = jsontree.NewKeptSource(name, text)
	if over := scan(text); over != nil {
		at := hcl.Range{Filename: name, Start: hcl.Pos{Byte: over.at}, End: hcl.Pos{Byte: over.at + 1}}
		return nil, failure(at, "%s", over.message)
	}
	if strings.HasSuffix(name, ".json") {
		return parseJSON(name, text)
	}
	file, diags := hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	return file.Body.(*hclsyntax.Body), nil //nolint:forcetypeassert // that is what ParseConfig makes
}

func (c *Configuration) shown(name string) string { return c.in.Shown + name }

// place is where a range of hcl's stands.
func (c *Configuration) place(r hcl.Range) jsontree.Place {
	src := c.sources[r.Filename]
	if src == nil {
		return jsontree.Place{}
	}
	return src.Place(r.Start.Byte, r.End.Byte)
}
