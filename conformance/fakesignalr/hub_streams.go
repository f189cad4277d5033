package fakesignalr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxStreams bounds the streams that one client has under way.
const maxStreams = 100

// stream answers a stream invocation: counter (count, milliseconds) sends that many numbers, that far apart. Called with s.mu held.
func (s *session) stream(m message) {
	count, spacing, err := counter(m)
	switch {
	case err != nil:
		s.complete(m, nil, err)
		return
	case m.InvocationID == "" || s.streams[m.InvocationID] != nil || len(s.streams) >= maxStreams:
		s.complete(m, nil, errors.New("a stream needs an invocation id of its own, and there may not be many"))
		return
	}
	if s.streams == nil {
		s.streams = map[string]context.CancelFunc{}
	}
	ctx, cancel := context.WithCancel(s.c.ctx)
	s.streams[m.InvocationID] = cancel
	go s.count(ctx, m, count, spacing)
}

func counter(m message) (count int, spacing time.Duration, err error) {
	if !strings.EqualFold(m.Target, "counter") {
		return 0, 0, fmt.Errorf("Unknown hub method '%s'", m.Target) //nolint:staticcheck // .NET's words
	}
	var milliseconds int
	if len(m.Arguments) != 2 || json.Unmarshal(m.Arguments[0], &count) != nil || json.Unmarshal(m.Arguments[1], &milliseconds) != nil {
		return 0, 0, errors.New("counter takes a count and milliseconds")
	}
	spacing = time.Duration(milliseconds) * time.Millisecond
	if count < 0 || count > maxEvents || spacing < 0 || spacing > maxEventSpacing {
		return 0, 0, fmt.Errorf("%d items %v apart is out of bounds", count, spacing)
	}
	return count, spacing, nil
}

// count sends the items, and the completion unless the client canceled.
func (s *session) count(ctx context.Context, m message, count int, spacing time.Duration) {
	for i := range count {
		if ctx.Err() != nil {
			break
		}
		s.say(message{Type: typeStreamItem, InvocationID: m.InvocationID, Item: json.RawMessage(strconv.Itoa(i))})
		select {
		case <-ctx.Done():
		case <-time.After(spacing):
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams[m.InvocationID] != nil {
		s.streams[m.InvocationID]()
		delete(s.streams, m.InvocationID)
	}
	s.complete(m, nil, nil)
}
