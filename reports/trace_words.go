package reports

import (
	"maps"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// property is a row of what arrives.
type property struct {
	name  string
	value routing.Value
	text  string // in a reader's words; empty: as the value says
}

// String is the row's value.
func (p property) String() string {
	switch {
	case p.text == "" || p.value.IsUnknown():
		return p.value.String()
	case p.value.IsDefault():
		return p.text + " (default of " + p.value.Why() + ")"
	}
	return p.text
}

// wording is how a setting is told: under which name, and in which words. Without words its value stands; words that are empty leave it out.
type wording struct {
	of    routing.Setting
	name  string
	words func(text string) string
}

// wordings are the settings in the order that they are told in.
var wordings = []wording{
	{routing.SNI, "TLS name (SNI)", nil},
	{routing.VerifyChain, "certificate", checked("chain not", "chain")},
	{routing.VerifyName, "certificate", checked("name not", "name")},
	{routing.VerifiedName, "certificate's name", anyOf},
	{routing.Protocol, "spoken", nil},
	{routing.Buffering, "event streams", oneOf("off", "pass at once", "passes", "pass as long as they come in chunks", "holds", "are held back in a buffer")},
	{routing.ReadTimeout, "read timeout", nil},
	{routing.FirstByte, "first byte timeout", nil},
	{routing.IdleTimeout, "idle timeout", nil},
	{routing.ConnectTimeout, "connect timeout", nil},
	{routing.Retry, "tries another on", nil},
	{routing.Relocates, "redirects", func(text string) string { return "are rewritten where they begin with " + text }},
	{routing.Cache, "cache", oneOf("true", "answers may be stored for others", "false", "")},
	{routing.CacheHeeds, "", nil}, // of no interest to whoever has no cache
	{routing.CacheKey, "cache key", nil},
	{routing.Doubt, "", nil}, // it has no value but why there is none
	{routing.AnswerStatus, "answer's status", func(text string) string { return text + ", whatever the upstream says" }},
	{routing.Body, "body", func(text string) string { return "replaced by " + text }},
	{routing.AnswerBody, "answer's body", func(text string) string { return "replaced by " + text }},
	{routing.Intercept, "error pages", oneOf("true", "take the place of answers from 300 on", "false", "")},
	{routing.ErrorStatuses, "errors", func(text string) string { return "of the upstream reach clients as another status: " + text }},
	{routing.FailurePage, "page for no answer", nil},
	{routing.RateLimit, "bounded by", nil},
	{routing.Inspection, "inspected by", nil},
	{routing.Resolvable, "", nil},     // what arrives was resolved, or had no need to be
	{routing.Upgrade, "", nil},        // told by relayed
	{routing.AskedBuffering, "", nil}, // told by Buffering where it counts
}

func checked(off, on string) func(string) string {
	return oneOf("true", on+" checked", "false", off+" checked")
}

// anyOf words a list of which any will do.
func anyOf(text string) string {
	names := strings.Fields(text)
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " or ")
}

// oneOf words each of some texts; others stay.
func oneOf(pairs ...string) func(string) string {
	return func(text string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == text {
				return pairs[i+1]
			}
		}
		return text
	}
}

// rowsOf are what a reader wants to know of a delivery. Only those of a WebSocket handshake concern upgraded connections.
func rowsOf(d *routing.Delivery, socket bool) []property {
	rows := []property{{name: "scheme", value: d.Scheme}, {name: "method", value: d.Method}, {name: "target", value: d.Target}}
	for _, h := range d.Headers {
		rows = append(rows, property{name: h.Name + ":", value: h.Value})
	}
	if socket {
		rows = append(rows, relayed(d))
	}
	for _, w := range worded(d) {
		v := d.Setting(w.of)
		if w.of == routing.SNI && d.Scheme.Text() == "https" && !v.IsUnknown() && v.Text() == "" {
			none := routing.Of("none is sent", v.Span)
			none.Related = v.Related
			v = none
		}
		if silent(d, w.of, v, socket) {
			continue
		}
		row := property{name: w.name, value: v}
		if w.of == routing.VerifyChain && alike(v, d.Setting(routing.VerifyName)) {
			w.words = checked("neither chain nor name", "chain and name")
		}
		if w.words != nil && v.State() == routing.Known {
			if row.text = w.words(v.Text()); row.text == "" {
				continue
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// worded are the wordings, and after them the settings that have none.
func worded(d *routing.Delivery) []wording {
	out := slices.Clip(wordings)
	for _, s := range slices.Sorted(maps.Keys(d.Forward.Settings)) {
		if !slices.ContainsFunc(wordings, func(w wording) bool { return w.of == s }) {
			out = append(out, wording{of: s, name: string(s)})
		}
	}
	return out
}

// silent leaves out what changes nothing for this request.
func silent(d *routing.Delivery, of routing.Setting, v routing.Value, socket bool) bool {
	if v.State() == routing.Known && v.Text() == "" {
		return true
	}
	switch of {
	case routing.Upgrade, routing.Resolvable, routing.AskedBuffering:
		return true
	case routing.IdleTimeout:
		return !socket
	case routing.Buffering:
		return socket
	case routing.Retry:
		return v.IsDefault() && (d.Pool == nil || len(d.Pool.Members) < 2)
	case routing.ConnectTimeout:
		return v.IsDefault()
	case routing.VerifyName: // told along with the chain
		return alike(v, d.Setting(routing.VerifyChain))
	default: // the rest is told whenever it is set
	}
	return false
}

func alike(a, b routing.Value) bool { return a.Span == b.Span && a.String() == b.String() }

// relayed tells whether a WebSocket handshake passes.
func relayed(d *routing.Delivery) property {
	u := d.Upgrades()
	row := property{name: "WebSocket", value: u.Value, text: "passes"}
	switch u.Is {
	case routing.No:
		row.value, row.text = routing.Of(u.Why, u.Value.Span), "does not pass: "+u.Why
	case routing.Maybe:
		row.value = routing.UnknownOf(strings.TrimPrefix(u.Why, "unknown: "), u.Value.Span)
	case routing.Yes:
	}
	return row
}
