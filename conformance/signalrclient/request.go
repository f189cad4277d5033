package signalrclient

import (
	"bytes"
	"strings"
)

// Field is one header line. It is sent as it is written.
type Field struct{ Name, Value string }

// Request is an HTTP/1 request, byte for byte: no header is added, and none is checked.
type Request struct {
	Method string
	Target string  // as on the request line
	Proto  string  // HTTP/1.1 when empty
	Header []Field // in order, Host included
	Body   []byte
}

// Bytes is what goes over the wire.
func (r Request) Bytes() []byte {
	var b bytes.Buffer
	proto := r.Proto
	if proto == "" {
		proto = "HTTP/1.1"
	}
	b.WriteString(r.Method + " " + r.Target + " " + proto + "\r\n")
	for _, f := range r.Header {
		b.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	b.WriteString("\r\n")
	b.Write(r.Body)
	return b.Bytes()
}

// Set replaces the first line of that name and drops the others, or adds one at the end.
func (r *Request) Set(name, value string) {
	kept := make([]Field, 0, len(r.Header)+1)
	done := false
	for _, f := range r.Header {
		if !strings.EqualFold(f.Name, name) {
			kept = append(kept, f)
			continue
		}
		if !done {
			kept = append(kept, Field{name, value})
			done = true
		}
	}
	if !done {
		kept = append(kept, Field{name, value})
	}
	r.Header = kept
}

// Remove drops all lines of that name.
func (r *Request) Remove(name string) {
	kept := make([]Field, 0, len(r.Header))
	for _, f := range r.Header {
		if !strings.EqualFold(f.Name, name) {
			kept = append(kept, f)
		}
	}
	r.Header = kept
}

// Get is the value of the first line of that name, or nothing.
func (r Request) Get(name string) string {
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}
