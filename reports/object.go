package reports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// objectWriter writes a JSON object member by member, and lists item by item: a report of ten thousand client endpoints is not held
// in memory a second time. The first error is kept for close.
type objectWriter struct {
	out  *bufio.Writer
	open bool
	err  error
}

// name begins a member.
func (o *objectWriter) name(name string) {
	before := "{"
	if o.open {
		before = ","
	}
	o.open = true
	o.print(before + "\n  \"" + name + "\": ")
}

func (o *objectWriter) print(text string) {
	_, _ = o.out.WriteString(text) // bufio keeps the error for close
}

// value writes a value behind an indent.
func (o *objectWriter) value(v any, indent string) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent(indent, "  ")
	e.SetEscapeHTML(false)
	o.err = errors.Join(o.err, e.Encode(v))
	_, _ = o.out.Write(bytes.TrimRight(b.Bytes(), "\n")) // bufio keeps the error for close
}

func (o *objectWriter) member(name string, v any) {
	o.name(name)
	o.value(v, "  ")
}

// list writes a member that is a list.
func list[A, B any](o *objectWriter, name string, items []A, to func(A) B) {
	o.name(name)
	if len(items) == 0 {
		o.print("[]")
		return
	}
	before := "["
	for _, item := range items {
		o.print(before + "\n    ")
		o.value(to(item), "    ")
		before = ","
	}
	o.print("\n  ]")
}

func (o *objectWriter) close() error {
	o.print("\n}\n")
	if err := errors.Join(o.err, o.out.Flush()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
