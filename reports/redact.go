package reports

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
)

// redactionMark stands where a secret stood.
const redactionMark = "***"

// secretForms are the ways in which a secret appears; what group 1 matches is the secret. Parsers take secrets out already: this is
// the last line, for what comes by a way that nobody thought of. A value that begins like a variable or a placeholder is none.
var secretForms = []*regexp.Regexp{
	// connection strings and settings: AccessKey=…, "accountKey": "…", client_secret = …
	regexp.MustCompile(`(?i)(?:access_?key|account_?key|client_?secret|password|pwd)["']?\s*(?:=|:|%3d)\s*["']?([^\s;"'{}<>$#%@*,&)…][^\s;"',&)]*)`),
	// RFC 6750 2.3, and shared access signatures
	regexp.MustCompile(`(?i)(?:access(?:_|%5f)token(?:=|%3d)|\bsig(?:=|%3d))([a-z0-9%+/_.~=-]+)`),
	// RFC 6750 2.1, RFC 7617
	regexp.MustCompile(`(?i)\b(?:bearer|basic)(?:\s|%20|\+)+([a-z0-9._~+/-]{12,}=*)`),
	// compact JWS (RFC 7515 7.1), whole or cut
	regexp.MustCompile(`(eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*)`),
	// keys as Azure makes them: 32 or 64 bytes in Base64, or 84 characters with a signature in the middle
	regexp.MustCompile(`(?:^|[^A-Za-z0-9+/=])([A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==|[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{20,30})`),
}

// Redact takes secrets out of a text. Every text of every report has gone through it.
func Redact(s string) string {
	places := secretsIn(s)
	if len(places) == 0 {
		return s
	}
	var b strings.Builder
	from := 0
	for _, p := range places {
		b.WriteString(s[from:p[0]])
		b.WriteString(redactionMark)
		from = p[1]
	}
	b.WriteString(s[from:])
	return b.String()
}

// mask is Redact for a source line: every byte of a secret becomes an asterisk, so that columns stay where they are.
func mask(line []byte) []byte {
	places := secretsIn(string(line))
	if len(places) == 0 {
		return line
	}
	line = slices.Clone(line)
	for _, p := range places {
		for i := p[0]; i < p[1]; i++ {
			line[i] = '*'
		}
	}
	return line
}

// secretsIn are the places of secrets, in order and apart from each other.
func secretsIn(s string) [][2]int {
	var found [][2]int
	for _, form := range secretForms {
		for _, m := range form.FindAllStringSubmatchIndex(s, -1) {
			found = append(found, [2]int{m[2], m[3]})
		}
	}
	slices.SortFunc(found, func(a, b [2]int) int { return a[0] - b[0] })
	var out [][2]int
	for _, p := range found {
		if n := len(out); n > 0 && p[0] <= out[n-1][1] {
			out[n-1][1] = max(out[n-1][1], p[1])
			continue
		}
		out = append(out, p)
	}
	return out
}

// redacted is a copy of a report with every text in it redacted, whatever fields it gets in the future.
func redacted(r *conformance.Report) *conformance.Report {
	return scrubber{}.scrub(reflect.ValueOf(r)).Interface().(*conformance.Report) // a copy has the type of the original
}

// scrubber copies values and redacts the texts in them. It remembers what a text became: reports say the same things over and over.
type scrubber map[string]string

func (c scrubber) text(s string) string {
	clean, ok := c[s]
	if !ok {
		clean = Redact(s)
		c[s] = clean
	}
	return clean
}

func (c scrubber) scrub(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(c.text(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(c.scrub(v.Elem()))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(c.scrub(v.Index(i)))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue // reports show none of those
			}
			out.Field(i).Set(c.scrub(v.Field(i)))
		}
	default: // everything else holds no text
		out.Set(v)
	}
	return out
}
