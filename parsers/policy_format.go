package parsers

import (
	"bytes"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/internal/policy"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// policyFormat is a policy without the API that it belongs to. What is around it decides everything, so that nothing can be judged by it; but
// what is wrong with the text itself can be told.
var policyFormat = Format{
	Name: "policy", Title: "policies of API Management, of which only the text can be checked without the service around them",
	recognizes: func(s source) bool { return s.root == "" && isPolicy(s.data) },
	load:       loadPolicy,
}

func isPolicy(text []byte) bool {
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), " \t\r\n")
	if !bytes.HasPrefix(text, []byte("<")) || !bytes.Contains(text, []byte("<policies")) && !bytes.Contains(text, []byte("<fragment")) {
		return false
	}
	d := policy.Parse(string(text))
	return d.Root("policies") != nil || d.Root("fragment") != nil
}

func loadPolicy(s source, _ Options) loaded {
	src := jsontree.NewSource(s.name, s.data)
	out := loaded{problems: []routing.Problem{{
		Span: src.Place(0, 1).Span(), Kind: routing.NotWhole, Message: "a policy is a part: what a request meets depends on the API, the operation and the policies around it",
		Fix: "give the folder that APIOps extracts, or the template or Terraform that deploys the service",
	}}}
	for _, p := range policy.Parse(string(s.data)).Problems {
		out.problems = append(out.problems, routing.Problem{
			Span: src.Place(p.At, p.At+1).Span(), Kind: routing.Refused, Message: p.Message, Fix: "correct the policy; API Management does not save one that is broken",
		})
	}
	return out
}
