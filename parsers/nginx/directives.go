package nginx

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// directiveLines lists the directives of NGINX with the contexts that take them and the numbers of arguments, one line for each way
// in which a directive exists: "!name contexts arguments", where "!" marks those that may stand only once in a block. They were taken
// from the command tables of NGINX 1.31.4's sources (ngx_command_t).
//
//go:embed directives.txt
var directiveLines string

// usage is one way in which a directive exists.
type usage struct {
	contexts []string
	args     string // as in directives.txt
	once     bool
}

var knownDirectives = sync.OnceValue(func() map[string][]usage {
	known := map[string][]usage{}
	for line := range strings.Lines(directiveLines) {
		fields := strings.Fields(line)
		name, once := strings.CutPrefix(fields[0], "!")
		known[name] = append(known[name], usage{strings.Split(fields[1], ","), fields[2], once})
	}
	return known
})

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

// in reports whether the directive may stand in a context.
func (u *usage) in(context string) bool {
	for _, c := range u.contexts {
		if c == context || c == "any" {
			return true
		}
	}
	return false
}
