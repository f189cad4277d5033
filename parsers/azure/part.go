package azure

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// Part is a resource below another one, and the names that lead to it from there, its own last; none where they are not known.
type Part struct {
	*Resource
	Names []string
}

// Own is the part's own name.
func (p Part) Own() string {
	if len(p.Names) == 0 {
		return p.Title
	}
	return p.Names[len(p.Names)-1]
}

// Under reports whether the part stands below another one. One whose names are not known may.
func (p Part) Under(parent Part) bool {
	if len(p.Names) <= len(parent.Names) {
		return len(p.Names) == 0
	}
	for i, name := range parent.Names {
		if !strings.EqualFold(p.Names[i], name) {
			return false
		}
	}
	return true
}

// Parts are the resources below one, each once, in the order in which they were read.
func (e *Estate) Parts(of *Resource) []Part {
	var out []Part
	seen := map[string]bool{}
	for _, r := range e.Below(of.Type) {
		names := NamesOf(r)
		key := strings.ToLower(r.Type + " " + strings.Join(names, "/"))
		if !e.belongs(r, names, of) || len(names) > 0 && seen[key] {
			continue
		}
		seen[key] = true
		p := Part{Resource: r}
		if above := strings.Count(of.Type, "/"); len(names) >= above {
			p.Names = names[above:]
		}
		out = append(out, p)
	}
	return out
}

// NamesOf are the names of a resource and of those above it, from the top down; none where they are not known.
func NamesOf(r *Resource) []string {
	if _, names := SplitID(r.ID()); names != "" {
		return strings.Split(names, "/")
	}
	if names := strings.Split(r.path, "/"); r.path != "" && len(names) == strings.Count(r.Type, "/") {
		return names
	}
	names := strings.Split(r.Title, "/")
	if r.Title == "" || r.Node.Get("name").Kind() == jsontree.Unknown || len(names) != strings.Count(r.Type, "/") {
		return nil
	}
	return names
}

// belongs reports whether a part belongs to this description of a resource: to the one in the same input, or to any of that name where its
// own input describes none.
func (e *Estate) belongs(r *Resource, names []string, to *Resource) bool {
	mine := NamesOf(to)
	if len(names) == 0 || len(mine) == 0 {
		return r.Source == to.Source
	}
	if !strings.EqualFold(names[0], mine[0]) {
		return false
	}
	if r.Source == to.Source {
		return true
	}
	for _, other := range e.All(to.Type) {
		if own := NamesOf(other); other.Source == r.Source && len(own) > 0 && strings.EqualFold(own[0], names[0]) {
			return false
		}
	}
	return true
}
