package nginx

import "strings"

// piece is a part of a value: a text, a variable, or a capture of the last regular expression.
type piece struct {
	text     string
	variable string // "host", or "1" for a capture
	at       int    // offset in the value
}

// splitVariables cuts a value into texts and variables as ngx_http_script_compile does: $name and ${name}, names of letters, digits
// and underscores, so that a dot ends one; $1 to $9 are captures of one digit. The error is NGINX's own.
func splitVariables(value string) (pieces []piece, refusal string) {
	for i := 0; i < len(value); {
		if value[i] != '$' {
			end := i + strings.IndexByte(value[i:]+"$", '$')
			pieces = append(pieces, piece{text: value[i:end], at: i})
			i = end
			continue
		}
		name, size, refusal := variableName(value[i+1:])
		if refusal != "" {
			return nil, refusal
		}
		pieces = append(pieces, piece{variable: name, at: i})
		i += 1 + size
	}
	return pieces, ""
}

// variableName is the name behind a dollar sign, and its length with the braces.
func variableName(s string) (name string, size int, refusal string) {
	if s != "" && s[0] >= '1' && s[0] <= '9' {
		return s[:1], 1, ""
	}
	braced := strings.HasPrefix(s, "{")
	body := strings.TrimPrefix(s, "{")
	n := 0
	for n < len(body) && isNameByte(body[n]) {
		n++
	}
	name = body[:n]
	switch {
	case braced && body == "":
		return "", 0, "invalid variable name"
	case braced && (n == len(body) || body[n] != '}'):
		return "", 0, `the closing bracket in "` + name + `" variable is missing`
	case name == "":
		return "", 0, "invalid variable name"
	case braced:
		return name, n + 2, ""
	}
	return name, n, ""
}

func isNameByte(c byte) bool { return isAlphanumeric(c) || c == '_' }

// isCapture reports whether a variable is $1 to $9.
func isCapture(name string) bool { return len(name) == 1 && name[0] >= '1' && name[0] <= '9' }
