//go:debug tlsmlkem=0

package conformance_test

import (
	"os"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/live"
	"github.com/asrscheck/asrscheck/conformance/rules"
	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// reading is what rules say about one gateway under one version, as one client endpoint sees it, and what cases say about its twin.
type reading struct {
	name    string
	gateway *routing.Gateway
	subject conformance.Subject
	results live.Results
}

// readings judges each version of a gateway by reading.
func readings(name string, estate *routing.Estate, given ...conformance.Endpoint) []*reading {
	var out []*reading
	for _, g := range estate.Gateways {
		for _, version := range append([]*routing.Gateway{g}, g.Variants...) {
			alone := *version
			alone.Variants = nil
			one := &routing.Estate{Gateways: []*routing.Gateway{&alone}, Services: estate.Services}
			for _, s := range conformance.Check(one, conformance.Options{Endpoints: given, Rules: rules.All}).Subjects {
				label := strings.Join(strings.Fields(strings.Join([]string{name, g.Name, version.Version, s.Endpoint}, " ")), " ")
				out = append(out, &reading{name: label, gateway: &alone, subject: s})
			}
		}
	}
	return out
}

// differences are the requirements about which reading and traffic disagree. What traffic could not judge, because something else had
// to hold first or is unknown, it does not disagree about.
func (r *reading) differences() []string {
	var out []string
	for _, result := range r.subject.Results {
		said := r.results.Verdict(result.Requirement)
		// To traffic, a transport that a design gives up is broken.
		fails := result.Verdict == conformance.Broken || result.Verdict == conformance.NotOffered
		if said == conformance.Unjudged || fails == (said == conformance.Broken) {
			continue
		}
		line := result.Requirement + " is " + string(result.Verdict) + " by reading, but " + string(said) + " by traffic"
		for _, f := range result.Findings {
			if !f.Advice {
				line += "\n    " + f.Rule + " " + f.Span.String() + ": " + f.Message
			}
		}
		for _, m := range result.Missing {
			line += "\n    unjudged: " + m.Why
		}
		for _, c := range r.results[result.Requirement] {
			if c.Verdict != conformance.Holds {
				line += "\n    " + c.ID + " " + string(c.Verdict) + ": " + c.Message
			}
		}
		out = append(out, line)
	}
	return out
}

// judgedNothing reports that no case could judge although reading could.
func (r *reading) judgedNothing() bool {
	for _, result := range r.subject.Results {
		if live.Judges(result.Requirement) && result.Verdict == conformance.Unjudged {
			return false
		}
	}
	return len(withVerdict(r.results, conformance.Unjudged)) == len(r.results)
}

// maxAgain bounds how many that disagree are driven a second time, one by one: the clocks of twins are fast, and a busy machine can be late
// for them. What really disagrees does so again.
const maxAgain = 20

// agree drives traffic through the twins of gateways and compares.
func agree(t *testing.T, all []*reading) {
	t.Helper()
	together(len(all), func(i int) {
		all[i].results = drive(t, all[i].gateway, all[i].subject.ClientEndpoint())
	})
	again := 0
	for _, r := range all {
		if again < maxAgain && (len(r.differences()) > 0 || r.judgedNothing()) {
			again++
			r.results = drive(t, r.gateway, r.subject.ClientEndpoint())
		}
	}
	if again > 0 {
		t.Logf("%d of %d were driven a second time, alone", again, len(all))
	}
	for _, r := range all {
		t.Run(r.name, func(t *testing.T) {
			if d := r.differences(); len(d) > 0 {
				t.Errorf("reading and traffic disagree:\n%s", strings.Join(d, "\n"))
			}
			if r.judgedNothing() {
				t.Errorf("nothing is unknown to reading, but traffic judged nothing:\n%s", failures(r.results))
			}
		})
	}
}

func TestReadingAndTrafficAgreeOnEveryFixture(t *testing.T) {
	t.Parallel()
	var all []*reading
	for _, f := range allFixtures(t) {
		if !strings.HasPrefix(f.name, os.Getenv("FIXTURES")) { // FIXTURES=apim/ for those of one format
			continue
		}
		all = append(all, readings(f.name, parsers.Load([]string{f.path}, parsers.Options{}), f.endpoints...)...)
	}
	if testing.Short() {
		all = all[:min(len(all), 12)]
	}
	agree(t, all)
}
