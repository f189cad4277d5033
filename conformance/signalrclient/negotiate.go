package signalrclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Negotiation is the answer to a negotiate.
type Negotiation struct {
	Version         int         `json:"negotiateVersion"`
	ConnectionID    string      `json:"connectionId"`
	ConnectionToken string      `json:"connectionToken"`
	Stateful        bool        `json:"useStatefulReconnect"`
	Transports      []Transport `json:"availableTransports"`
	URL             string      `json:"url"`         // of a hub server that redirects
	AccessToken     string      `json:"accessToken"` // likewise; a secret
	Problem         string      `json:"error"`

	Exchange *Exchange `json:"-"`
}

// Transport is one that the service offers.
type Transport struct {
	Name    string   `json:"transport"`
	Formats []string `json:"transferFormats"`
}

// ID is what later requests carry as id: the token, which version 0 does not have.
func (n *Negotiation) ID() string {
	if n.ConnectionToken != "" {
		return n.ConnectionToken
	}
	return n.ConnectionID
}

// Negotiate posts a negotiate and demands what a client needs: status 200, JSON, no error, an id. The error is a *OperationError and
// holds the exchange.
func (c *Client) Negotiate(ctx context.Context) (*Negotiation, error) {
	const operation = "negotiate"
	exchange, err := c.Do(ctx, operation, c.NegotiateRequest())
	if err := demand(operation, exchange, err, http.StatusOK); err != nil {
		return nil, err
	}
	n := &Negotiation{Exchange: exchange}
	if err := json.Unmarshal(exchange.Response.Body, n); err != nil {
		return nil, &OperationError{operation, exchange, fmt.Errorf("decode answer %q: %w", shown(exchange.Response.Body), err)}
	}
	if n.Problem != "" {
		return nil, &OperationError{operation, exchange, fmt.Errorf("service refuses: %s", n.Problem)}
	}
	if n.ID() == "" {
		return nil, &OperationError{operation, exchange, fmt.Errorf("answer %q holds no connection id", shown(exchange.Response.Body))}
	}
	return n, nil
}

// NegotiateHub asks a hub at its app server where to connect; the client's endpoint is the hub's URL. The error is a *OperationError and
// holds the exchange.
func (c *Client) NegotiateHub(ctx context.Context) (*Negotiation, error) {
	const operation = "negotiate with the hub"
	target := strings.TrimSuffix(c.endpoint.EscapedPath(), "/") + "/negotiate?negotiateVersion=1"
	exchange, err := c.Do(ctx, operation, withBody(c.script("POST", target, ""), "", nil))
	if err := demand(operation, exchange, err, http.StatusOK); err != nil {
		return nil, err
	}
	n := &Negotiation{Exchange: exchange}
	if err := json.Unmarshal(exchange.Response.Body, n); err != nil {
		return nil, &OperationError{operation, exchange, fmt.Errorf("decode answer %q: %w", shown(exchange.Response.Body), err)}
	}
	if n.URL == "" {
		return nil, &OperationError{operation, exchange, errors.New("the answer holds no URL: this hub serves its clients itself")}
	}
	return n, nil
}

// Preflight asks, as a browser does, whether a request of that method to that target would be allowed. The exchange comes back
// whatever the answer is.
func (c *Client) Preflight(ctx context.Context, method, target string) (*Exchange, error) {
	return c.Do(ctx, "preflight "+method, c.PreflightRequest(method, target))
}
