package live

import (
	"context"

	"github.com/onsi/gomega"
)

var refusalsLetIn = []*Case{{
	ID: "LIVE-CORS-05", Requirement: "cors", Title: "Browsers are given the refusals of the service too", Needs: []string{"LIVE-CORS-03"},
	Level: Token, View: Closer, Advises: true, Run: refusalsAreLetIn,
}}

// refusalsAreLetIn breaks nothing: without permission the client says that the network failed, and not what the service said.
func refusalsAreLetIn(ctx context.Context, g gomega.Gomega, t *Target) {
	x, err := t.refused(ctx, 404)
	if err == nil && x.Status() == 404 {
		t.originIsAllowed(g, "a refused negotiate", x)
	}
}
