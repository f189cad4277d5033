package fakesignalr

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/tinylib/msgp/msgp"
)

// maxPrefix is the longest length prefix: 31 bits, seven in a byte (HubProtocol.md, "Framing").
const maxPrefix = 5

func splitLengthPrefixed(buffer []byte) (body, rest []byte, ok bool) {
	length, n := binary.Uvarint(buffer[:min(len(buffer), maxPrefix)])
	if n <= 0 || length > uint64(len(buffer)-n) { //nolint:gosec // n is no longer than the buffer
		return nil, buffer, false
	}
	return buffer[n : n+int(length)], buffer[n+int(length):], true //nolint:gosec // no longer than the buffer
}

// packed reads the fields of a message one by one (HubProtocol.md, "MessagePack (MsgPack) encoding"); the first error stays.
type packed struct {
	rest []byte
	left uint32
	err  error
}

func take[T any](p *packed, read func([]byte) (T, []byte, error)) (value T) {
	if p.err != nil || p.left == 0 {
		return value
	}
	p.left--
	value, p.rest, p.err = read(p.rest)
	return value
}

// text reads a string or nil.
func text(b []byte) (string, []byte, error) {
	if msgp.IsNil(b) {
		rest, err := msgp.ReadNilBytes(b)
		return "", rest, err
	}
	return msgp.ReadStringBytes(b)
}

// value reads anything, as JSON.
func value(b []byte) (json.RawMessage, []byte, error) {
	rest, err := msgp.Skip(b)
	if err != nil {
		return nil, nil, err
	}
	var out bytes.Buffer
	_, err = msgp.UnmarshalAsJSON(&out, b[:len(b)-len(rest)])
	return out.Bytes(), rest, err
}

func skipped(b []byte) (struct{}, []byte, error) {
	rest, err := msgp.Skip(b)
	return struct{}{}, rest, err
}

func values(b []byte) ([]json.RawMessage, []byte, error) {
	n, rest, err := msgp.ReadArrayHeaderBytes(b)
	if err != nil || int(n) > len(rest) { // each takes a byte at least
		return nil, rest, errors.Join(err, errors.New("arguments are cut off"))
	}
	out := make([]json.RawMessage, n)
	for i := range out {
		if out[i], rest, err = value(rest); err != nil {
			return nil, rest, err
		}
	}
	return out, rest, nil
}

func decodeMessagePack(body []byte) (message, error) {
	n, rest, err := msgp.ReadArrayHeaderBytes(body)
	if err != nil || n == 0 {
		return message{}, fmt.Errorf("read message: no array: %w", err)
	}
	p := &packed{rest: rest, left: n}
	m := message{Type: take(p, msgp.ReadIntBytes)}
	switch m.Type {
	case typeInvocation, typeStreamInvocation:
		take(p, skipped) // headers
		m.InvocationID, m.Target, m.Arguments = take(p, text), take(p, text), take(p, values)
	case typeCancel:
		take(p, skipped) // headers
		m.InvocationID = take(p, text)
	case typeClose:
		m.Error = take(p, text)
	}
	return m, p.err
}

// Kinds of results in a completion.
const (
	resultError = 1
	resultVoid  = 2
	resultValue = 3
)

func encodeMessagePack(m message) ([]byte, error) {
	var b []byte
	var err error
	switch m.Type {
	case typeInvocation:
		b = head(m, 6)
		b = msgp.AppendString(optional(b, m.InvocationID), m.Target)
		if b, err = appendValues(b, m.Arguments); err == nil {
			b = msgp.AppendArrayHeader(b, 0) // streams
		}
	case typeStreamItem:
		b = msgp.AppendString(head(m, 4), m.InvocationID)
		b, err = appendValue(b, m.Item)
	case typeCompletion:
		b, err = appendCompletion(m)
	case typeClose:
		b = optional(msgp.AppendInt(msgp.AppendArrayHeader(nil, 2), m.Type), m.Error)
	case typeSequence:
		b = msgp.AppendInt64(msgp.AppendInt(msgp.AppendArrayHeader(nil, 2), m.Type), m.SequenceID)
	default:
		b = msgp.AppendInt(msgp.AppendArrayHeader(nil, 1), m.Type)
	}
	if err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	return append(binary.AppendUvarint(nil, uint64(len(b))), b...), nil
}

// head begins a message of that many fields: its type and its headers, of which there are none.
func head(m message, fields uint32) []byte {
	return msgp.AppendMapHeader(msgp.AppendInt(msgp.AppendArrayHeader(nil, fields), m.Type), 0)
}

func optional(b []byte, s string) []byte {
	if s == "" {
		return msgp.AppendNil(b)
	}
	return msgp.AppendString(b, s)
}

func appendCompletion(m message) ([]byte, error) {
	switch {
	case m.Error != "":
		return msgp.AppendString(msgp.AppendInt(msgp.AppendString(head(m, 5), m.InvocationID), resultError), m.Error), nil
	case m.Result == nil:
		return msgp.AppendInt(msgp.AppendString(head(m, 4), m.InvocationID), resultVoid), nil
	}
	return appendValue(msgp.AppendInt(msgp.AppendString(head(m, 5), m.InvocationID), resultValue), m.Result)
}

func appendValues(b []byte, all []json.RawMessage) ([]byte, error) {
	b = msgp.AppendArrayHeader(b, uint32(len(all))) //nolint:gosec // as many as a message can hold
	var err error
	for _, v := range all {
		if b, err = appendValue(b, v); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func appendValue(b []byte, v json.RawMessage) ([]byte, error) {
	var decoded any
	if err := json.Unmarshal(v, &decoded); err != nil {
		return nil, err
	}
	return msgp.AppendIntf(b, whole(decoded))
}

// whole makes integers of the numbers that are, as clients expect of counts and times.
func whole(v any) any {
	switch v := v.(type) {
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
	case []any:
		for i := range v {
			v[i] = whole(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = whole(v[key])
		}
	}
	return v
}
