package routing

import (
	"slices"
	"strconv"
	"time"
)

// State says how much is known of a Value.
type State uint8

// The three states of a Value.
const (
	Unset State = iota // nothing was written, and the product has no default for it
	Known
	Unknown // something decides it that was not read, or that reading cannot decide
)

// Value is one setting or one computed text: unset, known or unknown, with the place where it was read.
// Booleans are "true" and "false", durations Go duration strings ("1m40s"), sizes bytes in decimal.
type Value struct {
	text  string
	note  string // of an unknown: what is missing; of a default: whose default it is
	state State
	// chance is set where an unknown value is another one for each request.
	chance bool
	// Span is where the value was written; the zero Span for a default.
	Span Span
	// Related are other places that had a part in it, such as the line that cut an inheritance.
	Related []Note
}

// Note is a remark about a place in the source.
type Note struct {
	Span Span
	Text string
	// Hidden marks a line that would have decided, had not another one hidden it; Text is that line.
	Hidden bool
}

// portNote is the note of an address that says where its port was written.
const portNote = "its port is written here"

// AtPort is an address whose port was written in a place of its own, which is of interest where it is not the usual one.
func (v Value) AtPort(port Value) Value {
	if !port.Span.IsZero() && port.Text() != "443" {
		v.Related = append(slices.Clip(v.Related), Note{Span: port.Span, Text: portNote})
	}
	return v
}

// PortSpan is where the port of an address was written: with the address, unless it has a place of its own.
func (v Value) PortSpan() Span {
	for _, n := range v.Related {
		if n.Text == portNote {
			return n.Span
		}
	}
	return v.Span
}

// Of is a value that was written at a place.
func Of(text string, at Span) Value { return Value{text: text, state: Known, Span: at} }

// DefaultOf is a value that nobody wrote: whose names the product and version it is the default of ("NGINX before 1.29.7").
func DefaultOf(text, whose string) Value { return Value{text: text, note: whose, state: Known} }

// UnknownOf is a value that reading cannot decide; why completes the sentence "unknown: …".
func UnknownOf(why string, at Span) Value { return Value{note: why, state: Unknown, Span: at} }

// ByChance says of an unknown value that it is another one for each request, so that nothing that the requests of a connection have in common
// decides about it.
func (v Value) ByChance() Value {
	v.chance = v.state == Unknown
	return v
}

// OfBool is Of for a boolean.
func OfBool(on bool, at Span) Value { return Of(strconv.FormatBool(on), at) }

// OfDuration is Of for a duration.
func OfDuration(d time.Duration, at Span) Value { return Of(d.String(), at) }

// Became is what was made of the value: it stands where the value stands and came from where the value came from.
func (v Value) Became(text string) Value {
	if v.IsDefault() {
		return DefaultOf(text, v.note)
	}
	made := Of(text, v.Span)
	made.Related = v.Related
	return made
}

// Or is the value, or another one where nothing is set.
func (v Value) Or(otherwise Value) Value {
	if v.IsSet() {
		return v
	}
	return otherwise
}

// With returns the value with another related place.
func (v Value) With(at Span, text string) Value {
	v.Related = append(slices.Clip(v.Related), Note{Span: at, Text: text})
	return v
}

// relate adds related places that are not there yet.
func (v Value) relate(notes []Note) Value {
	for _, n := range notes {
		if !slices.Contains(v.Related, n) {
			v.Related = append(slices.Clip(v.Related), n)
		}
	}
	return v
}

// Hidden are the lines that would have decided, had not the one at Span hidden them: what products do not inherit, for one.
func (v Value) Hidden() []Note {
	var out []Note
	for _, n := range v.Related {
		if n.Hidden {
			out = append(out, n)
		}
	}
	return out
}

// At returns the value, placed at a span if it has none.
func (v Value) At(at Span) Value {
	if v.Span.IsZero() && v.note == "" {
		v.Span = at
	}
	return v
}

// State is how much is known.
func (v Value) State() State { return v.state }

// IsUnknown reports whether the value cannot be decided by reading.
func (v Value) IsUnknown() bool { return v.state == Unknown }

// IsSet reports whether a value is there, known or not.
func (v Value) IsSet() bool { return v.state != Unset }

// IsDefault reports whether the value is a product's default.
func (v Value) IsDefault() bool { return v.state == Known && v.note != "" }

// Text is the known text; an unset or unknown value has none.
func (v Value) Text() string { return v.text }

// Why says what is missing for an unknown value, and whose default a default is.
func (v Value) Why() string { return v.note }

// Bool is the value as a boolean; ok is false when it is not known to be one.
func (v Value) Bool() (on, ok bool) {
	on, err := strconv.ParseBool(v.text)
	return on, v.state == Known && err == nil
}

// Duration is the value as a duration; ok is false when it is not known to be one.
func (v Value) Duration() (d time.Duration, ok bool) {
	d, err := time.ParseDuration(v.text)
	return d, v.state == Known && err == nil
}

// String shows the value as reports do.
func (v Value) String() string {
	switch {
	case v.state == Unset:
		return "not set"
	case v.state == Unknown:
		return "unknown (" + v.note + ")"
	case v.note != "":
		return v.text + " (default of " + v.note + ")"
	}
	return v.text
}
