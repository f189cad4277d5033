package redact

import (
	"slices"
	"strings"
)

// Range is where a secret stands in a text, in bytes.
type Range struct {
	Start, End int
	What       string
}

// Find tells where secrets stand in a text, in order and without overlaps, for parsers that keep the places of all that is around
// them. It looks at one line after the other.
func Find(text string) []Range {
	var out []Range
	for start := 0; start < len(text); {
		line, _, _ := strings.Cut(text[start:], "\n")
		if hint(line) {
			out = append(out, findIn(line, start)...)
		}
		start += len(line) + 1
	}
	return out
}

// hints are letters that every form but a bare key holds; they are what most lines are spared the regular expressions by.
var hints = []string{"ey", "EY", "ecret", "ECRET", "assw", "ASSW", "wd", "WD", "sig=", "SIG=", "oken=", "OKEN=", "earer", "EARER", "asic ", "ASIC "}

func hint(line string) bool {
	if strings.IndexByte(line, '=') < 0 && !strings.Contains(line, "eyJ") && !hasScheme(line) {
		return false
	}
	return slices.ContainsFunc(hints, func(h string) bool { return strings.Contains(line, h) })
}

func findIn(line string, offset int) []Range {
	var out []Range
	for _, f := range forms {
		for _, m := range f.re.FindAllStringSubmatchIndex(line, -1) {
			out = append(out, Range{offset + m[4], offset + m[5], f.what})
		}
	}
	slices.SortStableFunc(out, func(a, b Range) int { return a.Start - b.Start })
	end := -1
	return slices.DeleteFunc(out, func(r Range) bool {
		inside := r.Start < end
		end = max(end, r.End)
		return inside
	})
}
