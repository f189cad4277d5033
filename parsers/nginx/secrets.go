package nginx

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Secret is the place of a credential in the text. What it is stands there in words; the credential itself is not kept.
type Secret struct {
	What string
	Span routing.Span
}

type secret struct {
	what       string
	start, end int32
}

// secretKind is a text that a credential follows, or begins with.
type secretKind struct {
	what   string
	marker string
	keep   int    // bytes of the marker that are no part of the credential
	more   string // bytes other than letters and digits that the credential is made of
	least  int    // bytes, so that a word in prose is none
}

var secretKinds = []secretKind{
	{"an access key", "AccessKey=", 10, "+/=", 16},
	{"an access key", "accesskey=", 10, "+/=", 16},
	{"an account key", "AccountKey=", 11, "+/=", 16},
	{"a token", "eyJ", 0, "-_.=", 40},
	{"a bearer token", "Bearer ", 7, "-_.=~+/", 16},
	{"a password", "Basic ", 6, "+/=", 8},
}

// maskSecrets replaces credentials by asterisks of the same length, so that places in the text stay.
func maskSecrets(src string) (string, []secret) {
	var found []secret
	for _, k := range secretKinds {
		for from := 0; ; {
			n := strings.Index(src[from:], k.marker)
			if n < 0 {
				break
			}
			start := from + n + k.keep
			end := start + k.length(src[start:])
			from = max(end, from+n+1)
			if end-start >= k.least {
				found = append(found, secret{k.what, narrow(start), narrow(end)})
			}
		}
	}
	if len(found) == 0 {
		return src, nil
	}
	masked := []byte(src)
	for _, s := range found {
		copy(masked[s.start:s.end], strings.Repeat("*", int(s.end-s.start)))
	}
	return string(masked), found
}

// length is the length of the credential that s begins with.
func (k secretKind) length(s string) int {
	for i := range len(s) {
		if c := s[i]; !isAlphanumeric(c) && strings.IndexByte(k.more, c) < 0 {
			return i
		}
	}
	return len(s)
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
