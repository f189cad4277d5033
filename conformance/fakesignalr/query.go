package fakesignalr

import (
	"net/url"
	"strings"
)

// query is a query string as ASP.NET reads it: pairs in order, names compared without case, a bad escape left as it is.
// Go's url.ParseQuery drops pairs that hold a semicolon, which the service does not.
type query []pair

type pair struct{ name, value string }

func parseQuery(raw string) query {
	var q query
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		q = append(q, pair{unescape(name), unescape(value)})
	}
	return q
}

func unescape(s string) string {
	decoded, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return decoded
}

// all lists the values of a parameter in order.
func (q query) all(name string) []string {
	var values []string
	for _, p := range q {
		if strings.EqualFold(p.name, name) {
			values = append(values, p.value)
		}
	}
	return values
}

// last is the last value of a parameter, or nothing.
func (q query) last(name string) string {
	values := q.all(name)
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}
