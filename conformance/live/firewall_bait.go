package live

import (
	"context"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/refproxy"
)

var firewallBait = []*Case{{
	ID: "LIVE-WAF-02", Requirement: "limits", Title: "No firewall turns away what users write to each other", Needs: []string{"LIVE-WAF-01"},
	Level: Token, View: Closer, Run: whatUsersWritePasses,
}}

// written is a message of users who talk about code: what rules against injection look for (OWASP core rule set, 941100 and 942100).
const written = `{"type":1,"target":"send","arguments":["<script>alert('x')</script> ' or 1=1-- ; cat /etc/passwd"]}` + "\x1e"

func whatUsersWritePasses(ctx context.Context, g gomega.Gomega, t *Target) {
	if !t.passageOf(ctx, conformance.Send).arrived() {
		return // told elsewhere
	}
	s, err := t.negotiated(ctx)
	t.must(err)
	x, err := s.Send(ctx, s.id, []byte(written))
	t.leaveWhereUnknown(x)
	if x.Response != nil && failed(x) {
		t.leave("the way to the service fails (%s), which is told elsewhere", t.seen(x, err))
	}
	g.Expect(s.records()).NotTo(gomega.BeEmpty(), "expected a message about markup and SQL to arrive, seen %s", t.seen(x, err))
	if what := x.Response.Header.Get(refproxy.UninspectedHeader); what != "" {
		t.leave("messages pass %s, which the twin does not stand for", what)
	}
}
