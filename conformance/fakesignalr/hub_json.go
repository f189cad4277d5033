package fakesignalr

import (
	"bytes"
	"encoding/json"
)

// Message types (HubProtocol.md).
const (
	typeInvocation       = 1
	typeStreamItem       = 2
	typeCompletion       = 3
	typeStreamInvocation = 4
	typeCancel           = 5
	typePing             = 6
	typeClose            = 7
	typeSequence         = 9
)

// message is a hub message of any type; its fields are those of the JSON encoding.
type message struct {
	Type         int               `json:"type"`
	InvocationID string            `json:"invocationId,omitempty"`
	Target       string            `json:"target,omitempty"`
	Arguments    []json.RawMessage `json:"arguments,omitzero"`
	Item         json.RawMessage   `json:"item,omitempty"`
	Result       json.RawMessage   `json:"result,omitempty"`
	Error        string            `json:"error,omitempty"`
	SequenceID   int64             `json:"sequenceId,omitempty"`
}

// protocol is an encoding of hub messages. Whatever it is, arguments and results are JSON inside.
type protocol struct {
	binary bool
	split  func(buffer []byte) (body, rest []byte, ok bool)
	decode func(body []byte) (message, error)
	encode func(message) ([]byte, error)
}

// protocols are those that the handshake can choose, by name.
var protocols = map[string]protocol{
	"json": {
		split: func(buffer []byte) (body, rest []byte, ok bool) {
			return bytes.Cut(buffer, []byte{recordSeparator})
		},
		decode: decodeJSON,
		encode: encodeJSON,
	},
	"messagepack": {binary: true, split: splitLengthPrefixed, decode: decodeMessagePack, encode: encodeMessagePack},
}

func decodeJSON(body []byte) (message, error) {
	var m message
	err := json.Unmarshal(body, &m)
	return m, err
}

// encodeJSON leaves <, > and & as they are, as .NET's relaxed clients do not care and sizes stay those of the argument.
func encodeJSON(m message) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(m); err != nil {
		return nil, err
	}
	encoded := buffer.Bytes()
	encoded[len(encoded)-1] = recordSeparator // in place of the line end
	return encoded, nil
}
