package nginx

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// directiveLines lists the directives of NGINX, one line for each way in which a directive exists: "!name contexts arguments value
// versions". "!" marks those that may stand only once in a block. The value is what the first argument has to be, or for "set" and "texts"
// all of them: see kinds. The versions are those from which to which NGINX has the directive in this way, such as "1.25.1-"; without them it
// is all from 1.18.0 on. The lines were taken from the command tables (ngx_command_t) of the sources of all releases from 1.18.0 to 1.31.4,
// and of what follows. Distributions carry some changes back to releases of their own: max_headers is in those of Debian.
//
//go:embed directives.txt
var directiveLines string

// usage is one way in which a directive exists.
type usage struct {
	contexts     []string
	args         string // as in directives.txt
	once         bool
	value        string
	since, until release // until is zero where it still exists
}

var knownDirectives = sync.OnceValue(func() map[string][]usage {
	known := map[string][]usage{}
	for line := range strings.Lines(directiveLines) {
		fields := strings.Fields(line)
		name, once := strings.CutPrefix(fields[0], "!")
		u := usage{contexts: strings.Split(fields[1], ","), args: fields[2], once: once, value: fields[3]}
		if len(fields) > 4 {
			since, until, _ := strings.Cut(fields[4], "-")
			u.since, _ = parseRelease(since) // empty for all
			u.until, _ = parseRelease(until)
		}
		known[name] = append(known[name], u)
	}
	return known
})

// usages are the ways in which a release has a directive; those of all releases where it is nil.
func usages(name string, r *release) []usage {
	ways := knownDirectives()[name]
	if r == nil || !slices.ContainsFunc(ways, func(u usage) bool { return !u.existsIn(*r) }) {
		return ways
	}
	var out []usage
	for _, u := range ways {
		if u.existsIn(*r) {
			out = append(out, u)
		}
	}
	return out
}

func (u *usage) existsIn(r release) bool {
	return !r.before(u.since) && (u.until == release{} || !u.until.before(r))
}

// block reports whether the directive takes a block.
func (u *usage) block() bool { return strings.HasPrefix(u.args, "block") }

// takes reports whether the directive takes that many arguments.
func (u *usage) takes(n int) bool {
	for want := range strings.SplitSeq(strings.TrimPrefix(strings.TrimPrefix(u.args, "block"), ","), ",") {
		switch {
		case want == "any", want == "" && n == 0, want == "flag" && n == 1, want == strconv.Itoa(n), want == "1+" && n >= 1, want == "2+" && n >= 2:
			return true
		}
	}
	return false
}

// in reports whether the directive may stand in one of the contexts.
func (u *usage) in(contexts ...string) bool {
	return slices.ContainsFunc(u.contexts, func(c string) bool { return c == "any" || slices.Contains(contexts, c) })
}
