package signalrclient

import (
	"fmt"
	"strings"
)

// OperationError is an answer, or the lack of one, that a SignalR client could not go on with.
type OperationError struct {
	Operation string    // negotiate, connect websocket, poll …
	Exchange  *Exchange // its Response is nil when none came
	Err       error
}

// Error names the operation and what stood in its way.
func (f *OperationError) Error() string { return f.Operation + ": " + f.Err.Error() }

// Unwrap is the cause.
func (f *OperationError) Unwrap() error { return f.Err }

// StatusError is an answer with another status than the operation needs.
type StatusError struct {
	Status int
	Want   int
	Body   string // its beginning
}

// Error shows the beginning of the body, because there the cause usually stands.
func (e *StatusError) Error() string {
	text := fmt.Sprintf("status %d, want %d", e.Status, e.Want)
	if e.Body == "" {
		return text
	}
	return text + ": " + e.Body
}

// maxShown bounds the part of a body that an error message quotes.
const maxShown = 200

func shown(body []byte) string {
	text := strings.ToValidUTF8(string(body[:min(len(body), maxShown)]), "�")
	return strings.Join(strings.Fields(text), " ")
}

var errBodyTooLarge = fmt.Errorf("response body exceeds %d bytes", MaxBody)

// demand turns an exchange into an error unless it has the status, and is whole.
func demand(operation string, exchange *Exchange, err error, status int) error {
	if err != nil {
		return &OperationError{operation, exchange, err}
	}
	if exchange.Status() != status {
		cause := &StatusError{Status: exchange.Status(), Want: status, Body: shown(exchange.Response.Body)}
		return &OperationError{operation, exchange, cause}
	}
	if exchange.Response.Truncated {
		return &OperationError{operation, exchange, errBodyTooLarge}
	}
	return nil
}
