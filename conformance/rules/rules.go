// Package rules judges requirements by reading: each rule looks at the traces of the probes that a SignalR client sends, so that one
// rule serves every kind of gateway. One rule, one file.
package rules

import (
	"strconv"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// All are the rules, in the order of the requirements they judge, each followed by those that name its causes.
var All = []*conformance.Rule{
	configurationRefused,
	ignoredSettings,
	outdatedRevision,
	retired,
	hostOverride,
	ignoredHost,
	sharedPool,
	hiddenLines,
	upstreamTLS,
	tlsSNI,
	tlsVerify,
	negotiate,
	redirectToHTTPS,
	redirectOfClients,
	unresolvable,
	wrongPort,
	clientsRefused,
	websocket,
	cutSockets,
	shortDrain,
	serverSentEvents,
	longPolling,
	path,
	fixedTargetRule,
	affinity,
	uselessCookie,
	severalServices,
	clientTLS,
	cors,
	healthProbe,
	limits,
	firewall,
	exposure,
	splitting,
	tokenLog,
	privateAccess,
	noPrivateWay,
	wayAround,
}

// ByID finds a rule.
func ByID(id string) *conformance.Rule {
	for _, r := range All {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// towardsService asks about probes that are sent to a service, also where the connection to it fails: that is often what the
// question is about.
func towardsService(ask func(*conformance.Arrival) conformance.Opinion) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		if a.Kind == conformance.Lost {
			return conformance.LostTrack(a)
		}
		if a.Service == "" {
			return conformance.NoOpinion()
		}
		return ask(a)
	}
}

// at is a value's place, or the place of the step that uses it.
func at(v routing.Value, otherwise routing.Span) routing.Span {
	if v.Span.IsZero() {
		return otherwise
	}
	return v.Span
}

// wrong is a finding about a value.
func wrong(v routing.Value, otherwise routing.Span, message string) conformance.Opinion {
	return conformance.Bad(conformance.Finding{Message: message, Span: at(v, otherwise), Related: v.Related})
}

func cannotTell(v routing.Value, otherwise routing.Span) conformance.Opinion {
	return conformance.CannotTell(v.Why(), at(v, otherwise))
}

// seconds shows a duration as configurations do.
func seconds(d time.Duration) string {
	if d < 10*time.Minute && d%time.Second == 0 {
		return strconv.Itoa(int(d/time.Second)) + "s"
	}
	return d.Round(time.Millisecond).String()
}
