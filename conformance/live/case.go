package live

import (
	"context"
	"slices"

	"github.com/onsi/gomega"
)

// Level is the credential that a case needs.
type Level int

// The levels.
const (
	Open   Level = iota // nothing but the client endpoint's URL
	Token               // an access token, or an access key to mint one
	Hub                 // the URL of the app's hub
	Direct              // the service's own host
	Log                 // the proxy's access log
	Reload              // a way to have the proxy load its configuration again, and a token
)

// View is the side from which a case looks.
type View int

// The views.
const (
	Either  View = iota // the client's, and the service's where it can be seen
	Inside              // needs the fake service behind the proxy
	Outside             // only where the service cannot be seen: otherwise another case knows better
	Closer              // looks closer where the fake service stands behind the proxy; left out elsewhere, for other cases judge as well
	InTwin              // only where the connections between proxy and service are ours to delay
	Prober              // only where the gateway is run here, and probes its upstreams
)

// Labels of cases.
const (
	Slow   = "slow"   // takes longer than 10 seconds against a real service
	Timing = "timing" // depends on timers, and is tried twice before it fails
)

// Labels that follow from what a case says of itself.
const (
	fast        = "fast"         // not slow
	realService = "real-service" // can judge where the service's side cannot be seen
)

// tiers are the labels of levels, by the credential that a run against a real service needs: none, a token, a token and the app's hub.
var tiers = map[Level]string{Open: "L0", Token: "L1", Hub: "L2", Direct: "L0", Log: "L0", Reload: "L1"}

// labels are those of the case, its id and requirement, and those that follow.
func (c *Case) labels() []string {
	out := append([]string{c.ID, c.Requirement, tiers[c.Level]}, c.Labels...)
	if !slices.Contains(c.Labels, Slow) {
		out = append(out, fast)
	}
	if c.View == Either || c.View == Outside {
		out = append(out, realService)
	}
	return out
}

// Case judges one requirement by traffic. It is data and one function.
type Case struct {
	ID          string // LIVE-HOST-01
	Title       string // what must hold, as a sentence
	Requirement string
	Needs       []string // cases that must have held
	Level       Level
	View        View
	Labels      []string
	Alone       bool // turns knobs of the service that others would feel
	Advises     bool // what it finds is told, but breaks nothing: clients get through
	// Run returns when all is well. Its failures are one sentence each: what was expected, what was seen.
	Run func(ctx context.Context, g gomega.Gomega, t *Target)
}

// Asks are what a run must offer for the case to be judged, in a word or two each.
func (c *Case) Asks() []string {
	var out []string
	switch c.Level {
	case Token:
		out = append(out, "token")
	case Hub:
		out = append(out, "hub")
	case Direct:
		out = append(out, "service's host")
	case Log:
		out = append(out, "access log")
	case Reload:
		out = append(out, "token", "reload")
	case Open:
	}
	switch c.View {
	case Inside, Closer:
		out = []string{"fake service"} // for which the run makes a token of its own
	case Outside:
		out = append(out, "real service")
	case InTwin, Prober:
		out = []string{"reference proxy"}
	case Either:
	}
	return out
}
