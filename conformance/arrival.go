package conformance

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// ArrivalKind says where one way of a probe ends.
type ArrivalKind uint8

// The ends of a probe.
const (
	AtService ArrivalKind = iota // a service receives it
	Refused                      // the gateway answers itself
	Elsewhere                    // an upstream that is no service receives it
	Failed                       // it is sent to a service, but cannot succeed
	Lost                         // reading cannot tell
)

// Arrival is one way that a probe can go, and how it ends.
type Arrival struct {
	*routing.Path
	Kind    ArrivalKind
	Probe   *Probe
	Service string // the service's host name, for AtService and Failed
	// MeantFor is the service that a request would have gone to that the gateway cannot send, for Refused, or that another program may send on, for Lost.
	MeantFor string
	Why      string       // for all but AtService
	At       routing.Span // of what makes it fail, for Failed
	services *Services
	ties     map[string]string // as of the classifier
	events   []routing.Event   // once somebody asked for them
}

// Events are the steps that the request took, in order, and how it ended. The findings about one way share them: nobody may change them.
func (a *Arrival) Events() []routing.Event {
	if a.events == nil {
		a.events = a.Path.Events()
	}
	return a.events
}

// IsService reports whether a host name is that of a service.
func (a *Arrival) IsService(host string) bool { return a.services.Is(host) }

// ServiceOf is the name of the service that a host name leads to; empty where that is none.
func (a *Arrival) ServiceOf(host string) string { return a.services.Of(host) }

// Leads reports whether a request goes to a service, or would if the gateway could send it.
func (a *Arrival) Leads() bool { return a.Service != "" || a.MeantFor != "" }

// Arrived reports whether a service receives the probe.
func (a *Arrival) Arrived() bool { return a.Kind == AtService }

// Copied says why it is not known what comes of the copies of a request that are sent elsewhere: a service receives one, which no client
// sent, or nobody knows who does. Empty where there are none, or none goes to a service.
func (a *Arrival) Copied() (why string, at routing.Span) {
	for _, c := range a.Path.Copied {
		if c.To.IsUnknown() {
			return c.To.Why(), c.Span
		}
		if service := cmp.Or(a.ServiceOf(c.To.Text()), a.ties[routing.HostName(c.To.Text())]); service != "" {
			return "a copy of the request is sent to " + service + ": how it arrives there, and what a service makes of a request that comes twice, is not known", c.Span
		}
	}
	return "", routing.Span{}
}

// Outcome says in a few words how the probe ends. What stands in the query of a redirect is the client's own, its token perhaps, and is
// left out.
func (a *Arrival) Outcome() string {
	outcome := a.Path.Outcome()
	if a.Response == nil || !a.Response.Location.IsSet() {
		return outcome
	}
	if before, _, ok := strings.Cut(outcome, "?"); ok {
		return before + "?…"
	}
	return outcome
}

// Instance identifies the instance that receives the probe: the address, unless that is only another way to the same service.
func (a *Arrival) Instance() string {
	if a.Service != "" {
		return a.Service
	}
	return a.Outcome()
}

// Deliveries are all deliveries of the request: those to other listeners on the way, and the last.
func (a *Arrival) Deliveries() []*routing.Delivery {
	return append(slices.Clip(a.Via), a.Delivery)
}

// classifier tells arrivals apart. ties are addresses that are known to be a service because somewhere the gateway sends a
// service's name to them.
type classifier struct {
	services *Services
	ties     map[string]string
}

func (c *classifier) arrival(p *Probe, path *routing.Path) *Arrival {
	a := &Arrival{Path: path, Probe: p, services: c.services, ties: c.ties}
	switch {
	case path.Delivery != nil:
		c.delivered(a, path.Delivery)
	case path.Response != nil:
		a.Kind, a.Why = Refused, a.Outcome()
		a.MeantFor = c.services.Of(path.Response.Upstream.Text())
	default:
		a.Kind, a.Why = Lost, path.Unknown.Why()
	}
	return a
}

func (c *classifier) delivered(a *Arrival, d *routing.Delivery) {
	a.Service = c.serviceOf(d)
	if strings.HasPrefix(d.Address.Text(), "unix:") && a.Service != "" && c.services.Of(addressHost(d)) == "" {
		a.lose("what a program that listens at "+d.Address.Text()+", on the same machine, makes of the request is not known", d.Address.Span)
		return
	}
	if a.Service == "" {
		a.Kind, a.Why = Elsewhere, "goes to "+d.Address.Text()+", which is not known to be an Azure SignalR service"
		return
	}
	a.Why, a.At = c.cannotSucceed(a.Service, d)
	if a.Why == "" {
		a.Why, a.At = answersOtherwise(a.Probe.Kind, d)
	}
	if a.Why != "" {
		a.Kind = Failed
	}
}

