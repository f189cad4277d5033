package rules

import (
	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var configurationRefused = &conformance.Rule{
	ID: "ASRS-IN-001", Requirement: "configuration", Severity: conformance.Error,
	Title: "The configuration is refused by the product, or a part of it is missing",
	Why: "A configuration that the product refuses never runs, and the one that runs instead is not the one that was read. " +
		"An export that was cut off, or that refers to something it does not hold, says nothing about the missing part.",
	Fix: map[string]string{
		"":              "Correct the place that is named, or give the missing part too.",
		"nginx":         "Run `nginx -t` on the machine, correct what it names; to audit what really runs, give the output of `nginx -T`.",
		"appgateway":    "Export the gateway again, whole: `az network application-gateway show -g GROUP -n NAME`, or in PowerShell `ConvertTo-Json -Depth 20`.",
		"frontdoor":     "Give the whole Front Door: for Standard and Premium the profile and everything below it, by az afd … show and list, az graph query, or the template that deploys it.",
		"ingress-nginx": "Correct the object that is named; values of annotations are strings, so that numbers and booleans stand in quotes.",
		"gateway-api":   "Correct the object that is named, or give the missing one too.",
		"apim":          "Give each API a path of its own. Give the whole service: its APIs, operations, policies, policy fragments, named values and backends, as the folder that APIOps extracts, the template or Terraform that deploys it.",
		"akamai":        "Export the version again, whole: `akamai property-manager show-ruletree -p PROPERTY`, PAPI `GET /papi/v1/properties/ID/versions/VERSION/rules`, or `akamai terraform export-property NAME`; give includes with --include, and the whole folder with its snippets.",
	},
	Bad: "nginx/err/configuration.conf", Good: "nginx/ok/single.conf",
	Sources: []string{"https://nginx.org/en/docs/switches.html", "https://learn.microsoft.com/powershell/module/microsoft.powershell.utility/convertto-json"},
	Check:   checkConfiguration,
}

func checkConfiguration(p *conformance.Pass) {
	p.Keep()
	adviseOnRetired(p)
	for _, problem := range p.Gateway.Problems {
		switch problem.Kind {
		case routing.Refused, routing.Truncated:
			p.Break(conformance.Finding{Message: problem.Message, Fix: problem.Fix, Span: problem.Span})
		case routing.NotWhole, routing.Unread:
			p.Leave(problem.Message, problem.Span)
		}
	}
}
