package signalrclient

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Link is a connected transport. Send and Receive may be called from different goroutines.
type Link interface {
	// Send delivers bytes to the service, and returns when they were written, or accepted with 200.
	Send(ctx context.Context, data []byte) error
	// Receive waits for the next bytes from the service; a context that ends does no harm to the link. io.EOF means that the
	// service ended the link in order.
	Receive(ctx context.Context) (Chunk, error)
	// Close ends the link as a client that stops does.
	Close(ctx context.Context) error
}

// Chunk is what arrived at once: a WebSocket message, an event, or a poll's answer.
type Chunk struct {
	Data    []byte
	Arrived time.Time
}

// maxUnread bounds what a link holds for a caller that does not receive.
const maxUnread = 16 << 20

var errUnread = fmt.Errorf("more than %d bytes arrived unread", maxUnread)

// inbox keeps chunks from the moment they arrive, so that their times do not depend on when the caller looks.
type inbox struct {
	mu     sync.Mutex
	chunks []Chunk
	bytes  int
	err    error // why nothing more will come
	wake   chan struct{}
}

func newInbox() *inbox { return &inbox{wake: make(chan struct{}, 1)} }

func (b *inbox) add(data []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bytes+len(data) > maxUnread {
		return errUnread
	}
	b.chunks = append(b.chunks, Chunk{data, time.Now()})
	b.bytes += len(data)
	b.rouse()
	return nil
}

func (b *inbox) end(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
	}
	b.rouse()
}

// reason is why nothing more will come, or nil.
func (b *inbox) reason() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

func (b *inbox) rouse() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

func (b *inbox) receive(ctx context.Context) (Chunk, error) {
	for {
		if chunk, err, ok := b.next(); ok {
			return chunk, err
		}
		select {
		case <-b.wake:
		case <-ctx.Done():
			return Chunk{}, fmt.Errorf("wait for the service: %w", ctx.Err())
		}
	}
}

func (b *inbox) next() (chunk Chunk, err error, ok bool) { //nolint:revive // the error belongs to the chunk
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.chunks) > 0 {
		chunk = b.chunks[0]
		b.chunks = b.chunks[1:]
		b.bytes -= len(chunk.Data)
		return chunk, nil, true
	}
	if b.err != nil {
		b.rouse() // for whoever else waits
		return Chunk{}, b.err, true
	}
	return Chunk{}, nil, false
}

// ErrEnded means that the service or something on the way ended a link without the close that belongs to it.
var ErrEnded = errors.New("connection was cut")
