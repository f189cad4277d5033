package fakesignalr

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// handle acts on one message from the client. Called with s.mu held.
func (s *session) handle(m message) {
	s.listen(m.Type == typePing)
	switch m.Type {
	case typeInvocation:
		s.invoke(m)
	case typeStreamInvocation:
		s.stream(m)
	case typeCancel:
		if cancel := s.streams[m.InvocationID]; cancel != nil {
			cancel()
		}
	case typeClose:
		s.end(nil, 1000, "")
	}
}

// listen starts or restarts the clock of a client that pings. A client that never pinged was seen to stay for hours
// (azure-signalr#558), so the first ping starts it.
func (s *session) listen(ping bool) {
	limit := s.c.cluster.Knobs().ClientTimeout
	switch {
	case s.heard != nil:
		s.heard.Reset(limit)
	case ping && s.pings.Load() && limit > 0:
		s.heard = time.AfterFunc(limit, s.silenced)
	}
}

func (s *session) silenced() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.abort("Client timeout elapsed without receiving a message from the client.")
}

// methods are what the fake's hub can do; .NET compares their names without case.
var methods = map[string]func(*session, message) (json.RawMessage, error){
	"echo":   (*session).echo,
	"events": (*session).events,
	"close":  (*session).close,
}

func (s *session) invoke(m message) {
	method, known := methods[strings.ToLower(m.Target)]
	if !known {
		s.complete(m, nil, fmt.Errorf("Unknown hub method '%s'", m.Target)) //nolint:staticcheck // .NET's words
		return
	}
	result, err := method(s, m)
	s.complete(m, result, err)
}

// complete answers an invocation that wants an answer.
func (s *session) complete(m message, result json.RawMessage, err error) {
	if m.InvocationID == "" {
		return
	}
	reply := message{Type: typeCompletion, InvocationID: m.InvocationID, Result: result}
	if err != nil {
		reply.Error = err.Error()
	}
	s.sayLocked(reply)
}

// echo returns its first argument, and invokes echo at the client with all of them.
func (s *session) echo(m message) (json.RawMessage, error) {
	if len(m.Arguments) == 0 {
		return nil, errors.New("echo takes an argument")
	}
	s.sayLocked(message{Type: typeInvocation, Target: "echo", Arguments: m.Arguments})
	return m.Arguments[0], nil
}

// events (count, milliseconds) makes the server invoke event at the client that often and that far apart.
func (s *session) events(m message) (json.RawMessage, error) {
	var count, spacing int
	if len(m.Arguments) != 2 || json.Unmarshal(m.Arguments[0], &count) != nil || json.Unmarshal(m.Arguments[1], &spacing) != nil {
		return nil, errors.New("events takes a count and milliseconds")
	}
	return nil, s.c.sendEvents(count, time.Duration(spacing)*time.Millisecond)
}

// close (code, text) makes the server end the connection, a WebSocket with that close code.
func (s *session) close(m message) (json.RawMessage, error) {
	code, text := 1000, ""
	if len(m.Arguments) > 0 && json.Unmarshal(m.Arguments[0], &code) != nil {
		return nil, errors.New("close takes a code and a text")
	}
	if len(m.Arguments) > 1 && json.Unmarshal(m.Arguments[1], &text) != nil {
		return nil, errors.New("close takes a code and a text")
	}
	if !closeCodeAllowed(code) || len(text) > maxCloseText {
		return nil, errors.New("close code or text not allowed")
	}
	s.complete(m, nil, nil)
	s.sayLocked(message{Type: typeClose})
	s.end(nil, code, text)
	return nil, nil
}

// maxCloseText is what fits into a control frame beside the code (RFC 6455 section 5.5).
const maxCloseText = 123

// closeCodeAllowed holds for codes that may be sent (RFC 6455 section 7.4).
func closeCodeAllowed(code int) bool {
	return code == 1000 || code == 1001 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999
}

// resume greets a client that came back (stateful reconnect): the sequence message tells it where the server continues.
// Lost messages are not sent again.
func (s *session) resume() { s.say(message{Type: typeSequence, SequenceID: 1}) }
