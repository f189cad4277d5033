package fakesignalr

import (
	"net/http"
	"strings"
)

// allowOrigin echoes the origin and allows credentials, on errors too: clients send credentials by default, for which
// browsers accept no "*" (Azure SignalR Emulator, AppBuilderExtensions.cs: SetIsOriginAllowed(true).AllowCredentials()).
func (v *visit) allowOrigin() {
	origin := v.r.Header.Get("Origin")
	if origin == "" || !v.knobs.letsIn(origin) {
		return
	}
	h := v.w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Vary", "Origin")
}

// letsIn reports whether browsers may come from an origin (ARM cors.allowedOrigins).
func (k Knobs) letsIn(origin string) bool {
	for one := range strings.SplitSeq(k.Origins, ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.EqualFold(one, origin) {
			return true
		}
	}
	return false
}

// checkOrigin holds WebSockets to the allowed origins where that was asked for; whether the real service does is not known.
func (v *visit) checkOrigin() *fault {
	origin := v.r.Header.Get("Origin")
	if !v.knobs.CheckOrigin || origin == "" || v.knobs.letsIn(origin) {
		return nil
	}
	return textFault(http.StatusForbidden, ReasonOrigin, "")
}

// isPreflight tells a preflight from other OPTIONS requests (Fetch standard, "CORS-preflight request").
func (v *visit) isPreflight() bool {
	h := v.r.Header
	return v.r.Method == http.MethodOptions && h.Get("Origin") != "" && h.Get("Access-Control-Request-Method") != ""
}

// preflight needs no token, because a browser sends none (azure-signalr#56).
func (v *visit) preflight() {
	v.doing(OperationPreflight)
	if !v.knobs.letsIn(v.r.Header.Get("Origin")) {
		v.w.reply(http.StatusNoContent, "", nil)
		return
	}
	h := v.w.Header()
	h.Set("Access-Control-Allow-Methods", v.r.Header.Get("Access-Control-Request-Method"))
	if wanted := v.r.Header.Get("Access-Control-Request-Headers"); wanted != "" {
		h.Set("Access-Control-Allow-Headers", wanted)
	}
	v.w.reply(http.StatusNoContent, "", nil)
}
