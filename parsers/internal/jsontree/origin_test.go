package jsontree_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

const terraform = "variable \"host\" {\n  default = \"chat.example.com\"\n}\nlocals { name = var.host }\n"

// at is the place of a word in the text above.
func at(src *jsontree.Source, word string) jsontree.Place {
	start := strings.Index(terraform, word)
	return src.Place(start, start+len(word))
}

func notes(n *jsontree.Node) (out []string) {
	for _, note := range n.Notes() {
		out = append(out, fmt.Sprintf("%d:%d-%d %s", note.Span.Line, note.Span.Col, note.Span.EndCol, note.Text))
	}
	return out
}

func TestAValueOfAnyTextKnowsItsPlaceAndWhereItCameFrom(t *testing.T) {
	src := jsontree.NewSource("main.tf", []byte(terraform))
	written := jsontree.NewString(at(src, `"chat.example.com"`), "chat.example.com")
	used := written.Moved(at(src, "var.host"), "default of variable host")
	again := used.Moved(at(src, "locals"), "local name")
	if got := again.Span().String(); got != "main.tf:4:1" || again.Text() != "chat.example.com" {
		t.Errorf("the value is %q at %s", again.Text(), got)
	}
	if got, want := notes(again), []string{"4:17-25 local name", "2:13-31 default of variable host"}; !slices.Equal(got, want) {
		t.Errorf("the notes are %q, want %q", got, want)
	}
	if written.Notes() != nil || written.Span().Line != 2 {
		t.Error("moving a value changed the one that was moved")
	}
}

func TestAValueMadeOfOthersHasTheOriginsOfAll(t *testing.T) {
	src := jsontree.NewSource("main.tf", []byte(terraform))
	shared := &jsontree.Origin{What: "shared", At: at(src, "locals")}
	a, b := jsontree.NewInt(at(src, "name"), 1), jsontree.NewUnknown(at(src, "name"), "why")
	a.AddOrigins(shared)
	b.AddOrigins(&jsontree.Origin{What: "b", At: at(src, "var"), From: []*jsontree.Origin{shared}}, nil)
	both := jsontree.NewList(at(src, "name"), a, nil, b)
	both.AddOrigins(append(a.Origins(), b.Origins()...)...)
	both.AddOrigins(shared)
	if got, want := notes(both), []string{"4:1-7 shared", "1:1-4 b"}; !slices.Equal(got, want) {
		t.Errorf("the notes are %q, want %q", got, want)
	}
	if both.Len() != 2 || both.At(1).Text() != "why" || len(both.At(1).Origins()) != 1 {
		t.Errorf("the list is %s", shape(both))
	}
}

func TestOriginsReachWhatIsInside(t *testing.T) {
	root := parse(t, `{"pool":{"name":"p","addresses":["a"]}}`).Root
	pool := *root.Get("pool")
	pool.AddOriginsBelow(&jsontree.Origin{What: "default of parameter pool", At: root.Place()})
	if got := notes(pool.Get("addresses").At(0)); len(got) != 1 {
		t.Errorf("a value inside has the notes %q", got)
	}
	if got := notes(root.Get("pool").Get("addresses").At(0)); got != nil {
		t.Errorf("the tree that was copied from has the notes %q", got)
	}
}

func TestManyWaysToOneOriginEndSoon(t *testing.T) {
	bottom := &jsontree.Origin{What: "key of the service", Secret: true}
	top := bottom
	for i := range 40 {
		top = &jsontree.Origin{What: fmt.Sprint("step ", i), From: []*jsontree.Origin{top, top}}
	}
	n := jsontree.NewUnknown(jsontree.Place{}, "secret")
	n.AddOrigins(top)
	if n.Secret() != bottom {
		t.Error("that the value is a secret was lost on the way")
	}
	if got := len(n.Notes()); got != 6 {
		t.Errorf("a report would show %d notes", got)
	}
}

func TestChangesKeepOrigins(t *testing.T) {
	long := strings.Repeat(`"more":0,`, 100)
	root := parse(t, "{"+long+`"a":"secret"}`).Root
	root.AddOrigins(&jsontree.Origin{What: "variable x", At: root.Place()})
	copied := *root
	root.SetString("***")
	if len(root.Notes()) != 1 || root.Get("a") != nil || copied.Get("a").Text() != "secret" {
		t.Errorf("the notes are %q, the copy's member %q", notes(root), copied.Get("a").Text())
	}
}

func TestNamesOfMadeMembersHavePlaces(t *testing.T) {
	src := jsontree.NewSource("main.tf", []byte(terraform))
	value := jsontree.NewBool(at(src, "var.host"), true)
	o := jsontree.NewObject(at(src, "locals"), jsontree.Member{Name: "name", Value: value, At: at(src, "name")}, jsontree.Member{Name: "gone"})
	if o.Len() != 1 || o.Get("NAME").NameSpan().Col != 10 || o.Get("name").Text() != "true" {
		t.Errorf("the object is %s, its member's name stands at %v", shape(o), o.Get("name").NameSpan())
	}
	other := jsontree.NewSource("other.tf", []byte(terraform))
	o.Add(jsontree.Member{Name: "b", Value: jsontree.NewNull(at(src, "var.host")), At: at(other, "name")})
	if got := o.Get("b").NameSpan(); !got.IsZero() {
		t.Errorf("a name in another text than its value stands at %v", got)
	}
}

func TestAnOriginWithoutAPlaceIsWhereTheValueStands(t *testing.T) {
	src := jsontree.NewSource("main.tf", []byte(terraform))
	pool := jsontree.NewObject(at(src, "locals"), jsontree.Member{Name: "name", Value: jsontree.NewString(at(src, "default"), "p")})
	pool.AddOriginsBelow(&jsontree.Origin{What: "local pool"})
	name := pool.Get("name")
	if got, want := notes(name), []string{"2:3-10 local pool"}; !slices.Equal(got, want) {
		t.Errorf("in place, the notes are %q, want %q", got, want)
	}
	if got, want := notes(name.Moved(at(src, "var.host"), "")), []string{"2:3-10 local pool"}; !slices.Equal(got, want) {
		t.Errorf("elsewhere, the notes are %q, want %q", got, want)
	}
}

func TestReplacedKeepsNamesAndWhatIsTheSame(t *testing.T) {
	root := parse(t, `{"a":[1,2],"b":"x","c":null}`).Root
	same := root.Replaced(func(n *jsontree.Node) *jsontree.Node { return n })
	if same != root {
		t.Error("a copy was made although nothing changed")
	}
	changed := root.Replaced(func(n *jsontree.Node) *jsontree.Node {
		switch n.Kind() {
		case jsontree.String:
			return jsontree.NewInt(n.Place(), 7)
		case jsontree.Null:
			return nil
		default:
			return n
		}
	})
	if got := shape(changed); got != `{a:[1 2] b:7}` || changed.Get("B").NameSpan() != root.Get("b").NameSpan() {
		t.Errorf("the result is %s, its name at %v", got, changed.Get("b").NameSpan())
	}
	if got := shape(root); got != `{a:[1 2] b:"x" c:null}` {
		t.Errorf("the original became %s", got)
	}
}
