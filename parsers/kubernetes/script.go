package kubernetes

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/nginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// script is configuration as the controller would write it, of which every line knows the place in the manifests that it comes from.
type script struct {
	b       strings.Builder
	marks   []mark
	unknown map[string]string // variables that stand for what is not known, with the reasons
}

// mark says where the text from an offset on comes from; inner, where it is set, is told the place inside of it.
type mark struct {
	from  int
	at    routing.Span
	inner func(start, end int) routing.Span
}

// line writes one line.
func (s *script) line(at routing.Span, format string, args ...any) {
	s.marks = append(s.marks, mark{from: s.b.Len(), at: at})
	fmt.Fprintf(&s.b, format+"\n", args...)
}

// snippet writes what stands in a manifest as it is.
func (s *script) snippet(v value) {
	if v.text() == "" {
		return
	}
	s.marks = append(s.marks, mark{from: s.b.Len(), at: v.span(), inner: v.places()})
	s.b.WriteString(v.text() + "\n")
}

// guess is a variable that stands for a value nobody can tell.
func (s *script) guess(why string) string {
	for name, known := range s.unknown {
		if known == why {
			return "$" + name
		}
	}
	name := "not_known_" + strconv.Itoa(len(s.unknown)+1)
	if s.unknown == nil {
		s.unknown = map[string]string{}
	}
	s.unknown[name] = why
	return "$" + name
}

// at tells where a stretch of the text comes from.
func (s *script) at(start, end int) routing.Span {
	i := sort.Search(len(s.marks), func(i int) bool { return s.marks[i].from > start }) - 1
	if i < 0 {
		return routing.Span{}
	}
	if m := s.marks[i]; m.inner != nil {
		return m.inner(start-m.from, end-m.from)
	}
	return s.marks[i].at
}

// lower reads the text as NGINX would.
func (s *script) lower(file, version string) (*routing.Gateway, error) {
	tree, err := nginx.ParseTexts(nginx.Texts{Main: nginx.Text{Name: "nginx.conf", Source: s.b.String(), File: file, At: s.at}, Unknown: s.unknown})
	if err != nil {
		return nil, err
	}
	return nginx.Lower(tree, version)
}

// quoted is a text in the quotes of NGINX, in which variables stay variables.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
