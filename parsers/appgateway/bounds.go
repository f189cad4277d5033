package appgateway

import (
	"fmt"

	"github.com/asrscheck/asrscheck/parsers/azure"
)

// bound is a number that Azure accepts within limits only ("Application Gateways - Create Or Update": acceptable values; "Request routing
// rules": priority).
type bound struct {
	list, property string
	low, high      int
}

const (
	longestTime = 86400 // in seconds
	lastPort    = 65535
)

var bounds = []bound{
	{"requestRoutingRules", "priority", 1, 20000},
	{"routingRules", "priority", 1, 20000},
	{"backendHttpSettingsCollection", "requestTimeout", 1, longestTime},
	{"backendHttpSettingsCollection", "port", 1, lastPort},
	{"backendSettingsCollection", "timeout", 1, longestTime},
	{"backendSettingsCollection", "port", 1, lastPort},
	{"frontendPorts", "port", 1, lastPort},
	{"probes", "interval", 1, longestTime},
	{"probes", "timeout", 1, longestTime},
	{"probes", "unhealthyThreshold", 1, 20},
}

// inBounds notes the numbers that are not accepted.
func (b *builder) inBounds() {
	for _, x := range bounds {
		for _, o := range b.r.List(x.list) {
			b.within(o, o.Name(), x.property, x.low, x.high)
		}
	}
	for _, o := range b.r.List("backendHttpSettingsCollection") {
		if draining := o.Child("connectionDraining"); azure.On(draining.Get("enabled")) {
			b.within(draining, o.Name(), "drainTimeoutInSec", 1, 3600)
		}
	}
}

func (b *builder) within(o azure.Object, name, property string, low, high int) {
	n := o.Get(property)
	if value, ok := azure.Number(n); ok && (value < low || value > high) {
		b.refuse(n.Span(), fmt.Sprintf("%s of %.100q is %d, and is accepted from %d to %d", property, name, value, low, high), "give a number in these bounds")
	}
}
