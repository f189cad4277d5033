package azure

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/bicep"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// maxExtends bounds how many files of values extend each other.
const maxExtends = 10

// entries are the values of a file, {"name": {"value": …}}; exact says that it is for this template and no other. It is nil for a file that
// gives no values to a template. One that should but cannot be read leaves all parameters open.
func (r *reader) entries(f File, template *jsontree.Node, level int) (values *jsontree.Node, exact bool) {
	if strings.EqualFold(path.Ext(f.Name), ".bicepparam") {
		return r.bicepEntries(f, template, level)
	}
	doc, err := jsontree.Parse(f.Name, f.Text, jsontree.Options{KeepText: true})
	switch {
	case err != nil:
		return unreadEntries(f, template, err), false
	case templateForm(doc.Root) != Parameters:
		return nil, false
	}
	return doc.Root.Get("parameters"), false
}

// bicepEntries are those of a file in Bicep's own language, with those of the files that it extends.
func (r *reader) bicepEntries(f File, template *jsontree.Node, level int) (values *jsontree.Node, exact bool) {
	p, err := bicep.ReadParams(f.Name, f.Text)
	if err != nil {
		return unreadEntries(f, template, err), false
	}
	exact = p.Using != "" && p.Using != "none"
	if p.Extends == "" {
		return p.Values, exact
	}
	base, err := r.extended(f.Name, p.Extends, level)
	below := unreadEntries(f, template, err)
	if err == nil {
		below, _ = r.entries(base, template, level+1)
	}
	for v := range below.All() {
		if p.Values.Get(v.Name()) == nil {
			p.Values.Add(jsontree.Member{Name: v.Name(), Value: v, At: v.NamePlace()})
		}
	}
	return p.Values, exact
}

var errNotOpened = errors.New("it was not opened")

func (r *reader) extended(from, to string, level int) (File, error) {
	if r.files.Open == nil || level >= maxExtends {
		return File{}, errNotOpened
	}
	return r.files.Open(from, to)
}

// unreadEntries leave open every parameter of a template.
func unreadEntries(f File, template *jsontree.Node, err error) *jsontree.Node {
	if err == nil {
		return nil
	}
	at := jsontree.NewSource(f.Name, f.Text).Place(0, 0)
	if wrong, ok := errors.AsType[*jsontree.SyntaxError](err); ok {
		err = fmt.Errorf("%s: %s", wrong.Span, wrong.Message)
	}
	var members []jsontree.Member
	for declared := range template.Get("parameters").All() {
		value := jsontree.NewUnknown(at, fmt.Sprintf("the value of parameter %s may stand in %s, which was not read: %v", declared.Name(), f.Name, err))
		entry := jsontree.NewObject(at, jsontree.Member{Name: "value", Value: value})
		members = append(members, jsontree.Member{Name: declared.Name(), Value: entry})
	}
	return jsontree.NewObject(at, members...)
}
