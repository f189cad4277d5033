package oracle

import (
	"fmt"
	"strconv"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Difference is one thing that NGINX does otherwise than the trace predicts.
type Difference struct {
	Trial     string // what was requested
	Field     string // what differs: "the request line", "header Host"
	Predicted string
	Observed  string
	At        routing.Span // the line of the configuration that the prediction rests on
}

// String is the difference as a sentence.
func (d Difference) String() string {
	return fmt.Sprintf("%s: for %s, the trace predicts %s as %s, but NGINX has %s", d.At, d.Trial, d.Predicted, d.Field, d.Observed)
}

// quote makes texts readable in sentences; long ones are cut in the middle.
func quote(s string) string {
	const most = 400
	if len(s) > most {
		s = s[:most/2] + "…" + s[len(s)-most/2:]
	}
	return strconv.Quote(s)
}
