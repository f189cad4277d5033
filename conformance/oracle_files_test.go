package conformance_test

import (
	"strconv"
	"strings"
)

// onDisk are the files of every site: none has a name that clients of SignalR ask for.
var onDisk = map[string]string{
	"html/index.html":      "home",
	"html/50x.html":        "sorry",
	"html/static/app.js":   "app",
	"html/docs/index.html": "docs",
	"html/docs/a.html":     "a",
	"html/a/index.html":    "a",
	"html/b/c/d":           "d",
}

// disk draws where a location that hands nothing on has its files.
func (m *maker) disk(context string) string {
	forms := []string{"", "root html;", "root html; index a.html index.html;", "root html; autoindex on;", "root html; index nothing.html;", "root html; index /index.html;"}
	if context == "prefix" {
		forms = append(forms, "alias html/;", "alias html/docs/;")
	}
	return m.pick("from disk", forms...)
}

// folded puts lines into a file of their own once in a while, and includes it.
func (m *maker) folded(lines []string) []string {
	if !m.maybe("in a file of its own", 8) {
		return lines
	}
	number := strconv.Itoa(len(m.files))
	m.files["parts/"+number+".conf"] = indented(lines)
	return []string{"include parts/" + m.pick("included as", number+".conf", number+".*", number+".con?", number+".[a-c]onf") + ";"}
}

// site puts a server into a file of its own once in a while. Files come in the order of their names, and not all of them may come.
func (m *maker) site(lines []string) bool {
	if !m.maybe("a site of its own", 4) {
		return false
	}
	name := m.pick("site's file", "b", "a", "B", "10", "9", ".hidden") + strconv.Itoa(len(m.sites)) + m.pick("site's file ends", ".conf", "", ".conf.old")
	m.files["sites/"+name] = strings.Join(block("server", lines), "\n") + "\n"
	m.sites = append(m.sites, name)
	return true
}
