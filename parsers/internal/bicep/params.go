package bicep

import (
	"fmt"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// Params is a file of values for a template in Bicep's own language (learn.microsoft.com, "Create parameters files for Bicep deployment").
type Params struct {
	// Using is the path of the template, relative to the file; "none", or empty, where it names none.
	Using string
	// Extends is the path of another such file, whose values count where this one has none.
	Extends string
	// Values are the values in the shape of a parameters file in JSON: {"name": {"value": …}}.
	Values *jsontree.Node
	// Expressions says that some values are made by expressions, so that they are unknown.
	Expressions bool
}

// ReadParams reads what is written out in a .bicepparam file; the rest is unknown. An error has the place of what no such file holds.
func ReadParams(name string, content []byte) (Params, error) {
	t, p := newText(name, content), Params{}
	var members []jsontree.Member
	for t.blank(true); !t.end(); t.blank(true) {
		from := t.pos
		switch keyword := t.word(); keyword {
		case "using", "extends":
			path, err := t.path(keyword)
			if err != nil {
				return p, err
			}
			if keyword == "using" {
				p.Using = path
			} else {
				p.Extends = path
			}
		case "param":
			m, err := t.assignment()
			if err != nil {
				return p, err
			}
			members = append(members, m)
		case "var", "import", "type", "func", "provider":
			if err := t.statement(); err != nil {
				return p, err
			}
		default:
			if t.pos = from; t.peek() != '@' {
				return p, t.fail(from, "a parameters file of Bicep has no such statement")
			}
			if err := t.statement(); err != nil {
				return p, err
			}
		}
	}
	p.Expressions = t.expressions > 0
	p.Values = jsontree.NewObject(t.src.Place(0, len(t.bytes)), members...)
	return p, nil
}

// statement goes over one that gives no value to a parameter.
func (t *text) statement() error {
	before := t.expressions
	err := t.expression()
	t.expressions = before
	return err
}

// path reads what follows using and extends.
func (t *text) path(keyword string) (string, error) {
	t.blank(false)
	from := t.pos
	if t.word() == "none" {
		return "none", t.statement()
	}
	t.pos = from
	if t.peek() != '\'' {
		return "", t.fail(from, "a path was expected after %s", keyword)
	}
	n, err := t.string()
	if err != nil {
		return "", err
	}
	return n.Text(), t.statement()
}

// assignment reads what follows param.
func (t *text) assignment() (jsontree.Member, error) {
	t.blank(false)
	from := t.pos
	name := t.word()
	at := t.src.Place(from, t.pos)
	t.blank(false)
	if name == "" || t.peek() != '=' {
		return jsontree.Member{}, t.fail(t.pos, "a name and = were expected after param")
	}
	t.pos++
	t.blank(true)
	value, err := t.value(fmt.Sprintf("parameter %s is set by an expression, which only bicep evaluates", name))
	if err != nil {
		return jsontree.Member{}, err
	}
	entry := jsontree.NewObject(value.Place(), jsontree.Member{Name: "value", Value: value, At: at})
	return jsontree.Member{Name: name, Value: entry, At: at}, nil
}
