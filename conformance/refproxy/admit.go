package refproxy

import (
	"net/http"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// admit refuses to relay an answer when what becomes of it is not known.
func (x *exchange) admit() *trouble {
	if x.response.StatusCode == http.StatusSwitchingProtocols {
		if v := x.settings[routing.IdleTimeout]; v.unknown() {
			return unknowable("how long an upgraded connection may be quiet: %s", v.why)
		}
		if !x.upgrade {
			return &trouble{http.StatusBadGateway, CauseHeader, "the upstream switches protocols unasked"}
		}
		return nil
	}
	x.buffersAsAsked()
	if x.response.ContentLength >= 0 {
		return nil
	}
	for _, s := range []routing.Setting{routing.Buffering, routing.ReadTimeout} {
		if v := x.settings[s]; v.unknown() {
			return unknowable("%s, which decides how a stream passes: %s", s, v.why)
		}
	}
	return nil
}

// buffersAsAsked has the upstream switch buffering on and off where the gateway heeds that, and takes its word off the answer.
func (x *exchange) buffersAsAsked() {
	how := x.settings[routing.AskedBuffering]
	if how.state == routing.Unset {
		return
	}
	const name = "X-Accel-Buffering"
	for _, said := range x.response.Header.Values(name) {
		switch {
		case how.text == "ignored":
		case strings.EqualFold(said, "no"):
			x.settings[routing.Buffering] = known("off")
		case strings.EqualFold(said, "yes"):
			x.settings[routing.Buffering] = how
		}
	}
	if !slices.ContainsFunc(x.edits, func(e edit) bool { return strings.EqualFold(e.name, name) && e.value.unknown() }) {
		x.response.Header.Del(name)
	}
}
