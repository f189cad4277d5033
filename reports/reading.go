package reports

import (
	"bufio"
	"cmp"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Reading is what a run understood of its inputs, made ready for every format: secrets are taken out of it.
type Reading struct{ shape readingShape }

// ReadingFormats are the ways to render a reading, the default first.
func ReadingFormats() []ReadingFormat {
	return []ReadingFormat{{"text", "plain text for people", (*Reading).WriteText}, {"json", "everything, for programs", (*Reading).WriteJSON}}
}

// ReadingFormat is one way to render a reading.
type ReadingFormat struct {
	Name  string // for --report
	Title string
	Write func(*Reading, io.Writer) error
}

// NewReading makes a reading of an estate and of what was found out about its gateways.
func NewReading(estate *routing.Estate, surveys []conformance.Survey) *Reading {
	s := readingShape{
		Schema: Schema,
		Inputs: each(estate.Inputs, readInput), Skipped: each(estate.Skipped, func(s routing.Skip) readSkip { return readSkip(s) }),
		Gateways: each(surveys, readGateway),
		Services: each(estate.Services, func(s routing.Service) readService { return readService{s.Host, jsonPlace(s.Span)} }),
		Problems: each(estate.Problems, problemToJSON),
	}
	clean, _ := scrubber{}.scrub(reflect.ValueOf(s))
	return &Reading{clean.Interface().(readingShape)} //nolint:forcetypeassert // a copy has the type of the original
}

// WriteJSON renders a reading as JSON.
func (r *Reading) WriteJSON(w io.Writer) error {
	o := &objectWriter{out: bufio.NewWriter(w)}
	o.member("schema", r.shape.Schema)
	list(o, "inputs", r.shape.Inputs, same)
	list(o, "skipped", r.shape.Skipped, same)
	list(o, "gateways", r.shape.Gateways, same)
	list(o, "services", r.shape.Services, same)
	list(o, "problems", r.shape.Problems, same)
	return o.close()
}

func same[A any](a A) A { return a }

// The shapes of a reading, as JSON has them.
type (
	readingShape struct {
		Schema   int
		Inputs   []readInputShape
		Skipped  []readSkip
		Gateways []readGatewayShape
		Services []readService
		Problems []jsonProblem
	}
	readInputShape struct {
		Name     string     `json:"name"`
		Format   string     `json:"format"`
		Form     string     `json:"form,omitempty"`
		Gateways int        `json:"gateways"`
		Note     string     `json:"note,omitempty"`
		Files    []string   `json:"files,omitempty"`
		Items    []readItem `json:"items,omitempty"`
	}
	readItem struct {
		Kind   string     `json:"kind"`
		Name   string     `json:"name"`
		Detail string     `json:"detail,omitempty"`
		Place  jsonPlace  `json:"place,omitzero"`
		Value  *readValue `json:"value,omitempty"`
		From   []jsonNote `json:"from,omitempty"`
	}
	readValue struct {
		Text    string     `json:"text,omitempty"`
		Unknown string     `json:"unknown,omitempty"` // why
		Place   jsonPlace  `json:"place,omitzero"`
		From    []jsonNote `json:"from,omitempty"`
	}
	readSkip struct {
		Name string `json:"name"`
		Why  string `json:"why"`
	}
	readService struct {
		Host  string    `json:"host"`
		Place jsonPlace `json:"place,omitzero"`
	}
	readGatewayShape struct {
		Kind      string         `json:"kind"`
		Name      string         `json:"name"`
		Version   string         `json:"version,omitempty"`
		Place     jsonPlace      `json:"place,omitzero"`
		Listeners []readListener `json:"listeners,omitempty"`
		Pools     []readPool     `json:"pools,omitempty"`
		Uses      []readUse      `json:"uses,omitempty"`
		Endpoints []readEndpoint `json:"clientEndpoints,omitempty"`
		Unknown   []jsonMissing  `json:"unknown,omitempty"`
		Problems  []jsonProblem  `json:"problems,omitempty"`
		Notes     []jsonNote     `json:"notes,omitempty"`
	}
	readListener struct {
		Name  string    `json:"name"`
		Hosts []string  `json:"hosts,omitempty"`
		TLS   bool      `json:"tls"`
		Place jsonPlace `json:"place,omitzero"`
	}
	readPool struct {
		Name    string    `json:"name"`
		Members []string  `json:"members"`
		Place   jsonPlace `json:"place,omitzero"`
	}
	readUse struct {
		Kind  string    `json:"kind"`
		Name  string    `json:"name"`
		Place jsonPlace `json:"place,omitzero"`
		Read  jsonPlace `json:"read,omitzero"` // where that is; absent where it was not read
	}
	readEndpoint struct {
		URL      string   `json:"url"`
		Source   string   `json:"source"`
		Services []string `json:"services"`
	}
)

func readInput(in routing.Input) readInputShape {
	return readInputShape{in.Name, in.Format, in.Form, in.Gateways, in.Note, in.Files, each(in.Items, readItemOf)}
}

func readItemOf(i routing.Item) readItem {
	value := readValueOf(i.Value)
	if value != nil {
		if said := "set $" + strings.TrimPrefix(i.Name, "$") + " " + value.Text; Redact(said) != said {
			value.Text = redactionMark // its name tells what it is
		}
	}
	return readItem{i.Kind, i.Name, i.Detail, jsonPlace(i.Span), value, each(i.From, noteToJSON)}
}

func readValueOf(v routing.Value) *readValue {
	switch {
	case !v.IsSet():
		return nil
	case v.IsUnknown():
		return &readValue{Unknown: v.Why(), Place: jsonPlace(v.Span), From: each(v.Related, noteToJSON)}
	}
	return &readValue{Text: v.String(), Place: jsonPlace(v.Span), From: each(v.Related, noteToJSON)}
}

func readGateway(s conformance.Survey) readGatewayShape {
	g := s.Gateway
	return readGatewayShape{
		Kind: g.Kind, Name: g.Name, Version: versionsOf(g), Place: jsonPlace(g.Span), Listeners: each(g.Listeners, readListenerOf),
		Pools: readPools(g), Notes: each(g.Notes, noteToJSON), Problems: each(g.Problems, problemToJSON),
		Uses: each(g.Uses, func(u routing.Use) readUse { return readUse{u.Kind, u.Name, jsonPlace(u.At), jsonPlace(u.Read)} }),
		Endpoints: each(s.Leads, func(l conformance.Lead) readEndpoint {
			return readEndpoint{l.Endpoint.String(), l.Endpoint.Source, append([]string{}, l.Services...)}
		}),
		Unknown: each(s.Unknown, missingToJSON),
	}
}

// versionsOf are the versions that a gateway was read for.
func versionsOf(g *routing.Gateway) string {
	all := []string{g.Version}
	for _, v := range g.Variants {
		all = append(all, v.Version)
	}
	return strings.Join(all, " or ")
}

func readListenerOf(l *routing.Listener) readListener {
	return readListener{l.Name, each(l.Hosts, func(h routing.HostEntry) string { return h.Host }), l.TLS, jsonPlace(l.Span)}
}

// readPools are the pools in the order in which they stand.
func readPools(g *routing.Gateway) []readPool {
	pools := slices.SortedFunc(maps.Values(g.Pools), func(a, b *routing.Pool) int {
		return cmp.Or(compareSpans(a.Span, b.Span), strings.Compare(a.Name, b.Name))
	})
	return each(pools, func(p *routing.Pool) readPool {
		return readPool{p.Name, each(p.Members, func(m routing.Member) string { return m.Address.String() }), jsonPlace(p.Span)}
	})
}
