package signalrclient

import (
	"net/url"
	"strconv"
)

const (
	clientAgent  = "Microsoft SignalR/10.0 (10.0.11; Linux; NodeJS; 20.20.2)"
	browserAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
	scriptAgent  = "Microsoft SignalR/10.0 (10.0.11; Unknown OS; Browser; Unknown Runtime Version)"
)

// preflightHeaders are those that the browser client's requests need permission for.
const preflightHeaders = "authorization,x-requested-with,x-signalr-user-agent"

// Host is the Host header that belongs to the client endpoint.
func (c *Client) Host() string { return c.endpoint.Host }

// start begins a request as the client endpoint's Host and the style want it.
func (c *Client) start(method, target, connection string) Request {
	r := Request{Method: method, Target: target, Header: []Field{{"Host", c.Host()}}}
	r.Header = append(r.Header, c.Extra...)
	if c.Mark && connection != "" {
		r.Header = append(r.Header, Field{MarkHeader, connection})
	}
	return r
}

// script is a request that the client's own code makes, as fetch does; the body goes with Content-Length, zero included.
func (c *Client) script(method, target, connection string) Request {
	r := c.start(method, target, connection)
	r.Header = append(r.Header, Field{"Connection", "keep-alive"})
	if c.Token != "" {
		r.Header = append(r.Header, Field{"Authorization", "Bearer " + c.Token})
	}
	r.Header = append(r.Header, Field{"X-Requested-With", "XMLHttpRequest"})
	if c.Style == Browser {
		r.Header = append(r.Header, Field{"X-SignalR-User-Agent", scriptAgent})
	}
	r.Header = append(r.Header, Field{"User-Agent", c.agent()}, Field{"Accept", "*/*"}, Field{"Accept-Encoding", "gzip"})
	return c.withOrigin(r)
}

func (c *Client) agent() string {
	if c.Style == Node {
		return clientAgent
	}
	return browserAgent
}

func (c *Client) withOrigin(r Request) Request {
	if c.Origin != "" {
		r.Header = append(r.Header, Field{"Origin", c.Origin})
	}
	return r
}

func withBody(r Request, contentType string, body []byte) Request {
	if contentType != "" {
		r.Header = append(r.Header, Field{"Content-Type", contentType})
	}
	r.Header = append(r.Header, Field{"Content-Length", strconv.Itoa(len(body))})
	r.Body = body
	return r
}

// streamTarget carries the token for requests to which no header can be added.
func (c *Client) streamTarget(id string, inQuery bool) string {
	target := c.ConnectTarget(id)
	if inQuery && c.Token != "" {
		target += "&access_token=" + url.QueryEscape(c.Token)
	}
	return target
}

// NegotiateRequest is the POST of a negotiate.
func (c *Client) NegotiateRequest() Request {
	return withBody(c.script("POST", c.NegotiateTarget(), ""), "", nil)
}

// PollRequest is one poll; stamp is the time in milliseconds by which browsers keep caches out. Without one (0) all polls of a connection
// have the same URL.
func (c *Client) PollRequest(id string, stamp int64) Request {
	target := c.ConnectTarget(id)
	if stamp != 0 {
		target += "&_=" + strconv.FormatInt(stamp, 10)
	}
	return c.script("GET", target, id)
}

// SendRequest is a POST of messages.
func (c *Client) SendRequest(id string, data []byte) Request {
	return withBody(c.script("POST", c.ConnectTarget(id), id), "text/plain;charset=UTF-8", data)
}

// DeleteRequest ends a polling connection.
func (c *Client) DeleteRequest(id string) Request {
	return c.script("DELETE", c.ConnectTarget(id), id)
}

// EventsRequest opens an event stream.
func (c *Client) EventsRequest(id string) Request {
	r := c.start("GET", c.streamTarget(id, true), id)
	r.Header = append(r.Header, Field{"Connection", "keep-alive"}, Field{"Cache-Control", "no-cache"},
		Field{"User-Agent", c.agent()}, Field{"Accept", "text/event-stream"}, Field{"Accept-Encoding", "gzip"})
	return c.withOrigin(r)
}

// WebSocketRequest is a WebSocket handshake; key is its Sec-WebSocket-Key, extensions what is offered, if anything.
func (c *Client) WebSocketRequest(id, key, extensions string) Request {
	r := c.start("GET", c.streamTarget(id, c.Style == Browser), id)
	r.Header = append(r.Header, Field{"Connection", "Upgrade"}, Field{"Pragma", "no-cache"}, Field{"Cache-Control", "no-cache"})
	if c.Style == Node && c.Token != "" {
		r.Header = append(r.Header, Field{"Authorization", "Bearer " + c.Token})
	}
	r.Header = append(r.Header, Field{"User-Agent", c.agent()}, Field{"Upgrade", "websocket"})
	r = c.withOrigin(r)
	r.Header = append(r.Header, Field{"Sec-WebSocket-Version", "13"}, Field{"Sec-WebSocket-Key", key})
	if extensions != "" {
		r.Header = append(r.Header, Field{"Sec-WebSocket-Extensions", extensions})
	}
	return r
}

// PreflightRequest is what a browser sends before a request of that method to that target; it carries no token.
func (c *Client) PreflightRequest(method, target string) Request {
	r := c.start("OPTIONS", target, "")
	r.Header = append(r.Header, Field{"Connection", "keep-alive"}, Field{"Accept", "*/*"},
		Field{"Access-Control-Request-Method", method}, Field{"Access-Control-Request-Headers", preflightHeaders})
	r = c.withOrigin(r)
	r.Header = append(r.Header, Field{"User-Agent", c.agent()})
	return r
}
