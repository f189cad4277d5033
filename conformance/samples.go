package conformance

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// idForms is how many forms of ids SDK versions have used.
const idForms = 3

// RequestID is the i-th id of a connection, in turn in each of those forms, percent-encoded as it travels.
func RequestID(i uint64) string {
	raw := binary.LittleEndian.AppendUint64(nil, (i+1)*0x9e3779b97f4a7c15)
	random := base64.StdEncoding.EncodeToString(raw)
	switch i % idForms {
	case 0:
		return url.QueryEscape(random)
	case 1:
		return url.QueryEscape(fmt.Sprintf("0HN%010X:%08X-%s", raw[:5], i, random))
	default:
		return fmt.Sprintf("0HN%010X-%08X-%x", raw[:5], i, raw[4:])
	}
}

const (
	// samplesTried is how many connections are tried for one that goes another way: a share of 10 % of all is missed once in 150 times.
	samplesTried = 48
	// samplesKept bounds how many ways are judged.
	samplesKept = 6
)

// samples are connections that between them go all the ways which the program leads connections apart: by their id, or to another
// member of the same pool by their address, or by their hub. The first is the one that stands for all where nothing depends on which one it is.
// An id in each form is tried everywhere.
func (s *subject) samples() []Sample {
	if s.sampled != nil {
		return s.sampled
	}
	s.sampled = []Sample{DefaultSample()}
	tried, apart := idForms, s.tellsConnectionsApart()
	if apart {
		tried = samplesTried
	}
	for _, hub := range s.others {
		other := DefaultSample()
		other.Hub = hub
		s.sampled = append(s.sampled, other)
	}
	first := s.waysOf(DefaultSample())
	seen := map[string]bool{first.told: true}
	kept := len(s.sampled) + samplesKept - 1
	add := func(other Sample, w ways) {
		if !seen[w.told] && len(s.sampled) < kept {
			seen[w.told] = true
			s.sampled = append(s.sampled, other)
		}
	}
	for i := range tried {
		other := DefaultSample()
		other.RequestID = RequestID(uint64(i))
		add(other, s.waysOf(other))
	}
	if !apart {
		return s.sampled
	}
	for i := range tried {
		other := DefaultSample()
		other.ClientIP = fmt.Sprintf("198.51.%d.7", i)
		if w := s.waysOf(other); slices.Equal(w.pools, first.pools) { // who is let in, or led elsewhere, by address is meant to be
			add(other, w)
		}
	}
	return s.sampled
}

// tellsConnectionsApart reports whether the way of a request may depend on the id of its connection, or on the address of the client, in what
// clients of the endpoint meet. It errs on the side of yes. Where no more than one service is named, only the id by itself counts: much depends
// on the whole request, on how long it is, say.
func (s *subject) tellsConnectionsApart() bool {
	is, names := isRequestID, s.names()
	if names.further {
		return true
	}
	if len(names.instances) > 1 {
		is = tellsConnections
		for _, pool := range s.gateway.Pools {
			if pool.Pick.Key != nil && len(pool.Members) > 1 {
				return true
			}
		}
	}
	return slices.ContainsFunc(listenersFor(s.gateway, s.endpoint), func(l *routing.Listener) bool {
		return s.gateway.DecidesBy(s.entryOf(l, s.endpoint.Host), is)
	})
}

func isRequestID(p routing.Place) bool {
	return p.Kind == routing.InArgument && strings.EqualFold(p.Name, "asrs_request_id")
}

// tellsConnections reports whether a place holds the id of the connection or the address of the client.
func tellsConnections(p routing.Place) bool {
	switch p.Kind {
	case routing.InQuery, routing.InTarget, routing.InRequestLine, routing.InClientIP:
		return true
	default:
		return isRequestID(p)
	}
}

// ways are those that the requests of one connection go.
type ways struct {
	told  string // what tells them from others
	pools []*routing.Pool
}

func (s *subject) waysOf(sample Sample) ways {
	var w ways
	var told strings.Builder
	for _, kind := range []ProbeKind{Negotiate, WebSocket} {
		for _, a := range s.trace(kind, sample, s.unlogged()) {
			fmt.Fprintln(&told, a.Kind, a.Instance(), a.Why)
			if d := a.Delivery; d != nil {
				w.pools = append(w.pools, d.Pool)
				fmt.Fprintln(&told, d.Address.Text(), d.Header("Host"), d.Setting(routing.SNI), d.Forward.Span)
			}
		}
	}
	w.told = told.String()
	return w
}
