// Package redact takes secrets out of text that a parser keeps. It is the only place that knows what a secret looks like.
package redact

import (
	"regexp"
	"slices"
	"strings"
)

// Mark is what stands where a secret stood.
const Mark = "***"

// form is one way that a secret appears. Group 1 is kept, group 2 is the secret. In all of its kind stands one of the words, in small letters here,
// and behind it, or behind the space there, one of some characters: that is what most texts are spared the regular expression by, which is slow.
type form struct {
	what  string
	words []string
	then  string
	re    *regexp.Regexp
}

// ofToken are the characters of tokens, in small letters.
const ofToken = "abcdefghijklmnopqrstuvwxyz0123456789%+/_.~=-"

// forms: connection strings (learn.microsoft.com, "Connection strings in Azure SignalR Service"), shared access signatures,
// SignalR's access_token argument, bearer tokens (RFC 6750 2.1), passwords (RFC 7617 2) and compact JWS (RFC 7515 7.1). What begins like a
// placeholder is none: {key}, <key>, $(key), #{key}#, %KEY%, @Microsoft.KeyVault(…).
var forms = []form{
	{"access key", []string{"accesskey", "accountkey"}, "=", regexp.MustCompile(`(?i)\b((?:shared)?accesskey\s*=\s*|accountkey\s*=\s*)([^\s;"'{}<>$#%@*,&][^\s;"',&]*)`)},
	{"client secret", []string{"clientsecret", "password", "pwd"}, "=", regexp.MustCompile(`(?i)\b(clientsecret\s*=\s*|password\s*=\s*|pwd\s*=\s*)([^\s;"'{}<>$#%@*,&][^\s;"',&]*)`)},
	{"access token", []string{"access_token=", "sig="}, ofToken, regexp.MustCompile(`(?i)\b(access_token=|sig=)([a-z0-9%+/_.~=-]{20,})`)},
	{"access token", []string{"bearer"}, ofToken, regexp.MustCompile(`(?i)\b(bearer\s+)([a-z0-9._~+/-]{16,}=*)`)},
	{"password", []string{"basic"}, ofToken, regexp.MustCompile(`(?i)\b(authorization["':\s]+basic\s+)([a-z0-9+/]{8,}=*)`)},
	{"access token", []string{"eyj"}, ofToken, regexp.MustCompile(`()(\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*)`)},
}

// key is a whole text that has the shape of a key as Azure makes them: 32 or 64 bytes in Base64, or about 84 characters with the
// signature JQQJ9 behind the first 52, as newer keys have it.
var key = regexp.MustCompile(`^(?:[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==|[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{20,30})$`)

// String is the text without secrets, and what was taken out; empty when nothing was.
func String(s string) (clean, what string) {
	if !suspect(s) {
		return s, ""
	}
	if key.MatchString(s) {
		return Mark, "access key"
	}
	lower := strings.ToLower(s)
	for _, f := range forms {
		if f.mayStandIn(lower) && f.re.MatchString(s) {
			s = f.re.ReplaceAllString(s, "${1}"+Mark)
			if what == "" {
				what = f.what
			}
		}
	}
	return s, what
}

// mayStandIn reports whether the regular expression is worth trying on a text, in small letters here.
func (f form) mayStandIn(lower string) bool {
	return slices.ContainsFunc(f.words, func(word string) bool {
		_, rest, found := strings.Cut(lower, word)
		for ; found; _, rest, found = strings.Cut(rest, word) {
			if next := strings.TrimLeft(rest, "\t\n\f\r "); next != "" && strings.IndexByte(f.then, next[0]) >= 0 {
				return true
			}
		}
		return false
	})
}

// suspect spares most strings the regular expressions: every form holds one of these, or is a long word.
func suspect(s string) bool {
	const shortest = 8
	if len(s) < shortest {
		return false
	}
	return strings.IndexByte(s, '=') >= 0 || strings.Contains(s, "eyJ") || strings.Contains(s, "JQQJ9") || hasScheme(s)
}

// hasScheme reports whether the name of an authentication scheme stands in a text.
func hasScheme(s string) bool {
	return strings.Contains(s, "earer") || strings.Contains(s, "EARER") || strings.Contains(s, "asic ") || strings.Contains(s, "ASIC ")
}
