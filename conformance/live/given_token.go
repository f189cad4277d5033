package live

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"
)

// ParseToken reads a client access token. Its audience tells service and hub (azure-signalr DefaultServiceEndpointGenerator.cs); whether its
// signature is good only the service knows.
func ParseToken(token string) (Credentials, error) {
	var claims struct {
		Audience string  `json:"aud"`
		Expires  float64 `json:"exp"`
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Credentials{}, errors.New("it holds no token of three parts")
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(body, &claims) != nil {
		return Credentials{}, errors.New("the claims of the token cannot be read")
	}
	audience, err := url.Parse(claims.Audience)
	if err != nil || audience.Host == "" || strings.Trim(audience.Path, "/") != "client" || audience.Query().Get("hub") == "" {
		return Credentials{}, errors.New("the token is not one for clients: its audience is not https://HOST/client/?hub=HUB")
	}
	if time.Now().After(time.Unix(int64(claims.Expires), 0)) {
		return Credentials{}, errors.New("the token has expired")
	}
	return Credentials{Host: audience.Hostname(), token: token, hub: audience.Query().Get("hub")}, nil
}

// needsKey leaves the case where no other token than the given one can be made.
func (t *Target) needsKey() {
	if t.tokens.long == "" {
		t.leave("needs the service's access key, to make a longer access token than the given one")
	}
}
