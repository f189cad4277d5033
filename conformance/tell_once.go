package conformance

import (
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// told is what makes two findings of different requirements one: the same words about the same place.
type told struct {
	at            routing.Span
	message, when string
}

// tellOnce leaves one finding of those that say the same under several requirements to be told: the gravest, and of equal ones the
// first. It names what else the same thing breaks; the others say where they are told.
func tellOnce(results []Result) {
	first := map[told]*Finding{}
	for i := range results {
		for j := range results[i].Findings {
			f := &results[i].Findings[j]
			key := told{f.Span, f.Message, f.When}
			root := first[key]
			switch {
			case f.Advice || root != nil && root.Requirement == f.Requirement:
			case root == nil:
				first[key] = f
			case !root.Severity.AtLeast(f.Severity):
				first[key] = f
				f.Breaks, f.Probes = append(slices.Clip(root.Breaks), root.Requirement), appendNew(slices.Clip(root.Probes), f.Probes)
				root.Told, root.Breaks = f.Requirement, nil
			default:
				root.Breaks, root.Probes = append(root.Breaks, f.Requirement), appendNew(slices.Clip(root.Probes), f.Probes)
				f.Told = root.Requirement
			}
		}
	}
	follow(results, first)
}

// follow lets what was told under a finding that gave way to a graver one name the last.
func follow(results []Result, first map[told]*Finding) {
	for i := range results {
		for j := range results[i].Findings {
			if f := &results[i].Findings[j]; f.Told != "" {
				f.Told = first[told{f.Span, f.Message, f.When}].Requirement
			}
		}
	}
}
