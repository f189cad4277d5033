package rules

import (
	"github.com/asrscheck/asrscheck/conformance"
)

var retired = &conformance.Rule{
	ID: "ASRS-IN-003", Requirement: "configuration", Severity: conformance.Notice,
	Title: "The product is retired in this form",
	Why:   "A retired product gets no support and no repairs, and what is right about it today says nothing of what takes its place: the successor has other defaults.",
	Fix: map[string]string{
		"": "Migrate, and judge the configuration of the successor.",
		"appgateway": "Migrate to Standard_v2 or WAF_v2. Portal: Migrate on the gateway's overview. PowerShell: AzureAppGWClone. az: `az network application-gateway create … --sku Standard_v2` makes a new one. " +
			"Terraform: `sku { name = \"Standard_v2\" tier = \"Standard_v2\" }` in a new resource. ARM and Bicep: `sku: { name: 'Standard_v2', tier: 'Standard_v2' }` in a new resource. Priorities and rewrite rules are new there; authentication certificates are gone.",
		"frontdoor": "Migrate to Standard or Premium. Portal: Migration on the Front Door's page. az: `az afd profile migrate …`.",
	},
	Bad: "appgateway/ok/v1.json", Good: "appgateway/ok/howto_az.json",
	Sources: []string{
		"https://learn.microsoft.com/azure/application-gateway/v1-retirement", "https://learn.microsoft.com/azure/frontdoor/classic-retirement-faq",
	},
}

// adviseOnRetired tells of every gateway on the way that is not offered any more, or not much longer.
func adviseOnRetired(p *conformance.Pass) {
	for _, g := range p.Gateways() {
		if g.Retired.Text != "" {
			p.Advise(conformance.Finding{Rule: retired.ID, Message: g.Retired.Text, Span: g.Retired.Span})
		}
	}
}
