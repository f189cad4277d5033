package fakesignalr

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// claims are those that the service acts upon (azure-signalr Constants.cs, ClaimsUtility.cs).
type claims struct {
	jwt.RegisteredClaims
	Transports       looseInt `json:"asrs.s.htt,omitempty"` // bit mask: 1 WebSockets, 2 ServerSentEvents, 4 LongPolling
	HandshakeTimeout looseInt `json:"asrs.s.cht,omitempty"` // seconds, 1 to 30
	PollGap          looseInt `json:"asrs.s.ttl,omitempty"` // seconds, 1 to 300
}

// looseInt is a number that .NET may write as a string.
type looseInt int

// UnmarshalJSON reads 7 and "7", and leaves anything else at zero, which means that the claim is absent.
func (n *looseInt) UnmarshalJSON(data []byte) error {
	value, err := strconv.Atoi(strings.Trim(string(data), `"`))
	if err == nil {
		*n = looseInt(value)
	}
	return nil
}

// seconds is the claim as a duration, if it lies within the range that the service allows.
func (n looseInt) seconds(most int, otherwise time.Duration) time.Duration {
	if n < 1 || int(n) > most {
		return otherwise
	}
	return time.Duration(n) * time.Second
}

// verify checks signature, audience and expiry. The service validates neither iss, nbf nor iat (azure-signalr ClaimsUtility.cs),
// and the key id of an access key is a process-random hash, so any kid is fine.
func (v *visit) verify(token string) (claims, Reason) {
	found, reason := v.verifyAs(v.Instance, token)
	if reason == "" || reason == ReasonTokenMalformed {
		return found, reason
	}
	for _, other := range v.cluster.all {
		if other.Host == v.Host {
			continue
		}
		foreign, foreignReason := v.verifyAs(other, token)
		if foreignReason != "" {
			continue
		}
		if v.knobs.ForgiveToken {
			v.forgive(ForgaveToken)
			return foreign, ""
		}
		if reason == ReasonTokenSignature {
			return claims{}, ReasonTokenForeign
		}
	}
	return claims{}, reason
}

func (v *visit) verifyAs(i *Instance, token string) (claims, Reason) {
	return v.verifyFor(i, token, (*visit).audienceHolds)
}

// verifyFor leaves to the caller which audiences are good.
func (v *visit) verifyFor(i *Instance, token string, holds func(*visit, *Instance, []string) bool) (claims, Reason) {
	var found claims
	keys := jwt.VerificationKeySet{}
	for _, key := range i.Keys {
		keys.Keys = append(keys.Keys, []byte(key))
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"HS256", "HS512"}), jwt.WithoutClaimsValidation())
	_, err := parser.ParseWithClaims(token, &found, func(*jwt.Token) (any, error) { return keys, nil })
	switch {
	case errors.Is(err, jwt.ErrTokenMalformed), errors.As(err, new(*json.SyntaxError)):
		return claims{}, ReasonTokenMalformed
	case err != nil:
		return claims{}, ReasonTokenSignature
	case !holds(v, i, found.Audience):
		return claims{}, ReasonTokenAudience
	case found.ExpiresAt == nil || !time.Now().Before(found.ExpiresAt.Time):
		return claims{}, ReasonTokenExpired
	default:
		return found, ""
	}
}

// audienceHolds compares with https://{host}/client/?hub={hub}, which the SDK builds from Endpoint, never from ClientEndpoint
// (azure-signalr DefaultServiceEndpointGenerator.cs). A hub that the proxy lost is taken from here when that is forgiven.
func (v *visit) audienceHolds(i *Instance, audience []string) bool {
	for _, value := range audience {
		prefix := v.audienceHost(i, value) + "/client/?hub="
		if !strings.HasPrefix(value, prefix) || len(value) == len(prefix) {
			continue
		}
		hub := value[len(prefix):]
		if hub == v.hub {
			return true
		}
		if v.hub == "" && v.knobs.ForgiveQuery {
			v.hub = hub
			return true
		}
	}
	return false
}

// audienceHost is the URL of the host that an audience must begin with. Whether the real service compares
// it with the host that was asked, or with all that the resource has, is not known.
func (v *visit) audienceHost(i *Instance, audience string) string {
	rest, secure := strings.CutPrefix(audience, "https://")
	if !v.knobs.LooseAudience || !secure {
		return "https://" + i.Host
	}
	host, _, _ := strings.Cut(rest, "/")
	return "https://" + host
}
