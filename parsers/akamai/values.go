package akamai

import (
	"strconv"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/internal/redact"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// text is an option as a value: unset, known or unknown, with what it came from. Secrets are taken out.
func text(n *jsontree.Node) routing.Value {
	switch n.Kind() {
	case jsontree.Missing, jsontree.Null:
		return routing.Value{}
	case jsontree.Unknown:
		return unknownAs(n, n.Text())
	case jsontree.List, jsontree.Object:
		return unknownAs(n, "a single value was expected, not "+n.Kind().String())
	default:
		clean, _ := redact.String(n.Text())
		return knownAs(n, clean)
	}
}

// knownAs is a value that an option decides.
func knownAs(n *jsontree.Node, s string) routing.Value {
	v := routing.Of(s, n.Span())
	v.Related = n.Notes()
	return v
}

// unknownAs is a value that an option should decide, but does not.
func unknownAs(n *jsontree.Node, why string) routing.Value {
	v := routing.UnknownOf(why, n.Span())
	v.Related = n.Notes()
	return v
}

// flag is a boolean option. Templates quote booleans.
func flag(n *jsontree.Node) routing.Value {
	v := text(n)
	if v.State() != routing.Known {
		return v
	}
	on, err := strconv.ParseBool(strings.ToLower(v.Text()))
	if err != nil {
		return unknownAs(n, "true or false was expected")
	}
	return v.Became(strconv.FormatBool(on))
}

// isOn reports whether a boolean is known to be true.
func isOn(v routing.Value) bool { on, ok := v.Bool(); return on && ok }

// isOff reports whether a boolean is known to be false.
func isOff(v routing.Value) bool { on, ok := v.Bool(); return !on && ok }

// duration is an option with a number of seconds, minutes, hours or days: "120s".
func duration(n *jsontree.Node) routing.Value {
	v := text(n)
	if v.State() != routing.Known {
		return v
	}
	d, ok := parseDuration(v.Text())
	if !ok {
		return unknownAs(n, "a duration such as 120s was expected")
	}
	return v.Became(d.String())
}

var units = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}

// longest is more than any product waits, in any unit.
const longest = 100_000

func parseDuration(s string) (time.Duration, bool) {
	if s == "" {
		return 0, false
	}
	unit, ok := units[s[len(s)-1]|0x20]
	n, err := strconv.Atoi(s[:len(s)-1])
	if !ok || err != nil || n < 0 || n > longest {
		return 0, false
	}
	return time.Duration(n) * unit, true
}
