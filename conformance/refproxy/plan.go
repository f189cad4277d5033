package refproxy

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// plan is what the program has the proxy do with one request, in plain data: two equal plans cannot be told apart from outside.
// Exactly one of its parts is set.
type plan struct {
	unknown string   // why it cannot be known
	answer  *answer  // the gateway's own answer
	send    *sending // what goes to an upstream
}

// answer is an answer of the gateway itself; status 444 hangs up, as NGINX has it, and status 0 is not known.
type answer struct {
	status   int
	label    string // what it is, where the status is not known
	blocks   string // what turns the request away, where that is a firewall
	location string
	html     bool
	body     string
	edits    []edit
}

// sending is a request as it goes to an upstream, and how it is treated there.
type sending struct {
	address, scheme, method, target string
	header                          []routing.Field
	settings                        map[routing.Setting]fact
	edits                           []edit
}

// edit is a change to a header of the answer.
type edit struct {
	name  string
	value fact
	add   bool
}

// settings are those that the proxy acts upon.
var settings = []routing.Setting{
	routing.Protocol, routing.Upgrade, routing.SNI, routing.MaxTLS, routing.VerifyChain, routing.VerifyName, routing.VerifiedName,
	routing.Buffering, routing.AskedBuffering, routing.ReadTimeout, routing.FirstByte, routing.IdleTimeout, routing.ConnectTimeout, routing.Cache, routing.CacheHeeds, routing.Doubt,
	routing.RateLimit, routing.Inspection, routing.AnswerStatus, routing.ErrorStatuses, routing.Body, routing.AnswerBody,
}

// decide turns the ways that a request can go into one plan. Several ways are several answers to something unknown; where they
// come to the same, the unknown does not matter.
func decide(paths []routing.Path) plan {
	first := planOf(&paths[0])
	for i := 1; i < len(paths); i++ {
		if other := planOf(&paths[i]); !reflect.DeepEqual(first, other) {
			return plan{unknown: whatDecides(paths)}
		}
	}
	return first
}

func whatDecides(paths []routing.Path) string {
	for i := range paths {
		if n := len(paths[i].Assumed); n > 0 {
			return paths[i].Assumed[n-1].Why
		}
	}
	return "the request can go several ways"
}

func planOf(p *routing.Path) plan {
	switch {
	case p.Delivery != nil:
		for _, c := range p.Counted {
			if c.Tight() {
				return plan{unknown: "how many requests " + c.Label + " lets in, which the twin does not count"}
			}
		}
		return sendingOf(p.Delivery)
	case p.Response != nil:
		return answerOf(p.Response)
	}
	return plan{unknown: p.Unknown.Why()}
}

func answerOf(r *routing.Response) plan {
	status, err := strconv.Atoi(r.Status.Text())
	if r.Status.IsUnknown() || err != nil || status < 200 || status > 599 {
		return plan{answer: &answer{label: strings.TrimSpace(r.Label + " " + r.Status.String())}}
	}
	blocks := ""
	if r.Reason == routing.Blocked {
		blocks = r.Label
	}
	return plan{answer: &answer{status: status, blocks: blocks, location: r.Location.Text(), body: r.Body, edits: editsOf(r.Headers)}}
}

func sendingOf(d *routing.Delivery) plan {
	for _, v := range []routing.Value{d.Address, d.Scheme, d.Method, d.Target} {
		if v.IsUnknown() {
			return plan{unknown: v.Why()}
		}
	}
	s := &sending{
		address: d.Address.Text(), scheme: d.Scheme.Text(), method: d.Method.Text(), target: d.Target.Text(),
		settings: map[routing.Setting]fact{}, edits: editsOf(d.Response),
	}
	for _, name := range settings {
		s.settings[name] = factOf(d.Setting(name))
	}
	for _, h := range d.Headers {
		switch {
		case !h.Value.IsUnknown():
			s.header = append(s.header, routing.Field{Name: h.Name, Value: h.Value.Text()})
		case matters(h.Name):
			return plan{unknown: h.Value.Why()}
		}
	}
	return plan{send: s}
}

// matters tells the request headers that decide what a service does. One of another name whose value is unknown is left out.
func matters(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "host", "authorization", "accept", "origin", "connection", "upgrade", "expect", "content-type", "content-length",
		"content-encoding", "transfer-encoding":
		return true
	}
	return strings.HasPrefix(name, "sec-websocket-") || strings.HasPrefix(name, "access-control-")
}

func editsOf(list []routing.HeaderEdit) []edit {
	var out []edit
	for _, e := range list {
		out = append(out, edit{e.Name, factOf(e.Value), e.Add})
	}
	return out
}
