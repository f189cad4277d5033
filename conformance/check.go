package conformance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Options are what a check is told beside the configuration.
type Options struct {
	Endpoints []Endpoint // the client endpoints to judge; derived from the routes when empty
	Services  []string   // host names that are services although their domain does not say so
	Rules     []*Rule
}

// Check judges every gateway of an estate by reading.
func Check(estate *routing.Estate, o Options) *Report {
	r := &Report{Inputs: estate.Inputs, Problems: slices.Clone(estate.Problems)}
	services := NewServices(estate, o.Services)
	checked := make([]checkedGateway, len(estate.Gateways))
	inParallel(len(checked), func(i int) { checked[i] = o.checkGateway(estate, estate.Gateways[i], services) })
	var open []routing.Problem
	for _, c := range checked {
		r.Subjects = append(r.Subjects, c.subjects...)
		if len(c.subjects) == 0 {
			r.Idle = append(r.Idle, c.name)
			r.Problems = append(r.Problems, c.problems...) // what could not be read may be what leads to a service
			open = append(open, c.open...)
		}
	}
	r.Problems = append(r.Problems, unknownEndpoints(r, o.Endpoints)...)
	if len(r.Subjects) == 0 && len(o.Endpoints) == 0 {
		if named := unreached(estate, services); len(named) > 0 {
			open = named // which says the same, and more
		}
	}
	r.Problems = append(r.Problems, open...)
	return r
}

// unreached says that a service is named although nothing that clients send gets there: a redirect for all, perhaps, or access control.
func unreached(estate *routing.Estate, services *Services) []routing.Problem {
	for _, g := range estate.Gateways {
		if found := serviceNamed(g, services); found.IsSet() {
			message := cmp.Or(services.In(found.Text()), "a service whose name is put together") + " is named here, but nothing that SignalR clients send is known to get there"
			if why := whatBecomes(g, services); why != "" {
				message += ": " + why
			}
			return []routing.Problem{{
				Span: found.Span, Kind: routing.NotWhole, Message: message,
				Fix: "Name the URL that clients use with --client-endpoint URL, and the report says what becomes of their requests.",
			}}
		}
	}
	return nil
}

// serviceNamed is the first value of a program that names a service, or the end of such a name; unset where none does.
func serviceNamed(g *routing.Gateway, services *Services) routing.Value {
	walked := map[string]bool{}
	for _, l := range g.Listeners {
		if walked[l.Entry] {
			continue
		}
		walked[l.Entry] = true
		for v := range g.Literals(l.Entry) {
			if services.In(v.Text()) != "" || completes(v.Text()) {
				return v
			}
		}
	}
	return routing.Value{}
}

// whatBecomes says why a negotiate was not followed to its end, where the program is longer than what is followed, or else what turns it away or
// hides what becomes of it; it is empty elsewhere.
func whatBecomes(g *routing.Gateway, services *Services) string {
	on := newSite(g, services)
	ends := ""
	for _, l := range g.Listeners {
		hosts := append(slices.Clip(l.Hosts), routing.HostEntry{Host: ""})
		for _, h := range hosts[:min(len(hosts), maxPrefixes)] {
			s := newSubject(on, Endpoint{Scheme: schemeOf(l), Host: plainHost(h.Host), Port: l.Port, Path: "/"})
			for _, a := range s.arrivals(Negotiate, DefaultSample()) {
				switch at, _ := a.Blame(); {
				case a.CutShort:
					return a.Unknown.Why()
				case ends != "" || at.IsZero():
				case a.Kind == Refused:
					ends = fmt.Sprintf("negotiate at %s is %s (%s)", s.endpoint, a.Why, at)
				case a.Kind == Lost:
					ends = fmt.Sprintf("what becomes of negotiate at %s is not known: %s (%s)", s.endpoint, a.Why, at)
				}
			}
		}
	}
	return ends
}

// checkedGateway is what was found out about one gateway.
type checkedGateway struct {
	name     string
	subjects []Subject
	problems []routing.Problem // where there are no subjects
	open     []routing.Problem // that nobody can tell whether there should be some
}

