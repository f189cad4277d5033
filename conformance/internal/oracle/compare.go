package oracle

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Observation is what NGINX did to one request.
type Observation struct {
	Answer *realnginx.Answer // nil: the connection was closed without one
	Err    error             // why there is no answer
	Seen   []realnginx.Seen  // what services received
	Head   bool              // it answers HEAD, so that it has no body
}

// comparison collects what differs between one path of a trace and what was observed.
type comparison struct {
	path  *routing.Path
	seen  *Observation
	found []Difference
}

// Compare lists what NGINX did otherwise than a path predicts. The path must not be one whose end is unknown.
func Compare(path *routing.Path, o *Observation) []Difference {
	c := &comparison{path: path, seen: o}
	if path.Delivery != nil {
		c.delivered(path.Delivery)
	} else {
		c.answered(path.Response)
	}
	return c.found
}

func (c *comparison) differ(field, predicted, observed string, at routing.Span) {
	c.found = append(c.found, Difference{Field: field, Predicted: predicted, Observed: observed, At: at})
}

// text compares a value with what was observed; what the value leaves open agrees with everything.
func (c *comparison) text(field string, v routing.Value, observed string, at routing.Span) {
	if !v.IsUnknown() && v.Text() != observed {
		c.differ(field, quote(v.Text()), quote(observed), placed(v, at))
	}
}

// placed is where a value was written, or the place that stands for it.
func placed(v routing.Value, at routing.Span) routing.Span {
	if v.Span.IsZero() {
		return at
	}
	return v.Span
}

// answered compares an answer of NGINX's own.
func (c *comparison) answered(r *routing.Response) {
	if n := len(c.seen.Seen); n > 0 {
		c.differ("the outcome", c.path.Outcome(), "delivered it to "+address(c.seen.Seen[0]), r.Span)
		return
	}
	if c.closed(r) {
		return
	}
	c.text("the status", r.Status, strconv.Itoa(c.seen.Answer.Status), r.Span)
	if r.Location.IsSet() {
		c.text("the Location", r.Location, c.seen.Answer.Header.Get("Location"), r.Span)
	}
	if r.Body != "" && !c.seen.Head && string(c.seen.Answer.Body) != r.Body {
		c.differ("the body", quote(r.Body), quote(string(c.seen.Answer.Body)), r.Span)
	}
	if !r.Status.IsUnknown() { // add_header goes by the status
		c.edits(r.Headers, r.Span)
	}
}

// noAnswer is the status by which NGINX closes the connection without an answer (ngx_http_request.h, NGX_HTTP_CLOSE).
const noAnswer = "444"

// closed compares whether there is an answer at all; it reports whether there is nothing more to compare.
func (c *comparison) closed(r *routing.Response) bool {
	predicted, observed := r.Status.Text() == noAnswer, c.seen.Answer == nil
	if predicted != observed && !r.Status.IsUnknown() {
		c.differ("the outcome", c.path.Outcome(), c.seen.outcome(), r.Span)
	}
	return predicted || observed
}

// outcome says in a few words what NGINX did.
func (o *Observation) outcome() string {
	switch {
	case len(o.Seen) > 0:
		return "delivered it to " + address(o.Seen[0])
	case o.Answer == nil:
		return o.closed()
	}
	return "answered with " + strconv.Itoa(o.Answer.Status)
}

// closed says that there was no answer that can be read.
func (o *Observation) closed() string { return fmt.Sprintf("closed the connection (%v)", o.Err) }

func address(s realnginx.Seen) string { return s.Host + ":" + strconv.Itoa(s.Port) }

// adds reports whether an edit gives a header a value, which makes up for one before it that took the header off.
func adds(list []routing.HeaderEdit, name string) bool {
	return slices.ContainsFunc(list, func(e routing.HeaderEdit) bool { return strings.EqualFold(e.Name, name) && e.Value.IsSet() })
}

// edits compares the headers that the configuration adds to answers.
func (c *comparison) edits(list []routing.HeaderEdit, at routing.Span) {
	for i, e := range list {
		values := c.seen.Answer.Header.Values(http.CanonicalHeaderKey(e.Name))
		switch {
		case e.Value.IsUnknown():
		case strings.HasPrefix(strings.ToLower(e.Name), "x-accel-"): // a listener in front keeps it to itself
		case !e.Value.IsSet() && len(values) > 0 && !adds(list[i+1:], e.Name):
			c.differ("answer header "+e.Name, "none", quote(strings.Join(values, ", ")), placed(e.Value, at))
		case e.Value.Text() != "" && !contains(values, sent(e.Value)):
			c.differ("answer header "+e.Name, quote(e.Value.Text()), fmt.Sprintf("%q", values), placed(e.Value, at))
		}
	}
}

// sent is a header's value as it arrives: white space around it is none of it (RFC 9110 5.5).
func sent(v routing.Value) string { return strings.Trim(v.Text(), " \t") }

func contains(list []string, want string) bool {
	return slices.Contains(list, want)
}
