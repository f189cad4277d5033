package routing

import (
	"slices"
	"strings"
)

// Upgrading is the answer to: does a WebSocket handshake pass? Why and Value say what decides it.
type Upgrading struct {
	Is    Answer
	Why   string
	Value Value
}

// Relay is the mode of Upgrade for gateways that pass on bytes.
const Relay = "relay"

// Relays reports whether bytes are passed on without reading requests.
func (d *Delivery) Relays() bool { return d.Setting(Upgrade).Text() == Relay }

// Upgrades says whether this delivery of a WebSocket handshake asks the upstream for the upgrade, and the gateway relays it.
func (d *Delivery) Upgrades() Upgrading {
	mode := d.Setting(Upgrade)
	switch {
	case mode.IsUnknown():
		return Upgrading{Maybe, mode.Why(), mode}
	case mode.Text() == "native":
		return Upgrading{Is: Yes, Value: mode}
	case mode.Text() != "headers" && mode.Text() != Relay:
		return Upgrading{No, "WebSocket is not relayed here", mode}
	}
	out := Upgrading{Is: Yes, Value: mode}
	for _, check := range []func() Upgrading{d.upgradeProtocol, d.upgradeHeader, d.connectionHeader} {
		switch u := check(); {
		case u.Is == No && out.Is == No: // all that is missing is told at once
			out.Why += "; " + u.Why
			out.Value.Related = append(slices.Clip(out.Value.Related), u.elsewhere(out.Value)...)
		case u.Is == No, u.Is == Maybe && out.Is == Yes:
			out = u // whatever the unknown ones are
		}
	}
	return out
}

// elsewhere are the places of a further reason, where they are not those of the first.
func (u Upgrading) elsewhere(first Value) []Note {
	var out []Note
	if !u.Value.Span.IsZero() && u.Value.Span != first.Span {
		out = append(out, Note{Span: u.Value.Span, Text: u.Why})
	}
	for _, n := range u.Value.Related {
		if !slices.Contains(first.Related, n) {
			out = append(out, n)
		}
	}
	return out
}

// upgradeProtocol: RFC 9110 7.8, Upgrade exists in HTTP/1.1 only.
func (d *Delivery) upgradeProtocol() Upgrading {
	p := d.Setting(Protocol)
	switch {
	case p.IsUnknown():
		return Upgrading{Maybe, p.Why(), p}
	case p.Text() != "HTTP/1.1":
		return Upgrading{No, "it is sent as " + p.String() + ", which cannot upgrade", p}
	}
	return Upgrading{Is: Yes}
}

func (d *Delivery) upgradeHeader() Upgrading {
	fields := d.Header("Upgrade")
	if len(fields) == 0 {
		return Upgrading{No, "the client's Upgrade header is not forwarded", d.Dropped("Upgrade")}
	}
	if fields[0].IsUnknown() {
		return Upgrading{Maybe, fields[0].Why(), fields[0]}
	}
	if !strings.EqualFold(fields[0].Text(), "websocket") {
		return Upgrading{No, "the Upgrade header sent is " + quoted(fields[0]), fields[0]}
	}
	return Upgrading{Is: Yes}
}

func (d *Delivery) connectionHeader() Upgrading {
	fields := d.Header("Connection")
	for _, v := range fields {
		if v.IsUnknown() {
			return Upgrading{Maybe, v.Why(), v}
		}
		for token := range strings.SplitSeq(v.Text(), ",") {
			if strings.EqualFold(strings.TrimSpace(token), "upgrade") {
				return Upgrading{Is: Yes}
			}
		}
	}
	if len(fields) == 0 {
		return Upgrading{No, "no Connection header with \"upgrade\" is sent", d.Dropped("Connection")}
	}
	return Upgrading{No, "the Connection header sent is " + quoted(fields[0]) + " instead of \"upgrade\"", fields[0]}
}

func quoted(v Value) string {
	s := "\"" + v.Text() + "\""
	if v.IsDefault() {
		s += " (default of " + v.Why() + ")"
	}
	return s
}
