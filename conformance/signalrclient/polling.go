package signalrclient

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// Poll sends one poll and returns whatever came back.
func (c *Client) Poll(ctx context.Context, id string) (*Exchange, error) {
	stamp := time.Now().UnixMilli()
	if c.Unstamped {
		stamp = 0
	}
	return c.Do(ctx, "poll", c.PollRequest(id, stamp))
}

// Send posts messages and returns whatever came back.
func (c *Client) Send(ctx context.Context, id string, data []byte) (*Exchange, error) {
	return c.Do(ctx, "send", c.SendRequest(id, data))
}

// Delete ends a polling connection and returns whatever came back; the service answers 202.
func (c *Client) Delete(ctx context.Context, id string) (*Exchange, error) {
	return c.Do(ctx, "delete", c.DeleteRequest(id))
}

func (c *Client) post(ctx context.Context, id string, data []byte) error {
	exchange, err := c.Send(ctx, id, data)
	return demand("send", exchange, err, http.StatusOK)
}

// Polling is a connected long-polling transport.
type Polling struct {
	Exchange *Exchange // the first poll
	client   *Client
	id       string
	polls    atomic.Int64
}

// ConnectPolling sends the first poll of a negotiated connection, which the service answers at once with nothing. The error is
// a *OperationError and holds the exchange.
func (c *Client) ConnectPolling(ctx context.Context, id string) (*Polling, error) {
	exchange, err := c.Poll(ctx, id)
	if err := demand("connect long polling", exchange, err, http.StatusOK); err != nil {
		return nil, err
	}
	p := &Polling{Exchange: exchange, client: c, id: id}
	p.polls.Store(1)
	return p, nil
}

// Polls counts the polls that were sent.
func (p *Polling) Polls() int { return int(p.polls.Load()) }

// Send posts messages.
func (p *Polling) Send(ctx context.Context, data []byte) error {
	return p.client.post(ctx, p.id, data)
}

// Receive polls until there are messages; several may come at once.
func (p *Polling) Receive(ctx context.Context) (Chunk, error) {
	for {
		p.polls.Add(1)
		exchange, err := p.client.Poll(ctx, p.id)
		if err == nil && exchange.Status() == http.StatusNoContent {
			return Chunk{}, io.EOF
		}
		if err := demand("poll", exchange, err, http.StatusOK); err != nil {
			return Chunk{}, err
		}
		if len(exchange.Response.Body) > 0 {
			return Chunk{exchange.Response.Body, exchange.Ended}, nil
		}
	}
}

// Close sends the DELETE that ends the connection at the service, and demands 202.
func (p *Polling) Close(ctx context.Context) error {
	exchange, err := p.client.Delete(ctx, p.id)
	return demand("delete", exchange, err, http.StatusAccepted)
}
