package nginx

import (
	"path"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// dumpMark begins the line that nginx -T writes before each file (NGINX src/core/nginx.c); the name and a colon follow.
const dumpMark = "# configuration file "

// dump reads from the output of nginx -T, which holds every file under the name by which NGINX opened it.
type dump struct {
	base  string
	files map[string]string // by clean name
	names map[string]string // as the dump has them
	dirs  map[string][]string
	// alone is set for a text of its own, which says nothing about other files.
	alone bool
}

// IsDump reports whether a text is the output of nginx -T, possibly with what nginx said on standard error before it.
func IsDump(text string) bool {
	at, _, _ := nextMark(text, 0, "")
	return at >= 0
}

// DumpFile is the text of one file in the output of nginx -T, by the name that reports show.
func DumpFile(text, name string) (string, bool) {
	d, _ := newDump(text)
	file, ok := d.files[path.Clean(name)]
	return file, ok
}

// newDump splits the output of nginx -T; main is the file that it begins with, empty when there is none.
func newDump(text string) (d *dump, main string) {
	d = &dump{files: map[string]string{}, names: map[string]string{}, dirs: map[string][]string{}}
	at, name, body := nextMark(text, 0, "")
	if at < 0 {
		return d, ""
	}
	d.base = path.Dir(name)
	main = path.Clean(name)
	for at >= 0 {
		next, nextName, nextBody := nextMark(text, body, d.base)
		end := next
		if next < 0 {
			end = len(text)
		}
		// nginx writes a line end of its own behind each file.
		d.put(name, strings.TrimSuffix(text[body:end], "\n"))
		at, name, body = next, nextName, nextBody
	}
	return d, main
}

// nextMark finds the next line that begins a file: at column one, with an absolute name, or one below the main file's folder where
// that is relative itself (nginx -p . -c nginx.conf -T). body is the offset behind the line.
func nextMark(text string, from int, base string) (at int, name string, body int) {
	for from < len(text) {
		n := strings.Index(text[from:], dumpMark)
		if n < 0 {
			break
		}
		at = from + n
		line, _, _ := strings.Cut(text[at:], "\n")
		from = at + len(line) + 1
		name, ok := strings.CutSuffix(strings.TrimSuffix(line[len(dumpMark):], "\r"), ":")
		if ok && (at == 0 || text[at-1] == '\n') && isDumpName(name, base) {
			return at, name, min(from, len(text))
		}
	}
	return -1, "", len(text)
}

func isDumpName(name, base string) bool {
	if path.IsAbs(name) || base == "" {
		return name != "" && (path.IsAbs(name) || !strings.ContainsAny(name, " \t"))
	}
	return !path.IsAbs(base) && strings.HasPrefix(path.Clean(name)+"/", strings.TrimPrefix(base+"/", "./"))
}

// put keeps a file; NGINX prints one twice when two includes name it differently.
func (d *dump) put(name, text string) {
	clean := path.Clean(name)
	if _, ok := d.files[clean]; ok {
		return
	}
	d.files[clean], d.names[clean] = text, name
	for {
		dir, base := path.Dir(clean), path.Base(clean)
		if clean == dir || slices.Contains(d.dirs[dir], base) {
			return
		}
		d.dirs[dir] = append(d.dirs[dir], base)
		clean = dir
	}
}

func (d *dump) locate(name string) (string, error) {
	if d.alone {
		return "", errAlone
	}
	if path.IsAbs(name) {
		return path.Clean(name), nil
	}
	return path.Join(d.base, name), nil
}

func (d *dump) read(name string, limit int) (string, error) {
	text, ok := d.files[name]
	switch {
	case ok && len(text) > limit:
		return "", errTooLong
	case ok:
		return text, nil
	case d.dirs[name] != nil:
		return "", errDirectory
	}
	return "", errNotHere
}

func (d *dump) list(dir string) []string { return d.dirs[dir] }

func (*dump) origin(string) func(start, end int) routing.Span { return nil }

func (d *dump) show(name string) string {
	if shown, ok := d.names[name]; ok {
		return shown
	}
	return name
}
