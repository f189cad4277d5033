package nginx

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Text is one file of a configuration that lies in no folder: a value in a manifest, or what a controller would write.
type Text struct {
	// Name is the file name by which includes find it.
	Name, Source string
	// File is what reports call it. At tells where a stretch of Source was written.
	File string
	At   func(start, end int) routing.Span
}

// Texts is a configuration made of such files.
type Texts struct {
	// Main is the main file. Without a Source of its own it is made of the Others, which are then parts that are included in http{}.
	Main   Text
	Others []Text
	// Unknown are variables that stand for values nobody can tell, with the reasons.
	Unknown map[string]string
}

// ParseTexts reads a configuration of texts. Where they are mounted is not known, so that an include finds each by its name alone, in
// whatever folder it looks.
func ParseTexts(t Texts) (*Tree, error) {
	from := &memory{texts: map[string]Text{t.Main.Name: t.Main}}
	var includes strings.Builder
	for _, other := range t.Others {
		from.texts[other.Name] = other
		from.others = append(from.others, other.Name)
		includes.WriteString(`include "` + protect.Replace(other.Name) + "\";\n")
	}
	slices.Sort(from.others)
	if t.Main.Source == "" {
		t.Main.Source = includes.String()
		from.texts[t.Main.Name] = t.Main
	}
	r := &reader{from: from, tree: &Tree{Unknown: t.Unknown}, files: map[string]*File{}}
	return r.read(t.Main.Name)
}

var errNotMounted = errors.New("nothing of that name is in the manifest that was given")

// memory holds files that includes find by their base names.
type memory struct {
	texts  map[string]Text
	others []string
}

func (m *memory) locate(name string) (string, error) {
	name = path.Base(name)
	found := slices.ContainsFunc(m.others, func(other string) bool { return matchName(name, other) })
	if !found {
		return "", errNotMounted
	}
	return name, nil
}

func (m *memory) read(name string, limit int) (string, error) {
	text, ok := m.texts[name]
	switch {
	case !ok:
		return "", errNotMounted
	case len(text.Source) > limit:
		return "", errTooLong
	}
	return text.Source, nil
}

func (m *memory) list(string) []string { return m.others }

func (m *memory) show(name string) string {
	if text, ok := m.texts[name]; ok && text.File != "" {
		return text.File
	}
	return name
}

func (m *memory) origin(name string) func(start, end int) routing.Span { return m.texts[name].At }
