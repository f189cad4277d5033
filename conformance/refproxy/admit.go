package refproxy

import (
	"net/http"

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
