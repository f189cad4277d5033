package fakesignalr

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// Fingerprint is what a record holds in place of a secret: enough to see that two are the same, too little to use.
func Fingerprint(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return "sha256:" + hex.EncodeToString(sum[:6])
}

var (
	// tokenParameter is the query parameter that carries a token, in a target or in a header that quotes one.
	tokenParameter = regexp.MustCompile(`(?i)((?:^|[^0-9a-z])access(?:_|%5f)token=)([^&\s"']*)`)
	// tokenShape is anything that looks like a signed token, wherever a proxy may have put it (X-Original-URL, Referer, …):
	// a JSON object in base64url always begins with ey.
	tokenShape = regexp.MustCompile(`ey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{2,}(\.[A-Za-z0-9_-]*)?`)
)

// secretFields are headers whose values are credentials as a whole.
var secretFields = map[string]bool{
	"authorization": true, "proxy-authorization": true, "cookie": true, "x-api-key": true, "api-key": true,
	"ocp-apim-subscription-key": true, "x-ms-client-principal": true,
}

// RedactTarget replaces the token in a request target by its fingerprint and leaves every other byte alone, so that a
// target that was sent and one that was recorded can be compared after both went through it.
func RedactTarget(target string) string {
	if strings.Contains(strings.ToLower(target), "access") { // the search below is slow
		target = tokenParameter.ReplaceAllStringFunc(target, redactParameter)
	}
	if strings.Contains(target, "ey") {
		target = tokenShape.ReplaceAllStringFunc(target, Fingerprint)
	}
	return target
}

func redactParameter(found string) string {
	name, value, _ := strings.Cut(found, "=")
	return name + "=" + Fingerprint(value)
}

// redactField keeps the scheme of an Authorization header, since a proxy may change it.
func redactField(f Field) Field {
	if !secretFields[strings.ToLower(f.Name)] {
		return Field{f.Name, RedactTarget(f.Value)}
	}
	scheme, secret, found := strings.Cut(f.Value, " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return Field{f.Name, Fingerprint(f.Value)}
	}
	return Field{f.Name, scheme + " " + Fingerprint(secret)}
}
