package conformance

import (
	"cmp"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// PreflightHeaders are the request headers that a preflight asks permission for.
const PreflightHeaders = "authorization,x-requested-with,x-signalr-user-agent"

// OriginHeader is what a gateway tells the pages of browsers apart by.
var OriginHeader = routing.Place{Kind: routing.InHeader, Name: "Origin"}

// NewDeletePreflight is the preflight of the request that ends a polling connection. Browsers send one before every request by fetch;
// the methods GET and POST need no permission of their own, DELETE does (Fetch standard, "CORS-safelisted method").
func NewDeletePreflight(e Endpoint, s Sample) Probe {
	return connectPreflight(e, s, "DELETE", "preflight of delete")
}

// NewSendPreflight is the preflight of a message that is sent by POST.
func NewSendPreflight(e Endpoint, s Sample) Probe {
	return connectPreflight(e, s, "POST", "preflight of send")
}

func connectPreflight(e Endpoint, s Sample, method string, kind ProbeKind) Probe {
	b := &probeBuilder{endpoint: e, sample: s, method: "OPTIONS", path: "client/"}
	b.header("Origin", cmp.Or(s.Origin, e.Origin, origin))
	b.header("Access-Control-Request-Method", method)
	b.header("Access-Control-Request-Headers", PreflightHeaders)
	b.query = b.redirected() + "&id=" + connectionToken
	return b.probe(kind)
}

// maxOrigins bounds how many of the origins that a gateway names are judged.
const maxOrigins = 16

// Origins are the origins that the gateway compares those of pages with on the way of the clients of an endpoint, sorted; none where it names
// more than are judged.
func (p *Pass) Origins() []string {
	var out []string
	for _, l := range p.Listeners() {
		out = append(out, originsNamed(p.Gateway, p.subject.entryOf(l, p.Endpoint.Host))...)
	}
	slices.Sort(out)
	if out = slices.Compact(out); len(out) > maxOrigins {
		return nil
	}
	return out
}

// originsNamed are the only origins that a program knows; none where it also knows them by a pattern.
func originsNamed(g *routing.Gateway, block string) []string {
	named, all := g.ComparedWith(block, OriginHeader)
	if !all {
		return nil
	}
	return slices.DeleteFunc(named, func(text string) bool { return !strings.Contains(text, "://") })
}

// AnswerHeader is every field of a name in the answer that a client gets. Of what the service sends, only that it sends one is known:
// such a field is unset. taken is what takes the service's field off, where something does; in an answer of the gateway's own, what
// hides lines that would have added one.
func (a *Arrival) AnswerHeader(name string) (fields []routing.Value, taken routing.Value) {
	var edits []routing.HeaderEdit
	switch {
	case a.Delivery != nil:
		fields, edits = []routing.Value{{}}, a.Delivery.Response
	case a.Response != nil:
		edits, taken.Related = a.Response.Headers, a.Response.Status.Hidden()
	}
	for _, e := range edits {
		switch {
		case !strings.EqualFold(e.Name, name):
		case !e.Value.IsUnknown() && e.Value.Text() == "":
			fields, taken = nil, e.Value
		case e.Add:
			fields = append(slices.Clip(fields), e.Value)
		default:
			fields = []routing.Value{e.Value}
		}
	}
	return fields, taken
}
