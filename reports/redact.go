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

// secretForm is one way in which a secret appears; what group 1 matches is the secret. hints are texts in lower case of which every match
// holds one: most texts are spared the regular expressions by them.
type secretForm struct {
	hints []string
	*regexp.Regexp
}

// secretForms are the ways in which a secret appears. Parsers take secrets out already: this is the last line, for what comes by a way that
// nobody thought of. A value that begins like a variable or a placeholder is none.
var secretForms = []secretForm{
	// connection strings and settings: AccessKey=…, "accountKey": "…", client_secret = …
	{[]string{"accesskey", "access_key", "accountkey", "account_key", "clientsecret", "client_secret", "password", "pwd"}, regexp.MustCompile(`(?i)(?:access_?key|account_?key|client_?secret|password|pwd)["']?\s*(?:=|:|%3d)\s*["']?([^\s;"'{}<>$#%@*,&)…][^\s;"',&)]*)`)},
	// variables of NGINX, as set has them and as traces tell them
	{followed([]string{"set", "sets"}), regexp.MustCompile(`(?i)(?:\bset\s+\$\w*(?:password|passwd|pwd|secret|api_?key|access_?key)|\bsets\s+variable\s+\w*(?:password|passwd|pwd|secret|api_?key|access_?key)\s+to)\s+["']?([^\s;"'{}<>$#%@*,&)…][^\s;"',&)]*)`)},
	// credentials of backends of API Management: authorization.parameter, and keys in query and header, which are lists
	{[]string{`"parameter"`, `"code"`, `functions-key"`}, regexp.MustCompile(`(?i)(?:"parameter"\s*:|"(?:code|x-functions-key)"\s*:\s*\[)\s*"([^"\[{@][^"]{7,})"`)},
	// RFC 6750 2.3, and shared access signatures
	{[]string{"token=", "token%3d", "sig=", "sig%3d"}, regexp.MustCompile(`(?i)(?:access(?:_|%5f)token(?:=|%3d)|\bsig(?:=|%3d))([a-z0-9%+/_.~=-]+)`)},
	// RFC 6750 2.1, RFC 7617
	{followed([]string{"bearer", "basic"}, "%20", "+"), regexp.MustCompile(`(?i)\b(?:bearer|basic)(?:\s|%20|\+)+([a-z0-9._~+/-]{12,}=*)`)},
	// compact JWS (RFC 7515 7.1), whole or cut
	{[]string{"eyj"}, regexp.MustCompile(`(eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*)`)},
	// keys as Azure makes them: 32 or 64 bytes in Base64, or 84 characters with a signature in the middle
	{[]string{"=", "jqqj9"}, regexp.MustCompile(`(?:^|[^A-Za-z0-9+/=])([A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==|[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{20,30})`)},
}

// followed are words with white space behind them, and with some other texts: words such as set or Basic alone stand in most configurations.
func followed(words []string, others ...string) (all []string) {
	for _, word := range words {
		for _, behind := range append([]string{" ", "\t", "\n", "\f", "\r"}, others...) {
			all = append(all, word+behind)
		}
	}
	return all
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
	lower := strings.ReplaceAll(strings.ToLower(s), "ſ", "s") // which regular expressions fold too
	for _, form := range secretForms {
		if !slices.ContainsFunc(form.hints, func(hint string) bool { return strings.Contains(lower, hint) }) {
			continue
		}
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

// redacted is a report with every text in it redacted, whatever fields it gets in the future. It shares with the original what holds no
// secret, which is nearly everything, and leaves the original as it is.
func redacted(r *conformance.Report) *conformance.Report {
	clean, _ := scrubber{}.scrub(reflect.ValueOf(r))
	return clean.Interface().(*conformance.Report) //nolint:forcetypeassert // a copy has the type of the original
}

// scrubber redacts the texts in values, and copies values around those that change. It remembers what a text became: reports say the
// same things over and over.
type scrubber map[string]string

func (c scrubber) text(s string) string {
	clean, ok := c[s]
	if !ok {
		clean = Redact(s)
		c[s] = clean
	}
	return clean
}

// scrub is a value without secrets, and whether that is another one.
func (c scrubber) scrub(v reflect.Value) (clean reflect.Value, changed bool) {
	switch v.Kind() {
	case reflect.String:
		text := c.text(v.String())
		if text == v.String() {
			return v, false
		}
		clean = reflect.New(v.Type()).Elem()
		clean.SetString(text)
		return clean, true
	case reflect.Pointer:
		if v.IsNil() {
			return v, false
		}
		of, changed := c.scrub(v.Elem())
		if !changed {
			return v, false
		}
		clean = reflect.New(v.Type().Elem())
		clean.Elem().Set(of)
		return clean, true
	case reflect.Slice:
		return c.parts(v, v.Len(), reflect.Value.Index)
	case reflect.Struct:
		return c.parts(v, v.NumField(), reflect.Value.Field)
	default: // everything else holds no text
		return v, false
	}
}

// parts redacts the items of a list or the fields of a struct. Reports show no fields that are not exported.
func (c scrubber) parts(v reflect.Value, n int, part func(reflect.Value, int) reflect.Value) (clean reflect.Value, changed bool) {
	clean = v
	for i := range n {
		if v.Kind() == reflect.Struct && !v.Type().Field(i).IsExported() {
			continue
		}
		of, other := c.scrub(part(v, i))
		if !other {
			continue
		}
		if !changed {
			clean, changed = copyOf(v), true
		}
		part(clean, i).Set(of)
	}
	return clean, changed
}

// copyOf is a list or a struct of its own with the same parts.
func copyOf(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Slice {
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(list, v)
		return list
	}
	one := reflect.New(v.Type()).Elem()
	one.Set(v)
	return one
}
