package conformance_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestAProgramThatIsTooLongIsSaidToBe(t *testing.T) {
	at := routing.Span{File: "rules.json", Line: 1, Col: 1}
	var steps []routing.Step
	for range 30_000 {
		steps = append(steps, &routing.Set{What: routing.Place{Kind: routing.InVar, Name: ":x"}, To: routing.Text("y"), Span: at})
	}
	steps = append(steps, &routing.Forward{To: routing.Lit{Value: routing.Of("chat.service.signalr.net", at)}, Scheme: routing.Text("https"), Target: routing.Read(routing.InTarget, ""), Span: at})
	g := &routing.Gateway{
		Kind: "akamai", Name: "long", Listeners: []*routing.Listener{{Name: "https", Port: 443, TLS: true, Entry: "entry"}},
		Blocks: map[string][]routing.Step{"entry": steps},
	}
	r := conformance.Check(&routing.Estate{Gateways: []*routing.Gateway{g}}, conformance.Options{})
	if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, "a request takes more than 20000 steps") {
		t.Errorf("the problems are %+v", r.Problems)
	}
}

func TestWhatBecomesOfNegotiateIsSaidWhereNoClientEndpointIsFound(t *testing.T) {
	for given, want := range map[string]string{
		"true":                  "negotiate at https://rt.contoso.example/ is answered by the gateway: 401 (default of API Management) a subscription key is required",
		`false, "type": "grpc"`: "what becomes of negotiate at https://rt.contoso.example/ is not known: ",
	} {
		path := mutated(t, "../fixtures/apim/ok/http_design.json", mutation{old: `"subscriptionRequired": false`, new: `"subscriptionRequired": ` + given})
		r := conformance.Check(parsers.Load([]string{path}, parsers.Options{}), conformance.Options{})
		if len(r.Subjects) != 0 || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, want) {
			t.Errorf("%s: %d subjects; the problems are %+v", given, len(r.Subjects), r.Problems)
		}
	}
}
