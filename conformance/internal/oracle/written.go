package oracle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// written is what a request with an access token must leave in logs: the sinks that keep the token.
type written struct {
	trial string
	token string
	keeps map[string]routing.Span // by sink
	at    routing.Span
}

// marked gives a request a token of its own, so that it can be found in logs.
func (f *Front) marked(t Trial) (Trial, string) {
	canary := conformance.CanaryToken
	token := fmt.Sprintf("%s%06d", canary[:len(canary)-len("canary")], f.Rig.Serial())
	t.Request.Target = strings.ReplaceAll(t.Request.Target, canary, token)
	t.Request.Header = slices.Clone(t.Request.Header)
	for i := range t.Request.Header {
		t.Request.Header[i].Value = strings.ReplaceAll(t.Request.Header[i].Value, canary, token)
	}
	return t, token
}

// note remembers what the path that NGINX took says about logs.
func (f *Front) note(trial, token string, p *routing.Path) {
	w := written{trial: trial, token: token, keeps: map[string]routing.Span{}}
	if p.Delivery != nil {
		w.at = p.Delivery.Forward.Span
	}
	for _, l := range p.Logged {
		f.sinks[l.Sink] = true
		if strings.Contains(l.Line.Text(), token) {
			w.keeps[l.Sink] = l.Span
		}
		if l.Line.IsUnknown() {
			return
		}
	}
	f.written = append(f.written, w)
}

// Logs compares which logs keep access tokens. NGINX must have ended, so that everything is written; read returns what stands in a sink
// by now, and false where that cannot be known.
func (f *Front) Logs(read func(sink string) (string, bool)) []Difference {
	var found []Difference
	for _, sink := range slices.Sorted(maps.Keys(f.sinks)) {
		text, ok := read(sink)
		if !ok {
			continue
		}
		for _, w := range f.written {
			at, keeps := w.keeps[sink]
			if kept := strings.Contains(text, w.token); kept != keeps {
				found = append(found, Difference{Trial: w.trial, Field: "whether " + sink + " keeps the token", Predicted: yes(keeps), Observed: yes(kept), At: orElse(at, w.at)})
			}
		}
	}
	return found
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func orElse(at, other routing.Span) routing.Span {
	if at.IsZero() {
		return other
	}
	return at
}
