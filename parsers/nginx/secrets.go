package nginx

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/redact"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Secret is the place of a credential in the text. What it is stands there in words; the credential itself is not kept.
type Secret struct {
	What string
	Span routing.Span
}

// maskSecrets replaces credentials by asterisks of the same length, so that places in the text stay.
func maskSecrets(src string) (string, []redact.Range) {
	found := redact.Find(src)
	if len(found) == 0 {
		return src, nil
	}
	masked := []byte(src)
	for _, s := range found {
		copy(masked[s.Start:s.End], strings.Repeat("*", s.End-s.Start))
	}
	return string(masked), found
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
