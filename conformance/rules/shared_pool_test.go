package rules

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// messages are the findings of a rule about a program.
func messages(p *program, id string) (all []string) {
	for _, r := range judge(p.build()).Results {
		for _, f := range r.Findings {
			if f.Rule == id {
				all = append(all, f.Message)
			}
		}
	}
	return all
}

func TestAServiceAndItsPrivateEndpointAreOneServiceOfAPool(t *testing.T) {
	pooled := func(members ...string) *program {
		p := soundProgram()
		p.pool(routing.Pick{How: "round robin", Key: routing.Read(routing.InArgument, "asrs_request_id"), Span: line(10)}, members...)
		p.forward.Then = nil
		p.header("Host", "other.service.signalr.net", 19)
		return p
	}
	const a, private, b = "a.service.signalr.net:443", "a.privatelink.service.signalr.net:443", "b.service.signalr.net:443"
	if got := messages(pooled(a, private), sharedPool.ID); len(got) != 0 {
		t.Errorf("one service is taken for several: %q", got)
	}
	got := messages(pooled(a, private, b), sharedPool.ID)
	if len(got) == 0 || !strings.Contains(got[0], "holds 2 services (a.service.signalr.net, b.service.signalr.net)") {
		t.Errorf("the findings are %q", got)
	}
}
