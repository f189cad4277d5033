package bicep

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Difference is what shows that a template was not compiled from a Bicep file as that is now.
type Difference struct {
	Span    routing.Span // in the Bicep file
	Message string
}

// Differs compares what a Bicep file writes out with a template: the names of its parameters, and its resources by type, version and the
// values that stand in them. That nothing differs proves nothing, because expressions are not compared. It is nil then.
func Differs(name string, content []byte, template *jsontree.Node) *Difference {
	c := comparison{text: newText(name, content), template: template, declared: map[string]bool{}}
	for c.text.blank(true); !c.text.end(); c.text.blank(true) {
		if err := c.statement(); err != nil { // this is no compiler: what it cannot read it does not compare
			return nil
		}
	}
	for p := range template.Get("parameters").All() {
		if !c.declared[strings.ToLower(p.Name())] {
			c.differs(c.text.src.Place(0, 0), "parameter "+p.Name()+" of the template is none of it")
		}
	}
	return c.found
}

type comparison struct {
	text     *text
	template *jsontree.Node
	declared map[string]bool
	found    *Difference
}

func (c *comparison) differs(at jsontree.Place, message string) {
	if c.found == nil {
		c.found = &Difference{at.Span(), message}
	}
}

// statement takes one statement.
func (c *comparison) statement() error {
	t := c.text
	from := t.pos
	switch t.word() {
	case "param":
		t.blank(false)
		name := t.word()
		if c.declared[strings.ToLower(name)] = true; c.template.Path("parameters", name) == nil {
			c.differs(t.src.Place(from, t.pos), "the template has no parameter "+name)
		}
	case "resource":
		return c.resource()
	}
	if t.end() || t.peek() == '\n' {
		t.pos = max(t.pos, from+1)
		return nil
	}
	if t.pos == from && strings.ContainsRune(")]}", rune(t.peek())) {
		return t.fail(t.pos, "nothing is open here")
	}
	return t.statement()
}

// resource takes one that is not made by a loop and does not exist already.
func (c *comparison) resource() error {
	t := c.text
	from := t.pos
	t.blank(false)
	t.word()
	t.blank(false)
	if t.peek() != '\'' {
		return t.statement()
	}
	what, err := t.string()
	if err != nil || what == nil {
		return err
	}
	t.blank(false)
	if t.peek() != '=' { // existing
		return t.statement()
	}
	t.pos++
	t.blank(true)
	body, err := c.body()
	if err != nil {
		return err
	}
	c.compare(what, body, t.src.Place(from, t.pos))
	return nil
}

// body reads what stands in a resource; nil where a loop makes it.
func (c *comparison) body() (*jsontree.Node, error) {
	t := c.text
	start := t.pos
	if t.word() != "if" {
		t.pos = start
	} else if t.blank(false); t.peek() == '(' {
		if err := t.brackets(')'); err != nil {
			return nil, err
		}
		t.blank(true)
	}
	if t.peek() != '{' {
		return nil, t.statement()
	}
	return t.value("")
}

// own are members of a resource that the compiler puts elsewhere.
var own = []string{"parent", "scope", "dependson", "name"}

// compare looks for a resource of the template that this one may have become.
func (c *comparison) compare(what, body *jsontree.Node, at jsontree.Place) {
	of := 0
	for n := range c.template.Get("resources").All() {
		if !isOf(n, what.Text()) {
			continue
		}
		of++
		if fitsAll(body, n, own) {
			return
		}
	}
	switch of {
	case 0:
		c.differs(at, "the template has no resource of "+what.Text())
	case 1:
		c.differs(at, "resource "+what.Text()+" has other values in the template")
	default:
		c.differs(at, "none of the template's resources of "+what.Text()+" has these values")
	}
}

func isOf(n *jsontree.Node, what string) bool {
	kind := n.Get("type").Text()
	return strings.EqualFold(kind+"@"+n.Get("apiVersion").Text(), what) || strings.EqualFold(kind, what)
}

// fits reports whether a value of a template may be what a value became.
func fits(was, is *jsontree.Node) bool {
	if was.Kind() == jsontree.Unknown || is.Kind() == jsontree.String && strings.HasPrefix(is.Text(), "[") && !strings.HasPrefix(is.Text(), "[[") {
		return true
	}
	switch was.Kind() {
	case jsontree.Object:
		return is.Kind() == jsontree.Object && fitsAll(was, is, nil)
	case jsontree.List:
		if is.Kind() != jsontree.List || is.Len() != was.Len() {
			return false
		}
		for i := range was.Len() {
			if !fits(was.At(i), is.At(i)) {
				return false
			}
		}
		return true
	default:
		return was.Kind() == is.Kind() && (was.Text() == is.Text() || "["+was.Text() == is.Text())
	}
}

func fitsAll(was, is *jsontree.Node, without []string) bool {
	for m := range was.All() {
		if !slices.Contains(without, strings.ToLower(m.Name())) && !fits(m, is.Get(m.Name())) {
			return false
		}
	}
	return true
}
