package parsers_test

import (
	"fmt"
	"testing"

	"github.com/asrscheck/asrscheck/parsers"
)

// usualPolicy is one as they are written: a header, a choice by an expression, a variable, a bound.
const usualPolicy = `<policies>
  <inbound>
    <base />
    <set-header name="X-Correlation" exists-action="skip">
      <value>@(context.RequestId.ToString())</value>
    </set-header>
    <choose>
      <when condition="@(context.Request.Headers.GetValueOrDefault("x-api","") == "%[1]d" && context.Request.Method == "GET")">
        <set-backend-service base-url="https://b%[1]d.contoso.example" />
      </when>
      <otherwise>
        <set-variable name="v" value="@{ var a = context.Request.OriginalUrl.Query.GetValueOrDefault("a", "x"); return a.Split('-')[0] + "b"; }" />
      </otherwise>
    </choose>
    <rate-limit-by-key calls="10" renewal-period="60" counter-key="@(context.Request.IpAddress)" />
  </inbound>
  <backend>
    <base />
  </backend>
  <outbound>
    <base />
    <set-header name="X-Out" exists-action="delete" />
  </outbound>
</policies>
`

const usualSpecification = `openapi: 3.0.1
info: {title: API, version: "1"}
paths:
  /x:
    get: {operationId: op0, responses: {"200": {description: done}}}
    post: {operationId: op1, responses: {"200": {description: done}}}
  /:
    delete: {operationId: op2, responses: {"200": {description: done}}}
`

// extracted is a folder as APIOps extracts it, with some APIs of three operations, and a policy for each and for the API.
func extracted(apis int) map[string]string {
	files := map[string]string{"policy.xml": "<policies><inbound /><backend><forward-request /></backend><outbound /></policies>"}
	for i := range apis {
		api := fmt.Sprintf("apis/api%d/", i)
		files[api+"apiInformation.json"] = fmt.Sprintf(`{"properties": {"displayName": "API %[1]d", "path": "api%[1]d", "protocols": ["https"], "serviceUrl": "https://b%[1]d.contoso.example", "subscriptionRequired": false}}`, i)
		files[api+"specification.yaml"] = usualSpecification
		files[api+"policy.xml"] = fmt.Sprintf(usualPolicy, i)
		for o := range 3 {
			files[fmt.Sprintf("%soperations/op%d/policy.xml", api, o)] = fmt.Sprintf(usualPolicy, i)
		}
	}
	return files
}

func BenchmarkTenThousandPolicyFiles(b *testing.B) {
	root := folderOf(b, extracted(2500))
	b.ResetTimer()
	for b.Loop() {
		if e := parsers.Load([]string{root}, parsers.Options{}); len(e.Gateways) != 1 || len(e.Problems) > 0 {
			b.Fatalf("%d gateways and problems %v are read", len(e.Gateways), e.Problems)
		}
	}
}
