package parsers

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/bicep"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// compare holds a template against the Bicep file that lies beside it under its name. Which of the two is deployed cannot be told: files that
// were checked out have no age. That they are not the same can, where what is written out in one does not stand in the other.
func (l *loaded) compare(s source, o Options) {
	if s.path == "" || azure.Detect(s.data) != azure.Template {
		return
	}
	name := stem(s.path) + ".bicep"
	text, err := small(os.Open(name)) //nolint:gosec // it lies beside what the user named
	if err != nil {
		return
	}
	if !slices.Contains(o.named, name) {
		l.note = joinNotes(l.note, name+" lies beside it and was not read")
	}
	doc, err := jsontree.Parse(s.name, s.data, jsontree.Options{})
	if err != nil { // which was reported
		return
	}
	if d := bicep.Differs(name, text, doc.Root); d != nil {
		l.attach([]routing.Problem{{
			Span: d.Span, Kind: routing.NotWhole, Message: s.name + " was not compiled from " + filepath.Base(name) + " as it is now: " + d.Message,
			Fix: "compile it again: az bicep build --file " + name,
		}})
		l.along = append(l.along, name)
	}
}
