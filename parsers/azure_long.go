package parsers

import (
	"cmp"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// longFrom is the length from which a list of resources is read piece by piece: shorter ones are read faster as a whole.
const longFrom = 8 << 20

// headLength is enough of a text to tell its format.
const headLength = 1 << 20

// longText is a text of which only the head is in memory.
type longText struct {
	io.ReaderAt
	size int64
}

// longFile reads a file at the places that are asked for. It is opened each time: nobody knows when it is needed last.
type longFile string

// ReadAt implements io.ReaderAt.
func (f longFile) ReadAt(p []byte, at int64) (int, error) {
	file, err := os.Open(string(f))
	if err != nil {
		return 0, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	return file.ReadAt(p, at)
}

// asLong is the source with only its head in memory, where it is a long list of resources.
func (o Options) asLong(s source, text io.ReaderAt, size int64) (source, bool) {
	if size < cmp.Or(o.LongFrom, longFrom) || size > maxFile || o.As != "" && o.As != azureFormat.Name || isTerraform(s.path) {
		return s, false
	}
	head := make([]byte, min(size, headLength))
	if n, err := text.ReadAt(head, 0); n < len(head) && err != nil || !azure.IsLong(head) {
		return s, false
	}
	s.data, s.long = head, &longText{text, size}
	return s, true
}

// readLong is readAzure for a long list.
func readLong(s source, in *azureInputs) loaded {
	f := found{in: in, source: s.name, long: s.long}
	report, err := azure.StreamFrom(s.name, s.data, io.NewSectionReader(s.long, 0, s.long.size), f.resource)
	return f.loaded(s, report, err)
}

// lowerer compiles a resource into a gateway.
type lowerer func(*azure.Resource, *azure.Estate) *routing.Gateway

// lowered is the gateway that a resource is. Of a long list it is compiled to see what is wrong with the resource, forgotten, and compiled
// again when it is judged.
func (f *found) lowered(r *azure.Resource, lower lowerer) *routing.Gateway {
	if f.long == nil || azure.IsShared(r) {
		return lower(r, f.in.Estate)
	}
	view := f.in.View()
	look := lower(r, view)
	if look == nil {
		return nil
	}
	at, form := r.Node.Stretch(), r.Form
	g := routing.Later(look, func(g *routing.Gateway) *routing.Gateway { return f.again(g, at, form, lower) })
	f.in.later = append(f.in.later, laterGateway{g, view.Asked()})
	return g
}

// laterGateway is a gateway that is made later, with the names of the resources that it refers to.
type laterGateway struct {
	*routing.Gateway
	asked []string
}

// lookAgain takes up what became known of gateways by resources that were read behind them, such as the names of public addresses.
func (a *azureInputs) lookAgain() {
	for _, g := range a.later {
		if slices.ContainsFunc(g.asked, a.Has) {
			g.LooksLike(g.Open())
		}
	}
	a.later = nil
}

var errChanged = errors.New("it has changed since it was read first")

// again makes a gateway again.
func (f *found) again(g *routing.Gateway, at jsontree.Stretch, form azure.Form, lower lowerer) *routing.Gateway {
	r, err := f.reread(g, at, form)
	if err != nil {
		return &routing.Gateway{Kind: g.Kind, Name: g.Name, Span: g.Span, Problems: []routing.Problem{{
			Span: g.Span, Kind: routing.Unread, Message: "it could not be read again: " + err.Error(), Fix: "Leave the file alone while it is read.",
		}}}
	}
	view := f.in.View()
	whole := lower(r, view)
	whole.Problems = append(whole.Problems, g.Problems...)
	whole.Notes = append(whole.Notes, g.Notes...)
	view.Close()
	return whole
}

func (f *found) reread(g *routing.Gateway, at jsontree.Stretch, form azure.Form) (*azure.Resource, error) {
	text := make([]byte, at.End-at.Start)
	if _, err := f.long.ReadAt(text, at.Start); err != nil {
		return nil, err
	}
	r, err := azure.Again(at, text, form)
	if err != nil || r.Title != g.Name || !isGateway(r) {
		return nil, errChanged
	}
	r.Source = f.source
	return r, nil
}
