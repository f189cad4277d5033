package azure

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/armexpr"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/internal/tfjson"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// File is a file that a text may need.
type File struct {
	Name string // as places show it
	Text []byte
}

// Files are what lies beside a text. The zero Files are none.
type Files struct {
	// Given and Beside are files of values for a template: that the user gave, and that lie in its folder under a name that says so.
	Given, Beside []File
	// Open finds a template that this one links to, by a path relative to the file of that name. It may be nil.
	Open func(from, path string) (File, error)
	// Written tells what the configuration says that a plan was made from. It may be nil.
	Written tfjson.Written
}

// choice is which files of values apply to a template.
type choice struct {
	docs []*jsontree.Node // "parameters" of each
	name []string
}

// choose takes the files that fit: that name no parameter which the template does not have, because Azure Resource Manager refuses
// those, or that say themselves which template they are for. What the user gave goes before what lies there.
func (r *reader) choose(template *jsontree.Node) choice {
	for _, files := range [][]File{r.files.Given, r.files.Beside} {
		var fits choice
		for _, f := range files {
			if values := r.valuesIn(f, template); values != nil {
				fits.docs, fits.name = append(fits.docs, values), append(fits.name, f.Name)
			}
		}
		if len(fits.docs) > 0 {
			r.tell(fits)
			return fits
		}
	}
	return choice{}
}

// tell says which files were used.
func (r *reader) tell(c choice) {
	r.report.Read = append(r.report.Read, c.name...)
	if len(c.name) == 1 {
		r.report.Notes = append(r.report.Notes, "with the values of "+c.name[0])
		return
	}
	r.report.Notes = append(r.report.Notes, "values that "+strings.Join(c.name, ", ")+" set differently are unknown")
}

func (r *reader) valuesIn(f File, template *jsontree.Node) *jsontree.Node {
	values, exact := r.entries(f, template, 0)
	for v := range values.All() {
		declared := template.Path("parameters", v.Name())
		switch {
		case declared == nil && exact:
			r.problem(problemAt(v, routing.Problem{
				Kind: routing.NotWhole, Message: "the template has no parameter " + v.Name() + ": it was compiled before this file was changed", Fix: "compile it again",
			}))
		case declared == nil:
			return nil
		case armexpr.Secure(template, declared):
			r.hideSecure(v.Get("value"))
		}
	}
	r.clean(values)
	return values
}

// given are the values that the chosen files give.
func (c choice) given(template *jsontree.Node) map[string]armexpr.Given {
	out := map[string]armexpr.Given{}
	for declared := range template.Get("parameters").All() {
		if g, ok := c.valueOf(declared.Name()); ok {
			out[strings.ToLower(declared.Name())] = g
		}
	}
	return out
}

// valueOf is the value of one parameter: unknown where the files that fit do not agree. A file that leaves it out means the default.
func (c choice) valueOf(name string) (armexpr.Given, bool) {
	var first *jsontree.Node
	set := 0
	for _, doc := range c.docs {
		entry := doc.Get(name)
		if entry == nil {
			continue
		}
		set++
		switch value := valueIn(entry, name); {
		case first == nil:
			first = value
		case !armexpr.Same(first, value):
			return c.disagreement(first, name), true
		}
	}
	if set > 0 && set < len(c.docs) {
		return c.disagreement(first, name), true
	}
	return armexpr.Given{Value: first, What: "value of parameter " + name}, set > 0
}

func (c choice) disagreement(at *jsontree.Node, name string) armexpr.Given {
	why := fmt.Sprintf("parameter %s is set differently by %s: give the one that is deployed", name, strings.Join(c.name, ", "))
	return armexpr.Given{Value: jsontree.NewUnknown(at.Place(), why), What: "value of parameter " + name}
}

// valueIn is the value that an entry sets: {"value": …}, or a reference to a key vault.
func valueIn(entry *jsontree.Node, name string) *jsontree.Node {
	if value := entry.Get("value"); value != nil {
		return value
	}
	if entry.Get("reference") != nil {
		secret := jsontree.NewUnknown(entry.Place(), "parameter "+name+" comes from a key vault")
		secret.AddOrigins(&jsontree.Origin{What: "secret of a key vault", At: entry.Place(), Secret: true})
		return secret
	}
	return jsontree.NewUnknown(entry.Place(), "parameter "+name+" is set without a value that can be read")
}

// maxLinked bounds how many templates are read along with one.
const maxLinked = 200

var errTooManyLinks = fmt.Errorf("there are more than %d", maxLinked)

// linked reads a template that this one links to, from the folder. It is read once, however many deployments link to it.
func (r *reader) linked(link *jsontree.Node, path string) (*jsontree.Node, error) {
	from := link.Span().File
	if known, ok := r.links[from+"\x00"+path]; ok {
		return known, nil
	}
	if len(r.links) >= maxLinked {
		return nil, errTooManyLinks
	}
	template, err := r.openLinked(from, path)
	if err != nil {
		return nil, fmt.Errorf("read linked template: %w", err)
	}
	if r.links == nil {
		r.links = map[string]*jsontree.Node{}
	}
	r.links[from+"\x00"+path] = template
	return template, nil
}

func (r *reader) openLinked(from, path string) (*jsontree.Node, error) {
	file, err := r.files.Open(from, path)
	if err != nil {
		return nil, err
	}
	doc, err := jsontree.Parse(file.Name, file.Text, jsontree.Options{KeepText: true})
	if err != nil {
		return nil, err
	}
	r.hide(doc.Root)
	r.clean(doc.Root)
	r.report.Read = append(r.report.Read, file.Name)
	r.duplicates(doc.Duplicates)
	return doc.Root, nil
}

// unreadLink is the problem of a template behind a link.
func unreadLink(link *jsontree.Node, why string) routing.Problem {
	return problemAt(link, routing.Problem{
		Kind: routing.NotWhole, Message: "the linked template was not read" + why, Fix: "give it beside this one, or compile everything into one template",
	})
}
