package live

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// Bounds of what is kept of one case.
const (
	maxExchanges = 8
	maxWitnessed = 256
	maxLine      = 300
	maxLines     = 40
	maxBody      = 600
	maxSearched  = 64 << 10 // of a body, for secrets
)

// evidence is what a case sent and what came back.
type evidence struct {
	mu         sync.Mutex
	kept       []witnessed
	answered   bool          // something came back
	late       bool          // time was up before that
	busy       int           // the status by which somebody asked to come back later
	retryAfter time.Duration // when
}

// longSilence is how long a request must be without an answer for that to mean that nothing is going to come.
const longSilence = 2 * time.Second

type witnessed struct {
	conformance.Exchange
	session int // its number, for requests that are sent at once come back in any order
	usual   bool
}

// witness keeps an exchange of the session for the case that runs.
func (s *session) witness(operation string, x *signalrclient.Exchange) {
	s.t.shared.recognize(x)
	if s.t.scope == nil || x == nil {
		return
	}
	number, _ := strconv.Atoi(strings.TrimPrefix(s.mark, "probe-"))
	s.t.scope.log.add(witnessed{s.told(operation, x), number, usual(x.Status())}, x)
}

func usual(status int) bool { return status/100 == 2 || status == 101 }

func (e *evidence) add(w witnessed, x *signalrclient.Exchange) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answered = e.answered || !x.FirstByte.IsZero() && x.Response != nil
	e.late = e.late || x.Response == nil && time.Since(x.Started) >= longSilence
	if (x.Status() == 429 || x.Status() == 503) && x.Response.Header.Get(fakesignalr.InstanceHeader) == "" { // the fake one is never busy, it only plays that
		seconds, _ := strconv.Atoi(x.Response.Header.Get("Retry-After"))
		e.busy, e.retryAfter = x.Status(), time.Duration(seconds)*time.Second
	}
	if len(e.kept) < maxWitnessed {
		e.kept = append(e.kept, w)
	}
}

// unanswered reports whether something was sent and nothing at all came back.
func (e *evidence) unanswered() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.kept) > 0 && !e.answered
}

// include takes over what another case has sent for this one too.
func (e *evidence) include(other []witnessed) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.kept = append(e.kept, other...)
}

func (e *evidence) all() []witnessed {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.kept)
}

// chosen are the exchanges worth keeping, in the order of their sessions: first those that did not end as usual.
func (e *evidence) chosen() []conformance.Exchange {
	all := e.all()
	slices.SortStableFunc(all, func(a, b witnessed) int { return cmp.Compare(a.session, b.session) })
	picked := map[int]bool{}
	for _, usual := range []bool{false, true} {
		for i := range all {
			if all[i].usual == usual && len(picked) < maxExchanges {
				picked[i] = true
			}
		}
	}
	var out []conformance.Exchange
	for i := range all {
		if picked[i] {
			out = append(out, all[i].Exchange)
		}
	}
	return out
}

// told is an exchange as text, without secrets and without what differs from run to run.
func (s *session) told(operation string, x *signalrclient.Exchange) conformance.Exchange {
	head := []string{x.Request.Method + " " + x.Request.Target + " " + cmp.Or(x.Request.Proto, "HTTP/1.1")}
	for _, f := range x.Request.Header {
		head = append(head, f.Name+": "+shownField(f.Name, f.Value))
	}
	out := conformance.Exchange{Operation: operation, Request: s.block(head, x.Request.Body)}
	if x.Response == nil {
		out.Problem = "no answer"
		return out
	}
	head = []string{x.Response.Proto + " " + strconv.Itoa(x.Response.Status)}
	names := make([]string, 0, len(x.Response.Header))
	for name := range x.Response.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range x.Response.Header[name] {
			head = append(head, name+": "+shownField(name, value))
		}
	}
	out.Response = s.block(head, x.Response.Body)
	return out
}

// fieldsNotShown are headers that are secrets, or that differ from run to run and say nothing.
var fieldsNotShown = map[string]bool{
	"authorization": true, "proxy-authorization": true, "cookie": true, "set-cookie": true, "date": true, "sec-websocket-key": true,
	"sec-websocket-accept": true, "x-asrscheck-connection": true,
}

func shownField(name, value string) string {
	if fieldsNotShown[strings.ToLower(name)] {
		return hidden
	}
	return value
}

const hidden = "***"

// block is a head with the beginning of a body. Secrets are taken out before anything is cut.
func (s *session) block(head []string, body []byte) string {
	if more := len(head) - maxLines; more > 0 {
		head = append(head[:maxLines:maxLines], "… and "+strconv.Itoa(more)+" more lines")
	}
	lines := strings.Split(s.hide(strings.Join(head, "\n")), "\n")
	if len(body) > 0 {
		shown := s.hide(string(body[:min(len(body), maxSearched)]))
		if len(shown) > maxBody {
			shown = shown[:maxBody] + "… (" + strconv.Itoa(len(body)) + " bytes)"
		}
		lines = append(append(lines, ""), strings.Split(strings.ToValidUTF8(shown, "�"), "\n")...)
	}
	for i, line := range lines {
		if len(line) > maxLine {
			lines[i] = strings.ToValidUTF8(line[:maxLine], "") + "…"
		}
	}
	return strings.Join(lines, "\n")
}

var (
	// secretParameters are those of a query that let somebody else in, and the stamp of polls, which differs from run to run.
	secretParameters = regexp.MustCompile(`([?&](?:id|access_token|_)=)[^&\s"'<>]*`)
	// secretMembers are those of an answer to negotiate; one may be cut at the end.
	secretMembers = regexp.MustCompile(`("(?:connectionToken|connectionId|accessToken)"\s*:\s*")[^"]*`)
)

// hide takes the session's secrets out of a text, wherever a proxy may have put them.
func (s *session) hide(text string) string {
	var pairs []string
	for _, secret := range []string{s.Token, s.id} {
		if secret != "" {
			pairs = append(pairs, secret, hidden, url.QueryEscape(secret), hidden)
		}
	}
	text = strings.NewReplacer(pairs...).Replace(text)
	text = secretParameters.ReplaceAllString(text, "${1}"+hidden)
	return secretMembers.ReplaceAllString(text, "${1}"+hidden)
}
