package azure

import "github.com/asrscheck/asrscheck/parsers/internal/jsontree"

// Described hands over resources whose objects were put together of several files, in ARM shape, with type and name. Secrets that stand in
// them are redacted and reported. It stops at the first error of each.
func Described(objects []*jsontree.Node, form Form, each func(*Resource) error) (Report, error) {
	r := &reader{each: each, report: Report{Form: form}}
	for _, n := range objects {
		r.clean(n)
		if err := r.emit(newResource(n, form)); err != nil {
			return r.report, err
		}
	}
	return r.report, nil
}
