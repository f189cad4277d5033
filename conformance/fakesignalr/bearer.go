package fakesignalr

import "strings"

// bearer finds the token of a request, and where it stands. The query counts only without an Authorization header, and its
// last value wins (Azure SignalR Emulator, AppBuilderExtensions.cs).
func (v *visit) bearer() (token string, in Placement) {
	header := v.headerToken()
	query := v.query.last("access_token")
	switch {
	case header != "" && query != "":
		return header, TokenInBoth
	case header != "":
		return header, TokenInHeader
	case query != "":
		return query, TokenInQuery
	default:
		return "", TokenNowhere
	}
}

func (v *visit) headerToken() string {
	scheme, token, _ := strings.Cut(v.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

func (v *visit) describeToken() {
	token, in := v.bearer()
	if in == TokenNowhere {
		return
	}
	v.record.TokenIn, v.record.Token = in, Fingerprint(token)
}

// checkToken is the bearer authentication of the client path.
func (v *visit) checkToken() *fault {
	token, in := v.bearer()
	if in == TokenNowhere {
		return challengeFault(ReasonTokenMissing, "")
	}
	if in == TokenInQuery && !v.takesQueryToken() {
		return challengeFault(ReasonTokenMisplaced, "")
	}
	found, reason := v.verify(token)
	if reason != "" {
		return challengeFault(reason, descriptions[reason])
	}
	v.claims = found
	return nil
}

// takesQueryToken holds for the two requests to which a browser cannot add headers (Azure SignalR Emulator,
// AppBuilderExtensions.cs).
func (v *visit) takesQueryToken() bool {
	if v.place != placeConnect {
		return false
	}
	if !isUpgrade(v.r) && !acceptsEvents(v.r) {
		v.noteLostUpgrade()
		return false
	}
	return true
}

// descriptions are the service's words where they were seen (azure-signalr#883, #2197), otherwise our own.
var descriptions = map[Reason]string{ //nolint:gosec // words about tokens, no token
	ReasonTokenAudience:  "The audience is invalid",
	ReasonTokenSignature: "The signature key was not found",
	ReasonTokenForeign:   "The signature key was not found",
	ReasonTokenExpired:   "The token is expired",
	ReasonTokenMalformed: "The token is malformed",
}
