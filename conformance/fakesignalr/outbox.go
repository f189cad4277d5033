package fakesignalr

import (
	"context"
	"sync"
)

// maxQueued bounds what waits for a client that does not read or poll.
const maxQueued = 8 << 20

// frame is a message as the transport gets it; WebSockets tell text from binary.
type frame struct {
	data   []byte
	binary bool
}

// outbox holds messages on their way to the client until the transport takes them.
type outbox struct {
	mu     sync.Mutex
	queue  []frame
	bytes  int
	closed bool
	wake   chan struct{} // holds one token while there is something to look at
}

func newOutbox() *outbox { return &outbox{wake: make(chan struct{}, 1)} }

// put queues a message; false means that the client is too slow, or gone.
func (o *outbox) put(message frame) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || o.bytes+len(message.data) > maxQueued {
		return false
	}
	o.queue = append(o.queue, message)
	o.bytes += len(message.data)
	o.rouse()
	return true
}

// finish lets the transport end once the queue is empty.
func (o *outbox) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.rouse()
}

func (o *outbox) rouse() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// take empties the queue without waiting; open is false when no message will follow.
func (o *outbox) take() (messages []frame, open bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	messages = o.queue
	o.queue, o.bytes = nil, 0
	return messages, !o.closed
}

// next waits for messages or for the end.
func (o *outbox) next(ctx context.Context) (messages []frame, open bool, err error) {
	for {
		if messages, open = o.take(); len(messages) > 0 || !open {
			return messages, open, nil
		}
		select {
		case <-o.wake:
		case <-ctx.Done():
			return nil, true, ctx.Err()
		}
	}
}
