package nginx

import (
	"path"
	"strings"
)

// Part says which part of a configuration a text is.
type Part uint8

// The parts.
const (
	Whole       Part = iota // a main file, or the output of nginx -T
	OfHTTP                  // what is included in http{}: server and upstream blocks, maps
	OfServer                // what is included deeper: locations, proxy directives
	NoDirective             // nothing at all
)

// PartOf tells which part of a configuration a text is, by its directives.
func PartOf(text string) Part {
	if IsDump(text) {
		return Whole
	}
	alone := &dump{base: ".", files: map[string]string{"": text}, alone: true}
	tree, err := (&reader{from: alone, tree: &Tree{}, files: map[string]*File{}, lenient: true}).read("")
	if err != nil {
		return NoDirective
	}
	part := NoDirective
	for d := range tree.Main.Statements() {
		switch d.Name() {
		case "http", "events", "stream":
			return Whole
		case "server", "upstream", "map", "geo", "split_clients", "log_format":
			part = OfHTTP
		default:
			if part == NoDirective {
				part = OfServer
			}
		}
	}
	return part
}

// ParseParts reads files that are included in http{} beside each other, in that order, where the main file is not there. The names
// are those in the folder; Main is the name that the main file would have.
func ParseParts(f Folder, names []string) *Tree {
	main := path.Clean(f.Main)
	from := &folder{files: f.Files, base: path.Dir(main), prefix: strings.TrimSuffix(f.Prefix, "/"), shown: f.Shown, guess: f.Prefix == ""}
	r := &reader{from: from, tree: &Tree{}, files: map[string]*File{}}
	var includes strings.Builder
	for _, name := range names {
		includes.WriteString(`include "` + protect.Replace(relative(from.base, name)) + "\";\n")
	}
	r.tree.Main = r.parse(main, includes.String(), 0)
	r.tree.Prefix = from.prefix
	return r.tree
}

// protect writes a name so that neither the lexer nor a pattern sees anything in it.
var protect = strings.NewReplacer(`\`, `\\\\`, `"`, `\"`, "*", `\\*`, "?", `\\?`, "[", `\\[`)

// relative is a name in the folder as seen from another folder in it.
func relative(from, name string) string {
	up := ""
	for ; from != "."; from = path.Dir(from) {
		if rest, ok := strings.CutPrefix(name, from+"/"); ok {
			return up + rest
		}
		up += "../"
	}
	return up + name
}
