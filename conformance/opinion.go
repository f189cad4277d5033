package conformance

import (
	"cmp"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Opinion is what a rule thinks of one arrival.
type Opinion struct {
	kind    opinionKind
	finding *Finding // what is bad
	missing Missing
	on      string // the kind of the gateway that it is about, where that is not the one in which the request ends
	cause   *Rule  // that says why, where another rule does
}

type opinionKind uint8

const (
	noOpinion opinionKind = iota
	fine
	bad
	cannotTell
	lostTrack
)

// NoOpinion is for arrivals that a question does not concern.
func NoOpinion() Opinion { return Opinion{} }

// Fine is for arrivals with nothing wrong.
func Fine() Opinion { return Opinion{kind: fine} }

// Bad is for arrivals that break the requirement.
func Bad(f Finding) Opinion { return Opinion{kind: bad, finding: &f} }

// CannotTell is for arrivals that hang on something unknown.
func CannotTell(why string, at routing.Span) Opinion {
	return Opinion{kind: cannotTell, missing: Missing{why, at}}
}

// LostTrack is for arrivals that cannot be followed to where the question is decided. It leaves open what holds on all other ways; what is
// broken on all of them stays broken.
func LostTrack(a *Arrival) Opinion {
	return Opinion{kind: lostTrack, missing: Missing{a.Why, a.Unknown.Span}}
}

// Breaks reports whether the requirement is broken, as opposed to left open.
func (o Opinion) Breaks() bool { return o.kind == bad }

// On says which delivery on the way the opinion is about, for advice that fits the gateway that sends it.
func (o Opinion) On(d *routing.Delivery) Opinion {
	o.on = d.Gateway.Kind
	return o
}

// Because names the cause of what is bad: a rule that says more about it than the one that found it. nil leaves it at that one.
func (o Opinion) Because(cause *Rule) Opinion {
	o.cause = cause
	return o
}

// OrBecause is Because where no cause is named yet.
func (o Opinion) OrBecause(cause *Rule) Opinion {
	o.cause = cmp.Or(o.cause, cause)
	return o
}

// AsWarning is the opinion with a finding that only warns.
func (o Opinion) AsWarning() Opinion {
	if o.finding != nil {
		warning := *o.finding
		warning.Severity = Warning
		o.finding = &warning
	}
	return o
}

// Judge asks about every way that the probes of some kinds can go, for connections that go different ways, and reports the answer. A way that
// only exists under an assumption about something unknown decides nothing alone: the requirement is broken if it is broken whatever is assumed,
// and cannot be judged if it is broken only under some assumption. Nor can what is fine where a copy goes to a service too, by which it may not be.
func (p *Pass) Judge(kinds []ProbeKind, ask func(*Arrival) Opinion) {
	for _, kind := range kinds {
		for _, sample := range p.Samples() {
			p.JudgeWays(p.ArrivalsOf(kind, sample), ask)
		}
	}
}

// JudgeWays is Judge for all ways of one request.
func (p *Pass) JudgeWays(arrivals []*Arrival, ask func(*Arrival) Opinion) {
	opinions := make([]Opinion, len(arrivals))
	broken, certain, all := false, false, true // is one bad; is one bad without any assumption; are all that have an opinion bad
	for i, a := range arrivals {
		o := ask(a)
		if why, at := a.Copied(); why != "" && o == Fine() {
			o = CannotTell(why, at)
		}
		opinions[i] = o
		if o.kind == noOpinion {
			continue
		}
		p.judged = true
		certain = certain || o.kind == bad && len(a.Assumed) == 0
		all = all && (o.kind == bad || o.kind == lostTrack)
		broken = broken || o.kind == bad
	}
	for i, o := range opinions {
		switch {
		case o.kind == lostTrack && all && broken:
		case o.kind == cannotTell, o.kind == lostTrack:
			p.Leave(o.missing.Why, o.missing.Span)
		case o.kind == bad && (all || certain && len(arrivals[i].Assumed) == 0):
			p.breakAt(arrivals[i], o)
		case o.kind == bad:
			p.Leave(assumptionOf(arrivals[i], arrivals, opinions)+"; if so: "+o.finding.Message, o.finding.Span)
		}
	}
}

func (p *Pass) breakAt(a *Arrival, o Opinion) {
	f := *o.finding
	says := cmp.Or(o.cause, p.rule)
	switch {
	case f.Fix != "":
	case o.on != "":
		f.Fix = fixFor(o.on, says, p.rule)
	case a.Gateway != nil:
		f.Fix = fixFor(a.Gateway.Kind, says, p.rule)
	}
	f.Rule, f.Fix = says.ID, fitted(f.Fix, cmp.Or(a.Service, a.MeantFor))
	f.Probes = append(f.Probes, string(a.Probe.Kind))
	p.report(f, a)
}

// fixFor is what the first of some rules says for a kind of gateway in particular, else what the first says in general.
func fixFor(kind string, list ...*Rule) string {
	for _, r := range list {
		if fix, ok := r.Fix[kind]; ok {
			return fix
		}
	}
	return list[0].Fix[""]
}

// placeholder stands for the service in texts of rules.
const placeholder = "NAME.service.signalr.net"

// fitted is a text with the service's own name in it, so that what is in there can be pasted.
func fitted(fix, service string) string {
	if service == "" {
		return fix
	}
	return strings.ReplaceAll(fix, placeholder, service)
}

// assumptionOf is the last assumption of a way that is bad on which that hangs: without it, other ways are not bad.
func assumptionOf(a *Arrival, all []*Arrival, opinions []Opinion) string {
	for _, x := range slices.Backward(a.Assumed) {
		contrary := routing.Assumption{Key: x.Key, Holds: !x.Holds, Why: x.Why, Span: x.Span}
		hangs := true
		for i, b := range all {
			hangs = hangs && (opinions[i].kind != bad || !slices.Contains(b.Assumed, contrary))
		}
		if hangs {
			return x.Why
		}
	}
	return a.Assumed[len(a.Assumed)-1].Why
}
