package nginx

import (
	"testing"
)

// An unknown affinity is better than a wrong one: what few requests take, or nobody, is not left to chance.
func TestOnlyWhatChanceIsSeenToDecideIsLeftToIt(t *testing.T) {
	for lines, want := range map[string]int{
		`~^[0-7] a; default b;`:                2,
		`~^[0-7] a; ~^[89a-f] b;`:              2,
		`~^[0-4] a; ~^[5-9] b; ~^[a-f] c;`:     3,
		`~^[0-7] a; ~^000000000 b; default c;`: 0,
		`~^[0-7] a; 0123 b; default c;`:        0,
		`~. a; default b;`:                     0,
	} {
		tree := parseText(t, inHTTP("map $request_id $to { "+lines+" } server { listen 80; return 200 $to; }"))
		g, err := Lower(tree, "1.30.0")
		if err != nil {
			t.Fatal(err)
		}
		paths := g.Trace(g.Listeners[0], request("GET / HTTP/1.1\r\nHost: a"))
		if got := len(paths); len(paths[0].Chosen) == 0 && want != 0 || len(paths[0].Chosen) > 0 && got != want {
			t.Errorf("by %s a request goes %d ways with picks %v, want %d left to chance", lines, got, paths[0].Chosen, want)
		}
	}
}

func TestOnlyExpressionsThatSomeRequestsMatchAreLeftToChance(t *testing.T) {
	for condition, want := range map[string]bool{
		`$request_id ~ "^[0-7]"`:    true,
		`$request_id !~ "[89a-f]$"`: true,
		`$request_id ~ "^.*$"`:      false,
		`$request_id = x`:           false,
		`$request_id`:               false,
		`$time_iso8601 ~ "T0"`:      false,
		`$pid ~ "1$"`:               false,
	} {
		tree := parseText(t, oneServer("if ("+condition+") { return 403; } return 200;"))
		g, err := Lower(tree, "1.30.0")
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range g.Trace(g.Listeners[0], request("GET / HTTP/1.1\r\nHost: a")) {
			if len(p.Assumed) != 1 || p.Assumed[0].Chance != want {
				t.Errorf("a way by %s assumes %+v, want left to chance: %v", condition, p.Assumed, want)
			}
		}
	}
}
