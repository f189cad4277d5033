package live

import (
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
)

// ByVersion are the results of one gateway under one version of its product.
type ByVersion struct {
	Version string
	Results Results
}

// Across is what holds whatever the version is. Where the versions differ, the case is left open: nobody knows which one runs.
func Across(list []ByVersion) Results {
	out := Results{}
	for requirement, cases := range list[0].Results {
		for i := range cases {
			out[requirement] = append(out[requirement], across(list, requirement, i))
		}
	}
	return out
}

func across(list []ByVersion, requirement string, i int) conformance.CaseResult {
	result := list[0].Results[requirement][i]
	var said []string
	differ := false
	for _, v := range list {
		cases := v.Results[requirement]
		if i >= len(cases) {
			continue
		}
		differ = differ || cases[i].Verdict != result.Verdict
		said = append(said, strings.TrimSuffix(string(cases[i].Verdict)+" on "+v.Version+" ("+cases[i].Message+")", " ()"))
	}
	if differ {
		result.Verdict = conformance.Unjudged
		result.Message = "depends on the product's version, which is not known: " + strings.Join(said, ", ")
	}
	return result
}
