package signalrclient

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash"
	"maps"
	"strings"
	"time"
)

// Access describes a client access token.
type Access struct {
	Host     string         // of the service, never of the proxy
	Hub      string         // with the application's prefix, if it has one
	Key      string         // access key: its text is the key, it is not decoded
	KeyID    string         // kid; the service ignores it for access keys
	Lifetime time.Duration  // one hour when zero; negative for a token that has expired
	HS512    bool           // instead of HS256
	Claims   map[string]any // further ones, which may also replace those below
}

// Mint signs a client access token as the SDK does (azure-signalr AuthUtility.cs, ClaimsUtility.cs,
// DefaultServiceEndpointGenerator.cs).
func (a Access) Mint() (string, error) {
	lifetime := a.Lifetime
	if lifetime == 0 {
		lifetime = time.Hour
	}
	now := time.Now()
	claims := map[string]any{
		"aud": Audience(a.Host, a.Hub), "nbf": now.Unix(), "iat": now.Unix(), "exp": now.Add(lifetime).Unix(),
	}
	maps.Copy(claims, a.Claims)
	header := map[string]any{"typ": "JWT", "alg": "HS256"}
	sign := sha256.New
	if a.HS512 {
		header["alg"], sign = "HS512", sha512.New
	}
	if a.KeyID != "" {
		header["kid"] = a.KeyID
	}
	return signed(header, claims, sign, a.Key)
}

// Audience names one hub of one service: https://{host}/client/?hub={hub}.
func Audience(host, hub string) string {
	return "https://" + strings.ToLower(host) + "/client/?hub=" + strings.ToLower(hub)
}

func signed(header, claims map[string]any, sign func() hash.Hash, key string) (string, error) {
	head, err := segment(header)
	if err != nil {
		return "", err
	}
	body, err := segment(claims)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sign, []byte(key))
	mac.Write([]byte(head + "." + body))
	return head + "." + body + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), nil
}

func segment(value map[string]any) (string, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("mint token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(encoded), nil
}
