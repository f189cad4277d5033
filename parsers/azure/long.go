package azure

import (
	"bytes"
	"io"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// lists are the members of a page that hold its resources.
var lists = []string{"value", "data", "Value", "Data"}

// IsLong reports whether a text that begins so is a list of resources, which StreamFrom reads piece by piece.
func IsLong(head []byte) bool {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return false // PowerShell's UTF-16
	}
	switch Detect(head) {
	case CLI, REST, Graph, PowerShell:
		return true
	default:
		return false
	}
}

// StreamFrom is Stream for a text of any length that IsLong recognizes by its head: no more than one resource is in memory.
func StreamFrom(name string, head []byte, from io.Reader, each func(*Resource) error) (Report, error) {
	r := &reader{each: each, report: Report{Form: Detect(head)}}
	doc, err := jsontree.StreamFrom(name, from, jsontree.Options{}, lists, r.item)
	if err != nil {
		return Report{}, err
	}
	return r.done(doc)
}

// Again makes a resource again from where it stands in a text that StreamFrom read. The text is that between the offsets.
func Again(at jsontree.Stretch, text []byte, form Form) (*Resource, error) {
	doc, err := at.Parse(text, jsontree.Options{})
	if err != nil {
		return nil, err
	}
	return (&reader{}).made(doc.Root, form), nil
}
