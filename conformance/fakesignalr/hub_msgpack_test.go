package fakesignalr

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/tinylib/msgp/msgp"
)

// invocation is a stream invocation of counter(3, 50) with invocation id 1, as clients write it.
func invocation() []byte {
	b := msgp.AppendMapHeader(msgp.AppendInt(msgp.AppendArrayHeader(nil, 6), typeStreamInvocation), 0)
	b = msgp.AppendString(msgp.AppendString(b, "1"), "counter")
	b = msgp.AppendInt(msgp.AppendInt(msgp.AppendArrayHeader(b, 2), 3), 50)
	return msgp.AppendArrayHeader(b, 0)
}

func TestMessagePackMessagesAreRead(t *testing.T) {
	m, err := decodeMessagePack(invocation())
	if err != nil || m.Type != typeStreamInvocation || m.InvocationID != "1" || m.Target != "counter" ||
		len(m.Arguments) != 2 || string(m.Arguments[0]) != "3" || string(m.Arguments[1]) != "50" {
		t.Errorf("read %+v and %v", m, err)
	}
}

// The bytes are those of the examples in HubProtocol.md, where it has some.
func TestMessagePackMessagesAreWritten(t *testing.T) {
	for name, tt := range map[string]struct {
		m    message
		want []byte
	}{
		"ping":             {message{Type: typePing}, []byte{0x02, 0x91, 0x06}},
		"close":            {message{Type: typeClose}, []byte{0x03, 0x92, 0x07, 0xc0}},
		"close with error": {message{Type: typeClose, Error: "xyz"}, []byte{0x06, 0x92, 0x07, 0xa3, 'x', 'y', 'z'}},
		"completion with error": {message{Type: typeCompletion, InvocationID: "xyz", Error: "Error"}, []byte{
			0x0e, 0x95, 0x03, 0x80, 0xa3, 'x', 'y', 'z', 0x01, 0xa5, 'E', 'r', 'r', 'o', 'r',
		}},
		"completion without result": {message{Type: typeCompletion, InvocationID: "xyz"}, []byte{0x08, 0x94, 0x03, 0x80, 0xa3, 'x', 'y', 'z', 0x02}},
		"completion with result": {message{Type: typeCompletion, InvocationID: "xyz", Result: json.RawMessage("42")}, []byte{
			0x09, 0x95, 0x03, 0x80, 0xa3, 'x', 'y', 'z', 0x03, 0x2a,
		}},
		"stream item": {message{Type: typeStreamItem, InvocationID: "xyz", Item: json.RawMessage("42")}, []byte{
			0x08, 0x94, 0x02, 0x80, 0xa3, 'x', 'y', 'z', 0x2a,
		}},
		"invocation": {message{Type: typeInvocation, Target: "event", Arguments: []json.RawMessage{json.RawMessage("42")}}, []byte{
			0x0d, 0x96, 0x01, 0x80, 0xc0, 0xa5, 'e', 'v', 'e', 'n', 't', 0x91, 0x2a, 0x90,
		}},
	} {
		if got, err := encodeMessagePack(tt.m); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s is written as % x and %v, want % x", name, got, err, tt.want)
		}
	}
}

func TestPartsOfMessagePackMessagesAreWaitedFor(t *testing.T) {
	whole, err := encodeMessagePack(message{Type: typeCompletion, InvocationID: "1", Result: json.RawMessage(`"hello"`)})
	if err != nil {
		t.Fatal(err)
	}
	two := slices.Concat(whole, whole)
	for n := range len(whole) {
		if _, _, ok := splitLengthPrefixed(two[:n]); ok {
			t.Errorf("%d bytes of %d are taken for a message", n, len(whole))
		}
	}
	if _, rest, ok := splitLengthPrefixed(two); !ok || len(rest) != len(whole) {
		t.Errorf("the first of two messages leaves %d bytes, want %d", len(rest), len(whole))
	}
}

func FuzzMessagePack(f *testing.F) {
	f.Add(invocation())
	f.Add([]byte{0x91, 0x06})
	f.Add([]byte{0x95, 0x01, 0x80, 0xc0, 0xa1, 'x', 0xdd, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(_ *testing.T, body []byte) {
		if m, err := decodeMessagePack(body); err == nil {
			_, _ = encodeMessagePack(m) // it must not panic
		}
	})
}
