package signalrclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// maxMessage bounds one WebSocket message or event.
const maxMessage = 4 << 20

// WebSocket is a connected WebSocket.
type WebSocket struct {
	Exchange *Exchange // the handshake
	conn     *websocket.Conn
	wire     *wire
	inbox    *inbox
	readAll  chan struct{} // closed when the reader has ended
}

// ConnectWebSocket opens the WebSocket of a negotiated connection. No redirect is followed, as browsers follow none. The error
// is a *OperationError and holds the exchange.
func (c *Client) ConnectWebSocket(ctx context.Context, id string) (*WebSocket, error) {
	const operation = "connect websocket"
	ctx, cancel := bounded(ctx)
	defer cancel()
	hand := &handshaker{client: c, id: id, exchange: &Exchange{}}
	mode := websocket.CompressionDisabled
	if c.Compression {
		mode = websocket.CompressionContextTakeover
	}
	conn, _, err := websocket.Dial(ctx, c.endpoint.Scheme+"://"+c.endpoint.Host+"/", &websocket.DialOptions{ //nolint:bodyclose // the library closes it
		HTTPClient:      &http.Client{Transport: hand, CheckRedirect: stay},
		CompressionMode: mode,
	})
	c.observed(operation, hand.exchange)
	if err != nil {
		return nil, hand.failure(operation, err)
	}
	hand.wire.release()
	conn.SetReadLimit(maxMessage)
	w := &WebSocket{Exchange: hand.exchange, conn: conn, wire: hand.wire, inbox: newInbox(), readAll: make(chan struct{})}
	go w.read() //nolint:gosec // reads until the link ends, whatever becomes of the context that opened it
	return w, nil
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// handshaker is the transport below the WebSocket library: it replaces the library's request by the client's own, and keeps
// what came back.
type handshaker struct {
	client   *Client
	id       string
	exchange *Exchange
	wire     *wire
	err      error
}

func (h *handshaker) RoundTrip(r *http.Request) (*http.Response, error) {
	c := h.client
	request := c.WebSocketRequest(h.id, r.Header.Get("Sec-WebSocket-Key"), r.Header.Get("Sec-WebSocket-Extensions"))
	w, response, exchange, err := c.open(r.Context(), c.endpoint, c.shaped(request))
	h.exchange = exchange
	if err != nil {
		h.err = err
		return nil, err
	}
	h.wire = w
	if response.StatusCode == http.StatusSwitchingProtocols {
		response.Body = w
		return response, nil
	}
	h.err = exchange.readBody(response)
	exchange.Ended = time.Now()
	w.guard()
	_ = w.Close()
	return response, nil
}

// failure prefers what was observed to the library's words.
func (h *handshaker) failure(operation string, err error) error {
	if h.wire != nil {
		h.wire.guard()
		_ = h.wire.Close()
	}
	if h.err != nil {
		return &OperationError{operation, h.exchange, h.err}
	}
	if status := h.exchange.Status(); status != 0 && status != http.StatusSwitchingProtocols {
		return demand(operation, h.exchange, nil, http.StatusSwitchingProtocols)
	}
	return &OperationError{operation, h.exchange, err}
}

func (w *WebSocket) read() {
	defer close(w.readAll)
	for {
		_, data, err := w.conn.Read(context.Background())
		if err == nil {
			err = w.inbox.add(data)
		}
		if err != nil {
			w.inbox.end(closeReason(err))
			_ = w.conn.CloseNow()
			return
		}
	}
}

// closeReason is a websocket.CloseError when there was a close frame, except that a normal close is io.EOF; anything else is
// ErrEnded.
func closeReason(err error) error {
	var closed websocket.CloseError
	switch {
	case errors.As(err, &closed) && closed.Code == websocket.StatusNormalClosure && closed.Reason == "":
		return io.EOF
	case errors.As(err, &closed):
		return closed
	case errors.Is(err, errUnread):
		return err
	default:
		return fmt.Errorf("%w: %w", ErrEnded, err)
	}
}

// Send sends one text frame.
func (w *WebSocket) Send(ctx context.Context, data []byte) error {
	return wrap("send text frame", w.conn.Write(ctx, websocket.MessageText, data))
}

// SendBinary sends one binary frame.
func (w *WebSocket) SendBinary(ctx context.Context, data []byte) error {
	return wrap("send binary frame", w.conn.Write(ctx, websocket.MessageBinary, data))
}

// SendInParts sends one text message as several frames.
func (w *WebSocket) SendInParts(ctx context.Context, parts ...[]byte) error {
	message, err := w.conn.Writer(ctx, websocket.MessageText)
	for _, part := range parts {
		if err == nil {
			_, err = message.Write(part)
		}
	}
	if err == nil {
		err = message.Close()
	}
	return wrap("send text message in parts", err)
}

// CloseCode is the code and the reason with which the service closed, of an error of Receive; ok is false where it did not.
func CloseCode(err error) (code int, reason string, ok bool) {
	if closed, told := errors.AsType[websocket.CloseError](err); told {
		return int(closed.Code), closed.Reason, true
	}
	return int(websocket.StatusNormalClosure), "", errors.Is(err, io.EOF)
}

// Ping sends a ping frame and waits for its pong.
func (w *WebSocket) Ping(ctx context.Context) error { return wrap("ping", w.conn.Ping(ctx)) }

// Receive returns one message. See closeReason for its errors.
func (w *WebSocket) Receive(ctx context.Context) (Chunk, error) { return w.inbox.receive(ctx) }

// Close says goodbye as @microsoft/signalr does: a close message, then a close frame without status.
func (w *WebSocket) Close(ctx context.Context) error {
	defer func() { _ = w.conn.CloseNow() }()
	if err := w.Send(ctx, encode(map[string]any{"type": TypeClose})); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- w.conn.Close(websocket.StatusNoStatusRcvd, "") }()
	select {
	case err := <-done:
		if err != nil && w.ended(ctx) {
			err = nil
		}
		return wrap("close websocket", err)
	case <-ctx.Done():
		return wrap("close websocket", ctx.Err())
	}
}

// ended reports whether the service sent a close frame. It may do so upon the close message already, and then the library finds
// the socket closed when this side's frame is due.
func (w *WebSocket) ended(ctx context.Context) bool {
	select {
	case <-w.readAll:
	case <-ctx.Done():
		return false
	}
	reason := w.inbox.reason()
	return errors.Is(reason, io.EOF) || errors.As(reason, new(websocket.CloseError))
}

// Cut drops the TCP connection without a word.
func (w *WebSocket) Cut() { _ = w.wire.Close() }
