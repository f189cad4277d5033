package refproxy

import (
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// fact is a routing.Value without its place, so that two of them can be compared.
type fact struct {
	text, why string
	state     routing.State
}

func factOf(v routing.Value) fact {
	f := fact{text: v.Text(), state: v.State()}
	if v.IsUnknown() {
		f.why = v.Why()
	}
	return f
}

func known(text string) fact { return fact{text: text, state: routing.Known} }

func (f fact) unknown() bool { return f.state == routing.Unknown }

// is reports whether a boolean is known to have a value.
func (f fact) is(on bool) bool {
	b, ok := routing.Of(f.text, routing.Span{}).Bool()
	return ok && f.state == routing.Known && b == on
}

// duration is the time that a setting allows; ok is false when it sets no bound.
func (f fact) duration() (d time.Duration, ok bool) {
	if f.state != routing.Known {
		return 0, false
	}
	return routing.Of(f.text, routing.Span{}).Duration()
}
