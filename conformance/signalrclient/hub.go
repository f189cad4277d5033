package signalrclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Types of hub messages (HubProtocol.md).
const (
	TypeInvocation = 1
	TypeCompletion = 3
	TypePing       = 6
	TypeClose      = 7
)

// separator ends every message of the JSON protocol (HubProtocol.md, "JSON encoding").
const separator = 0x1e

// Message is a hub message from the service.
type Message struct {
	Type         int               `json:"type"`
	InvocationID string            `json:"invocationId"`
	Target       string            `json:"target"`
	Arguments    []json.RawMessage `json:"arguments"`
	Result       json.RawMessage   `json:"result"`
	Error        string            `json:"error"`

	Arrived time.Time `json:"-"`
}

// Hub speaks the JSON hub protocol over a link. It is for one goroutine.
type Hub struct {
	Link
	buffer  []byte
	arrived time.Time
	calls   int
}

// NewHub begins without a handshake.
func NewHub(link Link) *Hub { return &Hub{Link: link} }

// HandshakeError is a handshake that the service refused; its text tells, for one, that no app server is connected, which
// proves that the way to the service is whole.
type HandshakeError struct{ Text string }

// Error is the service's text.
func (e *HandshakeError) Error() string { return "service refuses the handshake: " + e.Text }

// Handshake agrees on the JSON protocol.
func (h *Hub) Handshake(ctx context.Context) error {
	request := []byte(`{"protocol":"json","version":1}` + string(rune(separator)))
	if err := h.Send(ctx, request); err != nil {
		return fmt.Errorf("send handshake: %w", err)
	}
	frame, err := h.frame(ctx)
	if err != nil {
		return fmt.Errorf("await handshake: %w", err)
	}
	var reply struct {
		Error string `json:"error"`
	}
	if err := json.Unmarshal(frame, &reply); err != nil {
		return fmt.Errorf("read handshake %q: %w", shown(frame), err)
	}
	if reply.Error != "" {
		return &HandshakeError{reply.Error}
	}
	return nil
}

// frame is the next separated piece.
func (h *Hub) frame(ctx context.Context) ([]byte, error) {
	for {
		if frame, rest, ok := bytes.Cut(h.buffer, []byte{separator}); ok {
			h.buffer = rest
			return frame, nil
		}
		if len(h.buffer) > maxMessage {
			return nil, errEventTooLarge
		}
		chunk, err := h.Receive(ctx)
		if err != nil {
			return nil, err
		}
		h.buffer = append(h.buffer, chunk.Data...)
		h.arrived = chunk.Arrived
	}
}

// Next is the next message, whatever it is.
func (h *Hub) Next(ctx context.Context) (Message, error) {
	frame, err := h.frame(ctx)
	if err != nil {
		return Message{}, err
	}
	m := Message{Arrived: h.arrived}
	if err := json.Unmarshal(frame, &m); err != nil {
		return Message{}, fmt.Errorf("read message %q: %w", shown(frame), err)
	}
	return m, nil
}

// ErrClosed is a close message from the service.
var ErrClosed = errors.New("service closed the connection")

// Await passes over messages until one is wanted. A close message ends it.
func (h *Hub) Await(ctx context.Context, wanted func(Message) bool) (Message, error) {
	for {
		m, err := h.Next(ctx)
		if err != nil {
			return Message{}, err
		}
		if wanted(m) {
			return m, nil
		}
		if m.Type == TypeClose {
			return Message{}, fmt.Errorf("%w: %s", ErrClosed, m.Error)
		}
	}
}

// AwaitPing waits for the service's ping.
func (h *Hub) AwaitPing(ctx context.Context) (Message, error) {
	m, err := h.Await(ctx, func(m Message) bool { return m.Type == TypePing })
	return m, wrap("await ping", err)
}

// Ping sends a ping.
func (h *Hub) Ping(ctx context.Context) error {
	return wrap("send ping", h.Send(ctx, encode(map[string]any{"type": TypePing})))
}

// Invoke calls a hub method and waits for its completion. Invocations that arrive meanwhile are passed over.
func (h *Hub) Invoke(ctx context.Context, method string, arguments ...any) (json.RawMessage, error) {
	h.calls++
	id := strconv.Itoa(h.calls)
	call := encode(map[string]any{"type": TypeInvocation, "invocationId": id, "target": method, "arguments": arguments})
	if err := h.Send(ctx, call); err != nil {
		return nil, fmt.Errorf("invoke %s: %w", method, err)
	}
	m, err := h.Await(ctx, func(m Message) bool { return m.Type == TypeCompletion && m.InvocationID == id })
	if err != nil {
		return nil, fmt.Errorf("await result of %s: %w", method, err)
	}
	if m.Error != "" {
		return nil, fmt.Errorf("invoke %s: service says: %s", method, m.Error)
	}
	return m.Result, nil
}

// Echo has the fake service send a text back and demands that it comes back whole.
func (h *Hub) Echo(ctx context.Context, text string) error {
	result, err := h.Invoke(ctx, "echo", text)
	if err != nil {
		return err
	}
	var back string
	if err := json.Unmarshal(result, &back); err != nil || back != text {
		return fmt.Errorf("echo: %d bytes came back changed: %q", len(text), shown(result))
	}
	return nil
}

// Events has the fake service send count events, spacing apart, and returns them with the times at which they arrived.
func (h *Hub) Events(ctx context.Context, count int, spacing time.Duration) ([]Message, error) {
	call := encode(map[string]any{"type": TypeInvocation, "target": "events", "arguments": []any{count, spacing.Milliseconds()}})
	if err := h.Send(ctx, call); err != nil {
		return nil, fmt.Errorf("ask for events: %w", err)
	}
	var events []Message
	for len(events) < count {
		m, err := h.Await(ctx, func(m Message) bool { return m.Type == TypeInvocation && m.Target == "event" })
		if err != nil {
			return events, fmt.Errorf("await event %d of %d: %w", len(events)+1, count, err)
		}
		events = append(events, m)
	}
	return events, nil
}

// encode writes what this package made up itself, or a caller's argument; one that cannot be written becomes null.
func encode(value any) []byte {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return []byte("null\x1e")
	}
	encoded := buffer.Bytes()
	encoded[len(encoded)-1] = separator // in place of the line end
	return encoded
}
