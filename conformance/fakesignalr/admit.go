package fakesignalr

import (
	"net"
	"net/http"
	"path"
	"strings"
)

// Limits of the service (learn.microsoft.com, Azure SignalR troubleshooting guide, "414").
const (
	maxTarget      = 12 << 10
	maxHeaderSize  = 16 << 10
	maxHTTP2Header = 4 << 10 // of one header
)

func (v *visit) checkSize() *fault {
	if len(v.r.RequestURI) > maxTarget {
		return pageFault(http.StatusRequestURITooLong, ReasonTargetTooLong)
	}
	size := 0
	for name, values := range v.r.Header {
		for _, value := range values {
			size += len(name) + len(value) + len(": \r\n")
			if v.r.ProtoMajor == 2 && len(value) > maxHTTP2Header {
				return pageFault(http.StatusRequestHeaderFieldsTooLarge, ReasonHeadTooLarge)
			}
		}
	}
	if size > maxHeaderSize {
		return pageFault(http.StatusRequestHeaderFieldsTooLarge, ReasonHeadTooLarge)
	}
	return nil
}

// withoutPort is the Host without the port of the real service, or the one at which this instance stands in for it.
func (v *visit) withoutPort() string {
	host := strings.TrimSuffix(v.r.Host, ":443")
	if local, ok := v.r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && host == v.r.Host {
		_, port, _ := net.SplitHostPort(local.String())
		host = strings.TrimSuffix(host, ":"+port)
	}
	return host
}

// checkHost finds the tenant. What the real service says to a Host that it does not know is not documented; that it does not
// serve it is.
func (v *visit) checkHost() *fault {
	if strings.EqualFold(v.withoutPort(), v.Host) {
		return nil
	}
	if v.knobs.ForgiveHost {
		v.forgive(ForgaveHost)
		return nil
	}
	return pageFault(v.knobs.UnknownHost, ReasonUnknownHost)
}

// endpoint is a part of the service's URL space.
type endpoint int

const (
	placeUnknown endpoint = iota
	placeConnect
	placeNegotiate
	placeHealth
	placeClassic
	placeProtected
)

func (v *visit) checkPath() *fault {
	v.place = placeOf(v.r)
	if v.place == placeUnknown && v.knobs.ForgivePath {
		if v.place = placeByEnd(v.r.URL.Path); v.place != placeUnknown {
			v.forgive(ForgavePath)
		}
	}
	switch v.place {
	case placeProtected:
		v.doing(OperationProtected)
		return challengeFault(ReasonProtectedPath, "")
	case placeUnknown:
		// An unknown path got nginx's 403 page from the real service (SignalR-Client-Swift#219).
		return pageFault(http.StatusForbidden, ReasonUnknownPath)
	case placeConnect, placeNegotiate, placeHealth, placeClassic:
	}
	return nil
}

// placeOf knows the client paths by their exact spelling, as a proxy must deliver them, but recognizes the others however
// they are disguised, because a proxy must not let them through.
func placeOf(r *http.Request) endpoint {
	if !strings.Contains(strings.ToLower(r.URL.EscapedPath()), "%2f") {
		switch r.URL.Path {
		case "/client", "/client/":
			return placeConnect
		case "/client/negotiate", "/client/negotiate/":
			return placeNegotiate
		}
	}
	clean := cleanPath(r)
	if clean == "/api/health" || clean == "/api/v1/health" {
		return placeHealth
	}
	first, _, _ := strings.Cut(clean[1:], "/")
	switch first {
	case "aspnetclient":
		return placeClassic
	case "api", "server", "aspnetserver":
		return placeProtected
	default:
		return placeUnknown
	}
}

func cleanPath(r *http.Request) string { return strings.ToLower(path.Clean("/" + r.URL.Path)) }

// placeByEnd guesses what a path was before a proxy added to it or took away from it.
func placeByEnd(path string) endpoint {
	path = strings.TrimSuffix(path, "/")
	switch {
	case strings.HasSuffix(path, "/negotiate"):
		return placeNegotiate
	case path == "", strings.HasSuffix(path, "/client"):
		return placeConnect
	default:
		return placeUnknown
	}
}

// health answers the probe path, which takes no token.
func (v *visit) health() {
	v.doing(OperationHealth)
	if v.r.Method != http.MethodGet && v.r.Method != http.MethodHead {
		v.refuse(textFault(http.StatusMethodNotAllowed, ReasonMethod, ""))
		return
	}
	v.w.reply(http.StatusOK, "", nil)
}

// checkForced plays an overloaded service.
func (v *visit) checkForced() *fault {
	if v.knobs.Answer == 0 {
		return nil
	}
	if v.knobs.Answer == http.StatusOK { // a negotiate that was declined without a word (azure-signalr#1000)
		return &fault{status: http.StatusOK, reason: ReasonForced}
	}
	return textFault(v.knobs.Answer, ReasonForced, http.StatusText(v.knobs.Answer))
}

// checkLength plays a server that wants a length with every POST (RFC 9110 section 15.5.12; aspnetcore#60733). Whether something in front of
// the real service does is not known.
func (v *visit) checkLength() *fault {
	if !v.knobs.RequireLength || !v.record.HasNote(NoteWithoutLength) {
		return nil
	}
	return pageFault(http.StatusLengthRequired, ReasonNoLength)
}

// checkHub needs exactly one hub, and says so without looking at the token (learn.microsoft.com, "How to use Azure SignalR
// with Azure Application Gateway"; troubleshooting guide, "400").
func (v *visit) checkHub() *fault {
	hubs := v.query.all("hub")
	if v.knobs.ForgiveQuery && (len(hubs) != 1 || hubs[0] == "") {
		v.forgive(ForgaveQuery)
		v.hub = firstNonEmpty(hubs)
		return nil
	}
	switch {
	case len(hubs) == 0 || hubs[0] == "":
		return textFault(http.StatusBadRequest, ReasonHubMissing, "'hub' query parameter is required.")
	case len(hubs) > 1:
		// The service's wording is not known.
		return textFault(http.StatusBadRequest, ReasonHubRepeated, "'hub' query parameter must be given once.")
	}
	v.hub = strings.ToLower(hubs[0])
	return nil
}

func firstNonEmpty(values []string) string {
	for _, value := range values {
		if value != "" {
			return strings.ToLower(value)
		}
	}
	return ""
}
