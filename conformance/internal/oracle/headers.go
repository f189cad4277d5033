package oracle

import (
	"maps"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// headers compares every header, by name: the fields of one name must be the same, in the same order. The order of different names
// means nothing (RFC 9110 5.3) and is not compared.
func (c *comparison) headers(d *routing.Delivery, s realnginx.Seen) {
	predicted := map[string][]routing.Value{}
	for _, h := range d.Headers {
		name := strings.ToLower(h.Name)
		predicted[name] = append(predicted[name], h.Value)
	}
	observed := map[string][]string{}
	for _, f := range s.Fields {
		name := strings.ToLower(f.Name)
		observed[name] = append(observed[name], f.Value)
	}
	for _, name := range slices.Sorted(maps.Keys(predicted)) {
		c.header(name, predicted[name], observed[name], d.Forward.Span)
	}
	for _, name := range slices.Sorted(maps.Keys(observed)) {
		if predicted[name] == nil {
			c.differ("header "+name, "none", list(observed[name]), d.Forward.Span)
		}
	}
}

func (c *comparison) header(name string, predicted []routing.Value, observed []string, at routing.Span) {
	if sameValues(predicted, observed) {
		return
	}
	var texts []string
	for _, v := range predicted {
		at = placed(v, at)
		texts = append(texts, v.Text())
	}
	c.differ("header "+name, list(texts), list(observed), at)
}

// sameValues compares field by field. A field whose value is unknown may have any, or may be left out if it is empty.
func sameValues(predicted []routing.Value, observed []string) bool {
	if slices.ContainsFunc(predicted, routing.Value.IsUnknown) {
		return true
	}
	return slices.EqualFunc(predicted, observed, func(v routing.Value, s string) bool { return sent(v) == s })
}

func list(values []string) string {
	if len(values) == 0 {
		return "none"
	}
	return quote(strings.Join(values, " | "))
}
