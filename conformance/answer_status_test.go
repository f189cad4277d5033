package conformance_test

import (
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestAStatusThatIsNotKnownLeavesOpenWhatClientsGet(t *testing.T) {
	t.Parallel()
	p := soundProgram()
	p.unknown(routing.AnswerStatus)
	for _, r := range readings("", &routing.Estate{Gateways: []*routing.Gateway{p.build()}}, edge()) {
		traffic := drive(t, r.gateway, edge())
		for _, id := range []string{"negotiate", "websocket", "server-sent-events", "long-polling"} {
			if said := r.subject.Result(id).Verdict; said != conformance.Unjudged {
				t.Errorf("%s is %s by reading, although the status that clients get is not known", id, said)
			}
			if done := traffic.Verdict(id); done != conformance.Unjudged {
				t.Errorf("%s is %s by traffic, although the status that clients get is not known", id, done)
			}
		}
	}
}
