package bicep

import (
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// value reads a value that is written out. What takes evaluation is unknown, for the reason that is given.
func (t *text) value(why string) (*jsontree.Node, error) {
	from, before := t.pos, t.expressions
	n, err := t.plain(why)
	if err != nil {
		return nil, err
	}
	if n != nil && t.ended() && !t.continued() {
		return n, nil
	}
	t.pos, t.expressions = from, before
	if err := t.expression(); err != nil {
		return nil, err
	}
	return jsontree.NewUnknown(t.src.Place(from, t.pos), why), nil
}

// plain reads a value whose first characters say what it is; nil where they begin an expression.
func (t *text) plain(why string) (*jsontree.Node, error) {
	from := t.pos
	switch c := t.peek(); {
	case c == '\'':
		return t.string()
	case c == '[':
		return t.list(why)
	case c == '{':
		return t.object(why)
	case c == '-' || '0' <= c && c <= '9':
		return t.number(), nil
	}
	switch t.word() {
	case "true":
		return jsontree.NewBool(t.src.Place(from, t.pos), true), nil
	case "false":
		return jsontree.NewBool(t.src.Place(from, t.pos), false), nil
	case "null":
		return jsontree.NewNull(t.src.Place(from, t.pos)), nil
	}
	return nil, nil //nolint:nilnil // an expression is neither a value nor an error
}

func (t *text) number() *jsontree.Node {
	from := t.pos
	for t.pos++; '0' <= t.peek() && t.peek() <= '9'; {
		t.pos++
	}
	value, err := strconv.ParseInt(string(t.bytes[from:t.pos]), 10, 64)
	if err != nil {
		return nil
	}
	return jsontree.NewInt(t.src.Place(from, t.pos), value)
}

// escapes are those of a string in single quotes, beside \u{…}.
var escapes = strings.NewReplacer(`\\`, `\`, `\'`, `'`, `\n`, "\n", `\r`, "\r", `\t`, "\t", `\$`, "$")

// string reads a string; nil where something is put into it.
func (t *text) string() (*jsontree.Node, error) {
	from := t.pos
	if err := t.quoted(); err != nil {
		return nil, err
	}
	raw, place := string(t.bytes[from:t.pos]), t.src.Place(from, t.pos)
	if long, ok := strings.CutPrefix(raw, "'''"); ok {
		raw = strings.TrimSuffix(long, "'''")
		return jsontree.NewString(place, strings.TrimPrefix(strings.TrimPrefix(raw, "\r"), "\n")), nil
	}
	raw = raw[1 : len(raw)-1]
	if strings.Contains(strings.ReplaceAll(strings.ReplaceAll(raw, `\\`, ""), `\$`, ""), "${") || strings.Contains(raw, `\u{`) {
		return nil, nil //nolint:nilnil // an expression is neither a value nor an error
	}
	return jsontree.NewString(place, escapes.Replace(raw)), nil
}

// list reads a list; nil where a loop or another list makes its items.
func (t *text) list(why string) (*jsontree.Node, error) {
	from, items := t.pos, []*jsontree.Node(nil)
	whole, err := t.entries(']', func() (bool, error) {
		start := t.pos
		if w := t.word(); w == "for" || t.at("...") {
			return false, nil
		}
		t.pos = start
		item, err := t.value(why)
		items = append(items, item)
		return true, err
	})
	if err != nil || !whole {
		return nil, err
	}
	return jsontree.NewList(t.src.Place(from, t.pos), items...), nil
}

// object reads an object; nil where a part of it is not written out as a member. Resources inside of another one are no members.
func (t *text) object(why string) (*jsontree.Node, error) {
	from, members := t.pos, []jsontree.Member(nil)
	whole, err := t.entries('}', func() (bool, error) {
		name, at, err := t.key()
		switch {
		case err != nil || name == "":
			return false, err
		case t.peek() == ':':
		case t.peek() == '(' || name == "resource": // a decorator, a resource
			return true, t.expression()
		default:
			return false, nil
		}
		t.pos++
		t.blank(true)
		value, err := t.value(why)
		members = append(members, jsontree.Member{Name: name, Value: value, At: at})
		return true, err
	})
	if err != nil || !whole {
		return nil, err
	}
	return jsontree.NewObject(t.src.Place(from, t.pos), members...), nil
}

// key reads the name of a member; empty where it is not written out.
func (t *text) key() (name string, at jsontree.Place, err error) {
	from := t.pos
	if t.peek() == '@' {
		t.pos++
	}
	if name = t.word(); name == "" && t.peek() == '\'' {
		n, err := t.string()
		if err != nil || n == nil {
			return "", at, err
		}
		name = n.Text()
	}
	at = t.src.Place(from, t.pos)
	t.blank(false)
	return name, at, nil
}

// entries goes over what stands in brackets, one after the other; whole is false where one is not as it should be.
func (t *text) entries(closing byte, each func() (bool, error)) (whole bool, err error) {
	leave, err := t.deeper()
	if err != nil {
		return false, err
	}
	defer leave()
	from := t.pos
	t.inside++
	defer func() { t.inside-- }()
	for t.pos++; ; {
		t.blank(true)
		switch {
		case t.end():
			return false, t.fail(from, "this is not closed: is the file cut off?")
		case t.peek() == closing:
			t.pos++
			return true, nil
		case t.peek() == ',':
			t.pos++
			continue
		}
		before := t.pos
		if ok, err := each(); err != nil || !ok || t.pos == before {
			return false, err
		}
	}
}
