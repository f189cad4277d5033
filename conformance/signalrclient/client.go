package signalrclient

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// Style is the kind of client that is imitated; they carry the token differently.
type Style int

// The styles.
const (
	Browser Style = iota // token in the query of WebSockets and event streams, else in Authorization
	Node                 // token in the query of event streams only
)

// Client probes one client endpoint. Fields may be changed between calls, not during one.
type Client struct {
	Dialer
	Style  Style
	Origin string  // of the page, for browsers; empty sends none
	Query  string  // raw query of the redirect URL, see RedirectQuery
	Token  string  // access token; empty sends none
	Extra  []Field // header lines for every request, before those of the operation
	// Mark adds MarkHeader to the requests of a connection, by which a forgiving fake service finds it when the proxy lost the id.
	Mark        bool
	Compression bool                    // offer permessage-deflate
	VersionZero bool                    // do not ask for negotiateVersion=1
	Unstamped   bool                    // poll without a stamp, as .NET's client does (LongPollingTransport.Poll)
	Shape       func(*Request)          // last change before a request is sent
	Observe     func(string, *Exchange) // called with the operation's name after every exchange

	endpoint *url.URL
}

// MarkHeader carries the connection id beside the query.
const MarkHeader = "X-Asrscheck-Connection"

// New makes a client for a client endpoint, which is written as in a connection string: https://proxy.example.com/, with a
// path if there is one.
func New(endpoint string) (*Client, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return nil, fmt.Errorf("read client endpoint: %w", err)
	}
	if u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("read client endpoint: %q is not an http or https URL", u.Redacted())
	}
	if u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("read client endpoint: %q has more than scheme, host and path", u.Redacted())
	}
	return &Client{endpoint: u}, nil
}

// Endpoint is the client endpoint.
func (c *Client) Endpoint() *url.URL { return c.endpoint }

// Path is the path that clients connect to. The SDK appends client/ to the endpoint as it is, so an endpoint whose path
// lacks the slash at its end yields what a real client would ask for: /signalrclient/ (azure-signalr
// DefaultServiceEndpointGenerator.cs).
func (c *Client) Path() string {
	path := c.endpoint.EscapedPath()
	if path == "" {
		path = "/"
	}
	return path + "client/"
}

// NegotiateTarget is the target of a negotiate: the client inserts negotiate behind the path, and adds negotiateVersion unless
// the redirect URL brought it (@microsoft/signalr HttpConnection.ts, _resolveNegotiateUrl).
func (c *Client) NegotiateTarget() string {
	query := c.Query
	if !c.VersionZero && !hasParameter(query, "negotiateVersion") {
		query = join(query, "negotiateVersion=1")
	}
	return withQuery(c.Path()+"negotiate", query)
}

// ConnectTarget is the target of all requests of a connection, but for the poll's time stamp and the token.
func (c *Client) ConnectTarget(id string) string {
	return withQuery(c.Path(), join(c.Query, "id="+url.QueryEscape(id)))
}

func hasParameter(query, name string) bool {
	for part := range strings.SplitSeq(query, "&") {
		if key, _, _ := strings.Cut(part, "="); key == name {
			return true
		}
	}
	return false
}

func join(query, parameter string) string {
	if query == "" {
		return parameter
	}
	return query + "&" + parameter
}

func withQuery(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// Do sends a request as it is, but for Shape, and returns whatever comes back. See Dialer.Do.
func (c *Client) Do(ctx context.Context, operation string, request Request) (*Exchange, error) {
	request = c.shaped(request)
	exchange, err := c.Dialer.Do(ctx, c.endpoint, request)
	c.observed(operation, exchange)
	return exchange, err
}

func (c *Client) shaped(request Request) Request {
	if c.Shape != nil {
		request.Header = append([]Field(nil), request.Header...)
		c.Shape(&request)
	}
	return request
}

func (c *Client) observed(operation string, exchange *Exchange) {
	if c.Observe != nil {
		c.Observe(operation, exchange)
	}
}