// lose ends a way of which it is not known where it goes on, although it is meant for a service.
func (a *Arrival) lose(why string, at routing.Span) {
	path := *a.Path
	path.Delivery, path.Unknown = nil, routing.UnknownOf(why, at)
	a.Path, a.Kind, a.Why, a.MeantFor, a.Service = &path, Lost, why, a.Service, ""
}

// serviceOf is the service behind an address: its own name, or the name that the gateway sends there, here or elsewhere.
func (c *classifier) serviceOf(d *routing.Delivery) string {
	host := addressHost(d)
	if name := c.services.Of(host); name != "" {
		return name
	}
	if name := c.sentName(d); name != "" {
		return name
	}
	return c.ties[host]
}

// sentName is the service's name that a delivery carries as Host or SNI.
func (c *classifier) sentName(d *routing.Delivery) string {
	for _, v := range append(d.Header("Host"), d.Setting(routing.SNI)) {
		if name := c.services.Of(v.Text()); name != "" {
			return name
		}
	}
	return ""
}

func addressHost(d *routing.Delivery) string {
	host, _, err := net.SplitHostPort(d.Address.Text())
	if err != nil {
		host = d.Address.Text()
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// WrongProtocol reports whether one protocol is spoken to a port where the service speaks the other.
func WrongProtocol(d *routing.Delivery) bool {
	_, port, _ := net.SplitHostPort(d.Address.Text())
	return SpeaksWrongly(d.Scheme.Text(), port)
}

// OddPort is the port of a delivery at an Azure name of a service, where it is not known that the service listens there; empty for the usual ones.
func (a *Arrival) OddPort() string {
	host, port, _ := net.SplitHostPort(a.Delivery.Address.Text())
	if !IsOdd(host, port) {
		return ""
	}
	return port
}

// IsOdd reports whether it is not known that a service listens at a port of an Azure name. It has one public port (publicPort of the resource), which
// is 443, and answers plain HTTP on 80.
func IsOdd(host, port string) bool {
	return port != "" && port != "443" && port != "80" && new(Services).Of(host) != ""
}

// SpeaksWrongly reports whether a port of the service is the other protocol's.
func SpeaksWrongly(scheme, port string) bool {
	return scheme == "https" && port == "80" || scheme == "http" && port == "443"
}

// cannotSucceed says why the connection to a service must fail, as far as that is certain, and where that is decided.
func (c *classifier) cannotSucceed(service string, d *routing.Delivery) (string, routing.Span) {
	_, port, _ := net.SplitHostPort(d.Address.Text())
	switch scheme := d.Scheme.Text(); {
	case scheme == "https" && port == "80":
		return "TLS is spoken to port 80, where the service speaks plain HTTP", d.Address.PortSpan()
	case scheme == "http" && port == "443":
		return "plain HTTP is spoken to port 443, where the service speaks TLS", d.Scheme.Span
	case scheme == "https":
		return handshakeFails(service, d)
	}
	return "", routing.Span{}
}

// answersOtherwise says why a client takes the answer for a failure although the service sent a good one.
func answersOtherwise(kind ProbeKind, d *routing.Delivery) (string, routing.Span) {
	if v := d.Setting(routing.AnswerBody); v.Text() != "" && kind.NeedsAnswer() {
		return "the client gets another body than that of the service's answer: that of " + v.Text(), v.Span
	}
	status := d.Setting(routing.AnswerStatus)
	socket := kind == WebSocket || kind == NodeSocket
	if status.Text() == "" || strings.HasPrefix(status.Text(), "2") && !socket {
		return "", routing.Span{}
	}
	return "the client gets status " + status.Text() + ", whatever the service answers", status.Span
}

// lowestTLS is what the service demands (learn.microsoft.com, "Troubleshooting guide for Azure SignalR Service common issues").
const lowestTLS = "TLS1.2"

// handshakeFails says why a TLS handshake with a service fails: for want of a version that it takes, or, where its certificate is verified, for want
// of its name, without which it presents another certificate than the one that is checked for.
func handshakeFails(service string, d *routing.Delivery) (string, routing.Span) {
	if most := d.Setting(routing.MaxTLS); most.Text() != "" && most.Text() < lowestTLS {
		return "no version of TLS above " + strings.Replace(most.Text(), "TLS", "", 1) + " is spoken, but the service takes none below 1.2", most.Span
	}
	if !isTrue(d.Setting(routing.VerifyName)) {
		return "", routing.Span{}
	}
	sni := d.Setting(routing.SNI)
	switch {
	case sni.IsUnknown():
	case sni.Text() == "":
		return "the certificate is verified, but the handshake carries no server name, so that the service presents a certificate of another name", sni.Span
	case !sameHost(sni.Text(), service):
		return fmt.Sprintf("the certificate is verified, but the handshake asks for %q instead of %s", sni.Text(), service), sni.Span
	}
	if name := d.Setting(routing.VerifiedName); name.Text() != "" && !AmongHosts(name.Text(), service) {
		return fmt.Sprintf("the certificate is checked for %q instead of %s", name.Text(), service), name.Span
	}
	return "", routing.Span{}
}

// Doubt says what is not known of the connection to a service that decides whether it succeeds, and where; the text is empty where nothing is
// known to be missing, and where no service is reached.
func (a *Arrival) Doubt() (why string, at routing.Span) {
	if a.Kind != AtService {
		return "", at
	}
	d := a.Delivery
	if port := a.OddPort(); port != "" {
		return "whether the service answers on port " + port + " is not known: it is documented to listen on 443", d.Address.PortSpan()
	}
	for _, on := range a.Deliveries() {
		if v := on.Setting(routing.Doubt); v.IsUnknown() {
			return v.Why(), v.Span
		}
	}
	for _, v := range []routing.Value{d.Scheme, d.Setting(routing.MaxTLS)} {
		if v.IsUnknown() {
			return v.Why(), v.Span
		}
	}
	if d.Scheme.Text() != "https" {
		return "", at
	}
	if v := doubtfulName(a.Service, d); v.IsUnknown() {
		return v.Why(), v.Span
	}
	if roots := d.Setting(routing.TrustedRoots); roots.IsSet() && !isFalse(d.Setting(routing.VerifyChain)) {
		return "whether the certificate of " + a.Service + ", which a public authority signs, stands under the only roots that are trusted is not known", roots.Span
	}
	return "", at
}

// doubtfulName is what is not known of the names in a handshake with a service whose certificate is verified, or may be.
func doubtfulName(service string, d *routing.Delivery) routing.Value {
	verify := d.Setting(routing.VerifyName)
	if isFalse(verify) || !verify.IsSet() {
		return routing.Value{}
	}
	sni, name := d.Setting(routing.SNI), d.Setting(routing.VerifiedName)
	switch {
	case sni.IsUnknown():
		return sni
	case name.IsUnknown():
		return name
	case routing.MayBeSame(sni.Text(), service):
		return routing.UnknownOf("the service's name is known only after the deployment: whether "+sni.Text()+" is it cannot be told", sni.Span)
	case verify.IsUnknown() && (!sameHost(sni.Text(), service) || name.IsSet() && !AmongHosts(name.Text(), service)):
		return verify
	}
	return routing.Value{}
}

func isFalse(v routing.Value) bool { on, ok := v.Bool(); return ok && !on }

func isTrue(v routing.Value) bool { on, ok := v.Bool(); return on && ok }

// AmongHosts reports whether a host is one of several, with spaces between them; an asterisk stands for its first label. A name that is only
// going to be known may be any of them.
func AmongHosts(list, host string) bool {
	return slices.ContainsFunc(strings.Fields(list), func(one string) bool {
		_, parent, _ := strings.Cut(host, ".")
		return sameHost(one, host) || sameHost(one, "*."+parent)
	})
}

// sameHost compares host names as DNS does. A name that is only going to be known may be the same as any.
func sameHost(a, b string) bool {
	return routing.MayBeSame(a, b) || strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// decision is the last choice on the way of a probe: the line that decides where it goes.
func (a *Arrival) decision() (routing.Event, bool) {
	var last routing.Event
	found := false
	for _, e := range a.Events() {
		if e.Decision && !e.Span.IsZero() {
			last, found = e, true
		}
	}
	return last, found
}

// Blame is the line that a reader must look at when a probe does not arrive, and the places that had a part in it.
func (a *Arrival) Blame() (routing.Span, []routing.Note) {
	var end routing.Value
	switch {
	case a.Delivery != nil:
		end = a.Delivery.Address.With(a.Delivery.Forward.Span, "sent on here")
	case a.Response != nil:
		end = a.Response.Status
		end.Span = a.Response.Span
	default:
		end = a.Unknown
	}
	at, decided := a.decision()
	related := slices.DeleteFunc(slices.Clone(end.Related), func(n routing.Note) bool { return n.Hidden })
	if !decided {
		return end.Span, related
	}
	if !end.Span.IsZero() && end.Span != at.Span {
		related = append(related, routing.Note{Span: end.Span, Text: a.Outcome()})
	}
	for _, e := range a.Events() {
		if e.Decision && e.Span != at.Span && !e.Span.IsZero() {
			related = append(related, routing.Note{Span: e.Span, Text: e.Text})
		}
	}
	return at.Span, related
}
