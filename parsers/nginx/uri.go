package nginx

import "strings"

// normalizeURI is the path that NGINX matches on: percent-decoded once, double slashes merged, dots resolved, cut at "#"
// (ngx_http_parse_complex_uri). It is empty for a path that NGINX answers with 400. The path has no query.
func normalizeURI(raw string, mergeSlashes bool) string {
	if raw == "" {
		return "/"
	}
	n := &uriParser{raw: raw, merge: mergeSlashes, out: make([]byte, 0, len(raw))}
	if !n.run() {
		return ""
	}
	return string(n.out)
}

type uriState uint8

const (
	uriUsual uriState = iota
	uriSlash
	uriDot
	uriDotDot
)

type uriParser struct {
	raw   string
	merge bool
	out   []byte
	state uriState
}

func (n *uriParser) run() bool {
	for i := 0; i < len(n.raw); i++ {
		c := n.raw[i]
		if c == '#' {
			break
		}
		literal := false
		if c == '%' {
			decoded, ok := hexByte(n.raw[i+1:])
			if !ok || decoded == 0 {
				return false
			}
			// An encoded "%", "#" or "?" is an ordinary letter; all else counts as if it stood there itself.
			c, literal = decoded, decoded == '%' || decoded == '#' || decoded == '?'
			i += 2
		}
		if !n.put(c, literal) {
			return false
		}
	}
	return n.finish()
}

// put takes one decoded byte.
func (n *uriParser) put(c byte, literal bool) bool {
	if literal || c != '/' && c != '.' {
		n.state = uriUsual
		n.out = append(n.out, c)
		return true
	}
	if c == '.' {
		if n.state == uriSlash || n.state == uriDot {
			n.state++
		} else {
			n.state = uriUsual
		}
		n.out = append(n.out, c)
		return true
	}
	return n.slash()
}

func (n *uriParser) slash() bool {
	state := n.state
	n.state = uriSlash
	switch {
	case state == uriUsual, state == uriSlash && !n.merge:
		n.out = append(n.out, '/')
	case state == uriDot:
		n.out = n.out[:len(n.out)-1]
	case state == uriDotDot:
		return n.up()
	}
	return true
}

// up removes "/x/.." down to the slash before x; false when there is nothing above.
func (n *uriParser) up() bool {
	end := len(n.out) - 4 // the byte before "/.."
	for ; end >= 0; end-- {
		if n.out[end] == '/' {
			n.out = n.out[:end+1]
			return true
		}
	}
	return false
}

func (n *uriParser) finish() bool {
	switch n.state {
	case uriDot:
		n.out = n.out[:len(n.out)-1]
	case uriDotDot:
		return n.up()
	case uriUsual, uriSlash:
	}
	return true
}

func hexByte(s string) (byte, bool) {
	if len(s) < 2 {
		return 0, false
	}
	hi, lo := strings.IndexByte(hexDigits, lower(s[:1])[0]), strings.IndexByte(hexDigits, lower(s[1:2])[0])
	return byte(hi<<4 | lo), hi >= 0 && lo >= 0 //nolint:gosec // both are below 16
}

const hexDigits = "0123456789abcdef"

// escapeURI is ngx_escape_uri with NGX_ESCAPE_URI: what proxy_pass writes in place of a changed path.
func escapeURI(s string) string { return escape(s, " #%?") }

// escapeArgs is ngx_escape_uri with NGX_ESCAPE_ARGS: what captures become in the query of a rewrite.
func escapeArgs(s string) string { return escape(s, " #%?&+;") }

// unescapeRedirect is ngx_unescape_uri with NGX_UNESCAPE_REDIRECT, which the whole of a redirect goes through up to its query: letters
// above "%" are decoded, and a "%" that begins no number is lost.
func unescapeRedirect(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '?' {
			return b.String() + s[i:]
		}
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		c, ok := hexByte(s[i+1:])
		switch {
		case !ok:
			i = brokenEscape(&b, s, i)
			continue
		case c == '?':
			return b.String() + "?" + s[i+3:]
		case c > '%' && c < 0x7f:
			b.WriteByte(c)
		default:
			b.WriteString(s[i : i+3])
		}
		i += 2
	}
	return b.String()
}

// brokenEscape drops what is wrong in "%" and the letters behind it, and returns where it ends: the "%" itself, and with it both letters
// when only the second is wrong.
func brokenEscape(b *strings.Builder, s string, i int) int {
	if i+1 == len(s) {
		return i
	}
	if strings.IndexByte(hexDigits, lower(s[i+1 : i+2])[0]) < 0 {
		b.WriteByte(s[i+1])
		return i + 1
	}
	return min(i+2, len(s)-1)
}

func escape(s, special string) string {
	clean := true
	for i := range len(s) {
		clean = clean && !mustEscape(s[i], special)
	}
	if clean {
		return s
	}
	const upperHex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if mustEscape(s[i], special) {
			b.WriteByte('%')
			b.WriteByte(upperHex[s[i]>>4])
			b.WriteByte(upperHex[s[i]&15])
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// mustEscape: RFC 3986 leaves no room for controls, spaces, non-ASCII bytes and a few others.
func mustEscape(c byte, special string) bool {
	return c <= ' ' || c >= 0x7f || strings.IndexByte(`"<>\^`+"`{|}", c) >= 0 || strings.IndexByte(special, c) >= 0
}
