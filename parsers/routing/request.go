package routing

import "strings"

// Field is one header field line.
type Field struct{ Name, Value string }

// Request is one HTTP request as a client sends it to a listener. Nothing in it is decoded.
type Request struct {
	Method   string
	Scheme   string // http or https
	Host     string // the Host header: name, and port if the client sends one
	Target   string // path and query, raw
	Protocol string // HTTP/1.1 unless set
	SNI      string
	ClientIP string
	Header   []Field // without Host
	BodySize int64
	unknown  []HeaderValue // headers that a delivery to another listener carries and whose values are not known
	from     Value         // why the client's address is not known, where another gateway is the client
}

// Path is the raw path of the target.
func (r *Request) Path() string { p, _, _ := strings.Cut(r.Target, "?"); return p }

// Query is the raw query of the target, without the question mark.
func (r *Request) Query() string { _, q, _ := strings.Cut(r.Target, "?"); return q }

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
