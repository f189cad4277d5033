package oracle

import (
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// oddities are requests with other methods, protocols, headers and sizes than SignalR clients send.
func oddities(e conformance.Endpoint) []Trial {
	var out []Trial
	for _, method := range []string{"OPTIONS", "PUT", "HEAD", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "M-SEARCH"} {
		out = append(out, Trial{"another method", plain(e, method, e.Path+"client/?hub=chat")})
		out = append(out, Trial{"another method", plain(e, method, e.Path+"client/negotiate?hub=chat")})
	}
	all := plain(e, "OPTIONS", "*")
	out = append(out, Trial{"OPTIONS for the server as a whole", all})
	out = append(out, old(e)...)
	out = append(out, large(e)...)
	return append(out, fields(e)...)
}

// old are requests in HTTP/1.0.
func old(e conformance.Endpoint) []Trial {
	negotiate := probe(e, conformance.Negotiate, conformance.DefaultSample())
	negotiate.Request.Protocol = "HTTP/1.0"
	socket := probe(e, conformance.WebSocket, conformance.DefaultSample())
	socket.Request.Protocol = "HTTP/1.0"
	nameless := plain(e, "GET", e.Path+"client/?hub=chat")
	nameless.Protocol, nameless.Host = "HTTP/1.0", ""
	return []Trial{negotiate, socket, {"a request without Host", nameless}}
}

// large are requests near and beyond the limits that NGINX has by default, and far beyond them.
func large(e conformance.Endpoint) []Trial {
	var out []Trial
	for _, n := range []int{conformance.MaxToken, 8 << 10, 40 << 10} {
		s := conformance.DefaultSample()
		s.Token = conformance.TokenOf(n)
		out = append(out, probe(e, conformance.WebSocket, s), probe(e, conformance.NodeSocket, s))
	}
	for _, line := range []int{8190, 8191, 8192, 8193} { // large_client_header_buffers 4 8k, with the line's end
		r := plain(e, "GET", e.Path+"client/?a=")
		r.Target += strings.Repeat("x", line-len("GET  HTTP/1.1\r\n")-len(r.Target))
		out = append(out, Trial{"a long request line", r})
	}
	for _, n := range []int{0, 1, 1 << 20, 1<<20 + 1} { // client_max_body_size 1m
		r := probe(e, conformance.Send, conformance.DefaultSample()).Request
		r.BodySize = int64(n)
		for i := range r.Header {
			if r.Header[i].Name == "Content-Length" {
				r.Header[i].Value = strconv.Itoa(n)
			}
		}
		out = append(out, Trial{"a body of " + strconv.Itoa(n) + " bytes", r})
	}
	return out
}

// fields are requests with headers that proxies treat each in their own way.
func fields(e conformance.Endpoint) []Trial {
	var out []Trial
	for _, list := range [][]string{
		{"Connection: close"},
		{"Connection: keep-alive"},
		{"Connection: keep-alive, X-Private", "X-Private: 1"},
		{"Connection: Upgrade", "Upgrade: h2c"},
		{"Upgrade: websocket"},
		{"TE: trailers", "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "Trailer: X"},
		{"X-Forwarded-For: 198.51.100.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example.org", "X-Real-IP: 198.51.100.7", "Forwarded: for=198.51.100.7"},
		{"Cookie: a=1; ARRAffinity=x", "Cookie: b=2"},
		{"x-lower: 1", "X-Empty:", "X-Twice: 1", "X-Twice: 2"},
		{"Expect: 100-continue"},
		{"Range: bytes=0-1", "If-None-Match: \"x\"", "If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT"},
		{"X-Original-URL: /api/", "X-Rewrite-URL: /api/", "X-HTTP-Method-Override: DELETE"},
		{"X-Accel-Redirect: /api/", "X-Accel-Buffering: yes"},
		{"Content-Length: 0"},
		{"Host: other.example.org"},
		{"Host:"},
		{"X-Long: " + strings.Repeat("x", 8200)},
	} {
		r := plain(e, "GET", e.Path+"client/?hub=chat")
		for _, text := range list {
			name, value, _ := strings.Cut(text, ":")
			r.Header = append(r.Header, routing.Field{Name: name, Value: strings.TrimSpace(value)})
		}
		out = append(out, Trial{"a request with " + list[0][:min(len(list[0]), 40)], r})
	}
	return out
}