func (o Options) checkGateway(estate *routing.Estate, known *routing.Gateway, services *Services) checkedGateway {
	g := known.Open()
	out := checkedGateway{name: g.Kind + " " + shortened(g.Name)}
	on := newSite(g, services)
	endpoints := o.endpointsFor(on)
	subjects := make([]*Subject, len(endpoints))
	inParallel(len(endpoints), func(i int) {
		if s := newSubject(on, endpoints[i]); s.leads() || o.insists(estate, g, endpoints[i]) {
			subject := checkSubject(s, o.Rules)
			subject.model = known
			subjects[i] = &subject
		}
	})
	for _, s := range subjects {
		if s != nil {
			out.subjects = append(out.subjects, *s)
		}
	}
	if len(out.subjects) > 0 && len(o.Endpoints) == 0 {
		leaveOtherSites(on, out.subjects)
	}
	if len(out.subjects) == 0 {
		out.problems = g.Problems
		if len(g.Problems) == 0 && len(o.Endpoints) == 0 {
			out.open = undecided(on)
		}
	}
	return out
}

// undecided says that nobody can tell whether a gateway leads to a service: where it sends what clients send is not known.
func undecided(on *site) []routing.Problem {
	for _, l := range on.gateway.Listeners {
		hosts := append(slices.Clip(l.Hosts), routing.HostEntry{Block: l.Entry})
		for _, h := range hosts[:min(len(hosts), maxPrefixes)] {
			if why := lost(on, l, h); why.IsUnknown() {
				return []routing.Problem{{
					Span: why.Span, Kind: routing.NotWhole,
					Message: "whether " + on.gateway.Kind + " " + shortened(on.gateway.Name) + " leads to an Azure SignalR service is not known: " + why.Why(),
					Fix:     "Give what is missing, or leave the gateway out if it leads to none.",
				}}
			}
		}
	}
	return nil
}

// leaveOtherSites says of which other host names nobody can tell whether they are client endpoints, too.
func leaveOtherSites(on *site, subjects []Subject) {
	left := subjects[0].Result("client-endpoint")
	for _, l := range on.gateway.Listeners {
		for _, h := range l.Hosts[:min(len(l.Hosts), maxPrefixes)] {
			if slices.ContainsFunc(subjects, func(s Subject) bool { return s.endpoint.Host == plainHost(h.Host) }) {
				continue
			}
			if why := lost(on, l, h); why.IsUnknown() {
				m := Missing{"whether " + shortened(h.Host) + " leads to a service too, and is a client endpoint, is not known: " + why.Why(), why.Span}
				if !slices.Contains(left.Missing, m) {
					left.Missing = append(left.Missing, m)
				}
			}
		}
	}
}

// lost is why a negotiate to a host may end anywhere, where it is the upstream that is not known. What else is not known, such as what code does
// with a request, is a matter of gateways that have to do with a service.
func lost(on *site, l *routing.Listener, h routing.HostEntry) routing.Value {
	if on.gateway.Forwards(h.Block) && !on.mentionsService(h.Block) {
		return routing.Value{}
	}
	for _, path := range candidatePaths(on.gateway.Prefixes(h.Block)) {
		s := newSubject(on, Endpoint{Scheme: schemeOf(l), Host: plainHost(h.Host), Port: l.Port, Path: path})
		s.ties = map[string]string{} // they tell of places that are known
		for _, a := range s.arrivals(Negotiate, DefaultSample()) {
			if a.Kind == Lost {
				return a.Unknown
			}
		}
	}
	return routing.Value{}
}

// longestName is more than any product allows a name to have.
const longestName = 260

// shortened is a name that fits into a report, whatever the input holds in its place.
func shortened(name string) string {
	if len(name) <= longestName {
		return name
	}
	return strings.ToValidUTF8(name[:longestName], "") + "…"
}

// endpointsFor are the client endpoints to try on a gateway.
func (o Options) endpointsFor(on *site) []Endpoint {
	if len(o.Endpoints) > 0 {
		return apart(on, o.Endpoints)
	}
	return apart(on, derive(on))
}

