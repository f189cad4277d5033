package live

import (
	"context"
	"fmt"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
)

const casePath = "LIVE-PATH-01"

var path = []*Case{{
	ID: casePath, Requirement: "path", Title: "Path and query arrive byte for byte as the client sent them",
	Level: Token, View: Inside, Run: targetIsUnchanged,
}}

func targetIsUnchanged(ctx context.Context, g gomega.Gomega, t *Target) {
	for _, p := range t.arrived(ctx) {
		want, got := fakesignalr.RedactTarget(t.wanted(p.sent)), p.records[0].Target
		g.Expect(got).To(gomega.Equal(want), "expected the %s to arrive as %s", p.kind, difference(got, want))
	}
	t.leaveUnknown(ctx)
	t.leaveUnseen(ctx)
}

// difference says in words what became of a target.
func difference(got, want string) string {
	gotPath, gotQuery, _ := strings.Cut(got, "?")
	wantPath, wantQuery, _ := strings.Cut(want, "?")
	switch {
	case got == want:
		return ""
	case gotPath != wantPath:
		return fmt.Sprintf("%q, seen %q", wantPath, gotPath)
	case gotQuery == "":
		return fmt.Sprintf("%s with its query, seen it without", wantPath)
	}
	a, b := strings.Split(wantQuery, "&"), strings.Split(gotQuery, "&")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("%s with %s in its query, seen %s", wantPath, a[i], b[i])
		}
	}
	if len(b) > len(a) {
		return fmt.Sprintf("%s with %d parameters in its query, seen %d, of which %s is one too many", wantPath, len(a), len(b), b[len(a)])
	}
	return fmt.Sprintf("%s with %s in its query, seen it without", wantPath, a[len(b)])
}
