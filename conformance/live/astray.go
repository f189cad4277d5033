package live

import (
	"fmt"
	"slices"

	"github.com/asrscheck/asrscheck/conformance"
)

// hiddenByRetries are the requirements that look well where a proxy tries another member of a pool after a TLS handshake failed (NGINX's
// proxy_next_upstream).
var hiddenByRetries = []string{"host-override", "tls-verify", "negotiate", "websocket", "server-sent-events", "long-polling", "affinity"}

// noteAstray keeps a TLS handshake that failed with one instance because the proxy asked there for another one.
func (t *Target) noteAstray() {
	if !t.sees() || t.proxy != nil || t.shared.spoiled {
		return
	}
	for _, h := range t.cluster.Handshakes() {
		if host := t.serviceHost(h.Instance); t.shared.astray == "" && t.isServiceHost(hostName(h.SNI)) && hostName(h.SNI) != host {
			t.shared.astray = fmt.Sprintf("TLS handshakes with %s ask for %s and fail, and the proxy then tries another instance", host, hostName(h.SNI))
		}
	}
}

func (t *Target) isServiceHost(name string) bool {
	for _, s := range t.cluster.Seats() {
		if s.Host == name {
			return true
		}
	}
	return false
}

// doubt leaves open what cases found well that retries may hide.
func (r Results) doubt(t *Target) {
	t.noteAstray()
	if t.shared.astray == "" {
		return
	}
	for _, requirement := range hiddenByRetries {
		list := slices.Clone(r[requirement])
		for i := range list {
			if list[i].Verdict == conformance.Holds {
				list[i].Verdict, list[i].Message = conformance.Unjudged, t.shared.astray
			}
		}
		if len(list) > 0 {
			r[requirement] = list
		}
	}
	for i, c := range r["tls-sni"] {
		if c.Verdict == conformance.Holds {
			r["tls-sni"][i].Verdict, r["tls-sni"][i].Message = conformance.Broken, "expected the TLS handshake to name the service, but "+t.shared.astray
		}
	}
}
