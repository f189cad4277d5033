package signalrclient

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// EventStream is a connected server-sent event stream; messages to the service go by POST.
type EventStream struct {
	Exchange *Exchange // the GET; its response has no body
	client   *Client
	id       string
	wire     *wire
	inbox    *inbox
	opened   chan struct{}
	once     sync.Once
	openedAt time.Time
}

// ConnectEvents opens the event stream of a negotiated connection. It returns with the head of the answer; AwaitOpen waits for
// the first byte behind it. The error is a *OperationError and holds the exchange.
func (c *Client) ConnectEvents(ctx context.Context, id string) (*EventStream, error) {
	const operation = "connect event stream"
	ctx, cancel := bounded(ctx)
	defer cancel()
	w, response, exchange, err := c.open(ctx, c.endpoint, c.shaped(c.EventsRequest(id))) //nolint:bodyclose // closing the connection is enough
	defer c.observed(operation, exchange)
	if err != nil {
		return nil, &OperationError{operation, exchange, err}
	}
	if err := checkEventStream(operation, exchange, response); err != nil {
		w.guard()
		_ = w.Close()
		return nil, err
	}
	w.release()
	s := &EventStream{Exchange: exchange, client: c, id: id, wire: w, inbox: newInbox(), opened: make(chan struct{})}
	go s.read(response)
	return s, nil
}

// checkEventStream demands what an EventSource does (HTML standard, "Server-sent events": status 200 and the media type).
func checkEventStream(operation string, exchange *Exchange, response *http.Response) error {
	if response.StatusCode != http.StatusOK {
		err := exchange.readBody(response) // for the message only
		return errors.Join(demand(operation, exchange, nil, http.StatusOK), wrap("read response body", err))
	}
	kind, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "text/event-stream") {
		return &OperationError{operation, exchange, fmt.Errorf("content type %q is not text/event-stream", kind)}
	}
	return nil
}

func (s *EventStream) read(response *http.Response) {
	defer func() { _ = s.wire.Close() }()
	body, err := decoded(response)
	if err == nil {
		err = s.parse(bufio.NewReader(&openingReader{body, s}))
	}
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		s.inbox.end(io.EOF)
		return
	}
	s.inbox.end(fmt.Errorf("%w: %w", ErrEnded, err))
}

// openingReader notices the first byte.
type openingReader struct {
	io.Reader
	stream *EventStream
}

func (r *openingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if n > 0 {
		r.stream.once.Do(func() {
			r.stream.openedAt = time.Now()
			close(r.stream.opened)
		})
	}
	return n, err
}

// AwaitOpen waits for the first byte of the stream, which the service sends at once, and says when it came.
func (s *EventStream) AwaitOpen(ctx context.Context) (time.Time, error) {
	select {
	case <-s.opened:
		return s.openedAt, nil
	case <-ctx.Done():
		return time.Time{}, fmt.Errorf("wait for the first byte of the event stream: %w", ctx.Err())
	}
}

// parse collects data lines until an empty line dispatches them (HTML standard, "Interpreting an event stream"). The service
// ends lines with CR LF, so a lone CR is not looked for.
func (s *EventStream) parse(reader *bufio.Reader) error {
	var data []byte
	pending := false
	for {
		line, err := readLine(reader)
		if err != nil {
			return err
		}
		if len(line) == 0 {
			if pending {
				if err := s.inbox.add(data); err != nil {
					return err
				}
			}
			data, pending = nil, false
			continue
		}
		value, isData := dataOf(line)
		if !isData {
			continue
		}
		if pending {
			data = append(data, '\n')
		}
		data, pending = append(data, value...), true
		if len(data) > maxMessage {
			return errEventTooLarge
		}
	}
}

var errEventTooLarge = fmt.Errorf("event exceeds %d bytes", maxMessage)

func dataOf(line []byte) (value []byte, ok bool) {
	name, value, _ := bytes.Cut(line, []byte(":"))
	if string(name) != "data" {
		return nil, false
	}
	return bytes.TrimPrefix(value, []byte(" ")), true
}

// readLine is ReadBytes with a bound.
func readLine(reader *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := reader.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxMessage {
			return nil, errEventTooLarge
		}
		if err == nil {
			return bytes.TrimRight(line, "\r\n"), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
	}
}

// Send posts messages.
func (s *EventStream) Send(ctx context.Context, data []byte) error {
	return s.client.post(ctx, s.id, data)
}

// Receive returns one event's data.
func (s *EventStream) Receive(ctx context.Context) (Chunk, error) { return s.inbox.receive(ctx) }

// Close hangs up, which is all that the client does.
func (s *EventStream) Close(context.Context) error {
	return wrap("close event stream", ignoreClosed(s.wire.Close()))
}
