package routing_test

import (
	"fmt"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestWhatIsPassedOverWouldNotHaveHeld(t *testing.T) {
	path, now := routing.ReadOriginal(routing.InPath, ""), routing.Read(routing.InPath, "")
	begins := func(with string) routing.Cond { return routing.Prefix{Of: path, Want: with, Fold: true} }
	unknown := routing.Given{Value: routing.UnknownOf("it is not said", routing.Span{})}
	pattern, err := routing.NewPattern("^/(site)", false)
	if err != nil {
		t.Fatal(err)
	}
	conditions := map[string]routing.Cond{
		"a beginning": begins("/client/"), "a short one": begins("/c"), "none": begins(""), "in capitals": begins("/CLIENT/negotiate"), "beyond ASCII": begins("/clié"),
		"with regard to case": routing.Prefix{Of: path, Want: "/Client"},
		"the path in flight":  routing.Prefix{Of: now, Want: "/other"},
		"the whole path":      routing.Equal{Of: path, To: routing.Text("/client")},
		"whole, without case": routing.Equal{Of: path, To: routing.Text("/site"), Fold: true},
		"any of two":          routing.Any{begins("/site"), begins("/client")},
		"any of many":         routing.Any{begins("/a"), begins("/b"), begins("/s"), begins("/cl")},
		"any, one of another": routing.Any{begins("/site"), routing.Suffix{Of: path, Want: "negotiate"}},
		"any of none":         routing.Any{},
		"all":                 routing.All{routing.Suffix{Of: path, Want: "e"}, begins("/client")},
		"all, one unknown":    routing.All{unknown, begins("/site")},
		"any, one unknown":    routing.Any{unknown, begins("/site")},
		"not":                 routing.Not{Cond: begins("/client")},
		"captures":            routing.All{routing.Matches{Of: path, Pattern: pattern}, begins("/client")},
		"captures inside":     routing.All{routing.Not{Cond: routing.Matches{Of: path, Pattern: pattern}}, begins("/client")},
	}
	for name, when := range conditions {
		for _, target := range []string{"/", "", "/client", "/client/", "/CLIENT/negotiate?x=1", "/client/negotiate", "/site/1", "/clié", "/\u017fite", "/cliÉ/", "*", "https://b.example", "/b"} {
			match := func() *routing.Match {
				return &routing.Match{Arms: []routing.Arm{{When: when, Do: []routing.Step{&routing.Respond{Status: routing.Of("204", routing.Span{})}}}}}
			}
			if plain, hastened := answers(match(), target), answers(match().Hastened(), target); plain != hastened {
				t.Errorf("%s, asked about %q, gives %s; passed over, %s", name, target, plain, hastened)
			}
		}
	}
}

// answers are all ends of a request that comes to a match, with what a group holds behind it.
func answers(m *routing.Match, target string) string {
	l := &routing.Listener{Name: "l", Entry: "entry"}
	end := &routing.Redirect{Status: routing.Of("302", routing.Span{}), To: routing.Read(routing.InCapture, "1")}
	g := &routing.Gateway{Listeners: []*routing.Listener{l}, Blocks: map[string][]routing.Step{"entry": {m, end}}}
	var out []string
	for _, p := range g.Trace(l, &routing.Request{Method: "GET", Host: "a.example", Target: target}) {
		out = append(out, p.Outcome())
	}
	return fmt.Sprint(out)
}
