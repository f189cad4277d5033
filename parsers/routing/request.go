package routing

import "strings"

// Field is one header field line.
type Field struct{ Name, Value string }

// Request is one HTTP request as a client sends it to a listener. Nothing in it is decoded.
type Request struct {
	Method   string
	Scheme   string // http or https
	Host     string // the Host header: name, and port if the client sends one
	Target   string // raw: path and query, or a whole URL
	Protocol string // HTTP/1.1 unless set
	SNI      string
	ClientIP string  // or unix: for one that comes through a socket without addresses
	Header   []Field // without Host
	BodySize int64
	unknown  []HeaderValue // headers that a delivery to another listener carries and whose values are not known
	from     Value         // why the client's address is not known, where another gateway is the client
}

// FromAnywhere leaves the client's address open, whatever ClientIP says.
func (r *Request) FromAnywhere() { r.from = UnknownOf("which address the client has", Span{}) }

// Absolute splits a target that is a whole URL; ok is false for one that is not (RFC 9112 3.2.2). rest is what stands behind the
// authority: it may be empty, or begin with a question mark.
func (r *Request) Absolute() (authority, rest string, ok bool) {
	scheme, behind, ok := strings.Cut(r.Target, "://")
	if !ok || !isScheme(scheme) {
		return "", "", false
	}
	end := strings.IndexAny(behind, "/?#")
	if end < 0 {
		end = len(behind)
	}
	return behind[:end], behind[end:], true
}

// isScheme is the rule of RFC 3986 3.1.
func isScheme(s string) bool {
	for i := range len(s) {
		letter := s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z'
		if !letter && (i == 0 || (s[i] < '0' || s[i] > '9') && s[i] != '+' && s[i] != '-' && s[i] != '.') {
			return false
		}
	}
	return s != ""
}

// Authority is whom the request is for: the host and port of a target that is a whole URL, whatever the Host header says, and else
// those of the Host header (RFC 9112 3.2.2).
func (r *Request) Authority() string {
	if authority, _, ok := r.Absolute(); ok {
		return authority
	}
	return r.Host
}

// Origin is the target without scheme and authority, as requests to servers have it; "/" where nothing else is left.
func (r *Request) Origin() string {
	_, rest, ok := r.Absolute()
	switch {
	case !ok:
		return r.Target
	case rest == "":
		return "/"
	}
	return rest
}

// Path is the raw path of the target; empty where the target is a whole URL with nothing between authority and query.
func (r *Request) Path() string { p, _, _ := strings.Cut(r.Origin(), "?"); return p }

// Query is the raw query of the target, without the question mark.
func (r *Request) Query() string { _, q, _ := strings.Cut(r.Origin(), "?"); return q }

// Get is the first header field of that name, and whether there is one.
func (r *Request) Get(name string) (string, bool) {
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, name) {
			return f.Value, true
		}
	}
	return "", false
}

// Argument is the first query argument of that name, undecoded, and whether there is one. Names compare without regard to case
// where fold is set, as NGINX's $arg_ variables do.
func Argument(query, name string, fold bool) (string, bool) {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		key, value, _ := strings.Cut(pair, "=")
		if key == name || fold && strings.EqualFold(key, name) {
			return value, true
		}
	}
	return "", false
}

// HostName is the name in a Host header: lower case, without port and without one final dot.
func HostName(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
