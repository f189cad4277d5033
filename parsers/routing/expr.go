package routing

import (
	"hash/fnv"
	"strings"
)

// Expr is a text computed from the request in flight.
type Expr interface {
	eval(f *flight) Value
}

type (
	// Lit is a value that does not depend on the request; an unknown one stands for what could not be read.
	Lit struct{ Value }
	// Part reads a place of the request in flight, or of the request as it came in.
	Part struct {
		Of       Place
		Original bool
		Span     Span
	}
	// Concat joins texts.
	Concat struct {
		Parts []Expr
		Span  Span
	}
	// Call is a function of texts that one product has: decoding, escaping, cutting. Try takes the place of Fn where the function is not
	// defined for every text; where it is not, the value is unknown.
	// Where it is a table, Line tells which line of the configuration the answer stands on, Label names the whole in the product's words, and
	// Values are all that it can give.
	Call struct {
		Name   string
		Fn     func(args ...string) string
		Try    func(args ...string) (string, bool)
		Args   []Expr
		Span   Span
		Line   func(args ...string) Span
		Label  string
		Values []Value
	}
	// Lookup is a map: exact keys, then patterns in order, then the default; an unset value without one. Groups of a pattern can be
	// read by the value beside it only.
	Lookup struct {
		Key      Expr
		Fold     bool // exact keys are in lower case and compare so
		Exact    map[string]Expr
		Patterns []LookupCase
		Default  Expr
		// Label is the product's own words: "map $http_upgrade $connection_upgrade".
		Label string
		Span  Span
	}
	// LookupCase is one pattern of a Lookup.
	LookupCase struct {
		Pattern *Pattern
		To      Expr
	}
	// Once is a text that is computed when it is first asked for, and stays so for the rest of the request: products that keep the value
	// of a variable do not see what its parts become later. Name tells it from others.
	Once struct {
		Name string
		Of   Expr
	}
	// Remark is a text with what a report says about it: where it was decided, whose default it is, and which other places had a
	// part in it. What it leaves zero stays as Of has it.
	Remark struct {
		Of      Expr
		Span    Span
		Default string
		Related []Note
	}
	// Choose is the first arm whose condition holds; an unset value when none does.
	Choose struct {
		Arms []ChooseArm
	}
	// ChooseArm is one arm of a Choose.
	ChooseArm struct {
		When Cond
		To   Expr
	}
	// Split shares the values of Key out by a hash of it. Shares add up to 1; the last bucket takes the rest.
	Split struct {
		Key     Expr
		Buckets []Bucket
		Hash    func(key string) uint32 // nil: one that is not the product's own
		// Label is the product's own words: "split_clients $remote_addr".
		Label string
		Span  Span
	}
	// Bucket is one share of a Split.
	Bucket struct {
		Share float64
		To    Expr
	}
)

// Text is a literal text without a place.
func Text(s string) Expr { return Lit{Of(s, Span{})} }

// Read is the place in flight.
func Read(kind PlaceKind, name string) Expr { return Part{Of: Place{kind, name}} }

// ReadOriginal is the place as the request came in.
func ReadOriginal(kind PlaceKind, name string) Expr {
	return Part{Of: Place{kind, name}, Original: true}
}

func (e Lit) eval(*flight) Value { return e.Value }

func (e Part) eval(f *flight) Value {
	if e.Original {
		return f.original(e.Of).At(e.Span)
	}
	return f.read(e.Of).At(e.Span)
}

func (e Concat) eval(f *flight) Value {
	var b strings.Builder
	out := Value{state: Known, Span: e.Span}
	for _, part := range e.Parts {
		v := part.eval(f)
		if v.IsUnknown() {
			return v
		}
		if out.Span.IsZero() {
			out.Span = v.Span
		}
		out = out.relate(v.Related)
		b.WriteString(v.text)
	}
	return out.bounded(b.String())
}

// maxText bounds a computed text: no request that a product accepts is longer, and a loop that doubles one must not eat the memory.
const maxText = 64 << 10

func (v Value) bounded(text string) Value {
	if len(text) > maxText {
		return UnknownOf("the text computed here grows beyond 64 KiB", v.Span)
	}
	v.text = text
	return v
}

func (e Call) eval(f *flight) Value {
	args := make([]string, len(e.Args))
	out := Value{state: Known, Span: e.Span}
	for i, a := range e.Args {
		v := a.eval(f)
		if v.IsUnknown() {
			return v
		}
		if out.Span.IsZero() {
			out.Span = v.Span
		}
		out = out.relate(v.Related)
		args[i] = v.text
	}
	if e.Try == nil {
		v := out.bounded(e.Fn(args...))
		if f.story != nil && e.Line != nil {
			f.looked(e.Label, args[0], Of(v.text, e.Line(args...)))
		}
		return v
	}
	text, ok := e.Try(args...)
	if !ok {
		return UnknownOf(e.Name+" fails for this request", out.Span)
	}
	return out.bounded(text)
}

func (e Lookup) eval(f *flight) Value {
	key := e.Key.eval(f)
	if key.IsUnknown() {
		return key
	}
	exact := key.text
	if e.Fold {
		exact = strings.ToLower(exact)
	}
	if to, ok := e.Exact[exact]; ok {
		return f.looked(e.Label, key.text, to.eval(f).At(e.Span))
	}
	before := f.captures
	defer func() { f.captures = before }()
	for _, c := range e.Patterns {
		if f.capture(c.Pattern, key.text) {
			return f.looked(e.Label, key.text, c.To.eval(f).At(e.Span))
		}
	}
	if e.Default == nil {
		return Value{Span: e.Span}
	}
	return f.looked(e.Label, key.text, e.Default.eval(f).At(e.Span))
}

func (e Once) eval(f *flight) Value {
	return f.once(e)
}

func (e Remark) eval(f *flight) Value {
	v := e.Of.eval(f)
	if !e.Span.IsZero() {
		v.Span = e.Span
	}
	if e.Default != "" && v.state == Known {
		v.note = e.Default
	}
	return v.relate(e.Related)
}

func (e Choose) eval(f *flight) Value {
	for _, a := range e.Arms {
		switch t := a.When.holds(f); t.Is {
		case Yes:
			return a.To.eval(f)
		case Maybe:
			return *t.Because
		case No:
		}
	}
	return Value{}
}

func (e Split) eval(f *flight) Value {
	key := e.Key.eval(f)
	if key.IsUnknown() {
		return key
	}
	if len(e.Buckets) == 0 {
		return Value{Span: e.Span}
	}
	v := f.looked(e.Label, key.text, e.bucket(key.text).To.eval(f).At(e.Span))
	if e.Label != "" {
		v = v.With(e.Span, e.Label)
	}
	return v
}

// bucket is the share that a key falls into.
func (e Split) bucket(key string) Bucket {
	hash := e.Hash
	if hash == nil {
		hash = hashKey
	}
	x, sum := float64(hash(key))/(1<<32), 0.0
	last := len(e.Buckets) - 1
	for _, b := range e.Buckets[:last] {
		if sum += b.Share; x < sum {
			return b
		}
	}
	return e.Buckets[last]
}

// hashKey stands for hashes that are not known: which share a key falls into is not judged then, only that equal keys fall into the
// same one.
func hashKey(key string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // a hash never fails
	sum := h.Sum32()            // FNV leaves its high bits poor for short keys; mix them (MurmurHash3 finalizer)
	sum ^= sum >> 16
	sum *= 0x85ebca6b
	sum ^= sum >> 13
	sum *= 0xc2b2ae35
	return sum ^ sum>>16
}