// insists reports whether a client endpoint is judged on a gateway although nothing is routed to a service there: it was given, and
// the gateway is the only one or knows its name. That nothing is routed is what is broken then.
func (o Options) insists(estate *routing.Estate, g *routing.Gateway, e Endpoint) bool {
	return len(o.Endpoints) > 0 && (len(estate.Gateways) == 1 || anyKnows(g, e.Host))
}

func anyKnows(g *routing.Gateway, host string) bool {
	return slices.ContainsFunc(g.Listeners, func(l *routing.Listener) bool { return knows(l, host) })
}

func checkSubject(s *subject, rules []*Rule) Subject {
	name := shortened(s.gateway.Name)
	if s.endpoint.Listener != "" {
		name += " at " + shortened(s.endpoint.Listener)
	}
	out := Subject{Gateway: name, Kind: s.gateway.Kind, Endpoint: s.endpoint.String(), Source: s.endpoint.Source, Span: s.gateway.Span, Notes: s.gateway.Notes, endpoint: s.endpoint}
	out.Results = judgeAll(s, rules)
	out.Probes, out.Services = s.traced, s.reached()
	for _, variant := range s.variants {
		other := newSubject(variant, s.endpoint)
		merge(out.Results, judgeAll(other, rules), s.gateway.Version, variant.gateway.Version)
		out.Probes += other.traced
	}
	sayVersions(out.Results)
	for i := range out.Results {
		out.Results[i].Sort()
	}
	tellOnce(out.Results)
	return out
}

// judgeAll runs every rule; requirements without a rule are unjudged.
func judgeAll(s *subject, rules []*Rule) []Result {
	out := make([]Result, len(Requirements))
	for i, req := range Requirements {
		out[i].Requirement = req.ID
		judged, givenUp := false, false
		for _, rule := range rules {
			if rule.Requirement != req.ID || rule.Check == nil {
				continue
			}
			p := &Pass{Gateway: s.gateway, Endpoint: s.endpoint, Services: s.services, subject: s, rule: rule, result: &out[i]}
			rule.Check(p)
			judged, givenUp = judged || p.judged, givenUp || p.givenUp
		}
		out[i].conclude(judged, givenUp)
	}
	return out
}

// conclude makes the verdict: one breaking finding breaks; something missing leaves it open, unless the design gives up what is asked.
func (r *Result) conclude(judged, givenUp bool) {
	if !judged && len(r.Missing) == 0 {
		r.Missing = []Missing{{Why: cmp.Or(unread[r.Requirement], "no rule could judge it")}}
	}
	switch {
	case slices.ContainsFunc(r.Findings, func(f Finding) bool { return !f.Advice }):
		r.Verdict = Broken
	case givenUp:
		r.Verdict = NotOffered
	case len(r.Missing) > 0:
		r.Verdict = Unjudged
	default:
		r.Verdict = Holds
	}
}

// merge adds what another version of the product would do. Where the verdicts differ, the version decides, and it is not known.
func merge(out, other []Result, version, otherVersion string) {
	for i := range out {
		a, b := &out[i], &other[i]
		if a.Verdict == b.Verdict && len(a.Versions) == 0 {
			continue
		}
		if len(a.Versions) == 0 {
			a.Versions = []ByCase{{version, a.Verdict}}
			limit(a.Findings, version)
		}
		a.Versions = append(a.Versions, ByCase{otherVersion, b.Verdict})
		limit(b.Findings, otherVersion)
		a.Findings = append(a.Findings, b.Findings...)
	}
}

// sayVersions leaves what depends on the version unjudged.
func sayVersions(results []Result) {
	for i := range results {
		if r := &results[i]; len(r.Versions) > 0 {
			r.Verdict = Unjudged
			r.Missing = append(r.Missing, Missing{Why: "depends on the product's version, which is not known: " + r.whichVersions()})
		}
	}
}

// limit marks findings as true for one version only; they warn, because nobody knows whether that is the one.
func limit(findings []Finding, version string) {
	for i := range findings {
		if findings[i].When == "" {
			findings[i].When = version
		}
		if findings[i].Severity == Error {
			findings[i].Severity = Warning
		}
	}
}

func (r *Result) whichVersions() string {
	var said []string
	for _, v := range r.Versions {
		said = append(said, string(v.Verdict)+" on "+v.When)
	}
	return strings.Join(said, ", ")
}
