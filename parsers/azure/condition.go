package azure

import (
	"slices"
	"strings"
)

// deployed are the resources that a template declares, until it is known which of those above them are deployed.
type deployed struct {
	resources []*Resource
	without   map[string]*Resource // those that are not, by type and names
	with      map[string]bool      // those that are, or are there already
}

func (d *deployed) leaveOut(res *Resource) {
	if d.without == nil {
		d.without = map[string]*Resource{}
	}
	d.without[fullName(res.Type, NamesOf(res))] = res
}

func (d *deployed) isThere(res *Resource) {
	if d.with == nil {
		d.with = map[string]bool{}
	}
	d.with[fullName(res.Type, NamesOf(res))] = true
}

// above is the resource above one which the template declares and does not deploy; nil where there is none. A template may declare a
// resource more than once, of which one is deployed.
func (d *deployed) above(res *Resource) *Resource {
	names := NamesOf(res)
	kind := res.Type
	for len(names) > 1 {
		kind, names = kind[:strings.LastIndexByte(kind, '/')], names[:len(names)-1]
		if key := fullName(kind, names); d.without[key] != nil && !d.with[key] {
			return d.without[key]
		}
	}
	return nil
}

// fullName is a type with the names of a resource and of those above it; empty names have none.
func fullName(kind string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return strings.ToLower(kind + " " + strings.Join(names, "/"))
}

// emitDeployed hands over what is deployed. Conditions do not cascade ("Conditional deployment in ARM templates"): Azure deploys what
// belongs to a resource that is not deployed where that one is there from earlier, and fails otherwise.
func (r *reader) emitDeployed() error {
	for _, res := range r.deployed.resources {
		if above := r.deployed.above(res); above != nil {
			r.leftOut(above)
			continue
		}
		if err := r.emit(res); err != nil {
			return err
		}
	}
	return nil
}

// leftOut tells once what a resource takes along.
func (r *reader) leftOut(above *Resource) {
	note := "what stands in " + above.Title + ", which is not deployed, was left out: give an export if it is there from earlier"
	if !slices.Contains(r.report.Notes, note) {
		r.report.Notes = append(r.report.Notes, note)
	}
}
