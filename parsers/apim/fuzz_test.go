package apim_test

import "testing"

// FuzzEveryPolicyIsLoweredToAProgramThatEnds: whatever stands in a policy, each request ends in one way or several.
func FuzzEveryPolicyIsLoweredToAProgramThatEnds(f *testing.F) {
	for _, text := range []string{
		`<policies><inbound><base /><choose><when condition="@(context.Request.Headers.GetValueOrDefault("a","") == "b")"><return-response /></when></choose></inbound><backend><base /></backend></policies>`,
		`<policies><inbound><set-backend-service base-url="@{ var a = context.Variables["x"]; if (a == null) { return "https://a"; } return (string)a; }" /></inbound><backend><forward-request timeout="x" /></backend></policies>`,
		`<policies><inbound><cors allow-credentials="true"><allowed-origins><origin>*</origin></allowed-origins></cors><rewrite-uri template="/{id}?a={{b}}" /><include-fragment fragment-id="f" /></inbound></policies>`,
		`<policies><inbound><validate-jwt header-name="@(1)"><openid-config /></validate-jwt><check-header name="a"><value>@("b".Split('b')[3])</value></check-header></inbound><backend><retry><forward-request /></retry></backend></policies>`,
		`<policies><backend><set-header name="Host" exists-action="append"><value>a</value><value>@(new Random().Next(3))</value></set-header><forward-request /></backend><outbound><set-status code="" /></outbound></policies>`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fragment := part{"policyFragments", "f", props{"value": text}}
		g := gateway(t, append(realtime("GET /", "POST /{id}"), fragment, part{"apis/policies", "rt/policy", props{"value": text}})...)
		for _, method := range []string{"GET", "POST", "OPTIONS"} {
			if paths := ask(g, method, "/client/7?a=1", "Origin: https://a.example", "Access-Control-Request-Method: GET"); len(paths) == 0 {
				t.Errorf("%s ends nowhere", method)
			}
		}
	})
}
