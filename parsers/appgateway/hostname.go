package appgateway

import (
	"fmt"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// backendName is how a backend setting names the backend: to it as Host, and in the TLS handshake.
type backendName struct {
	generation generation
	settings   azure.Object
	hostName   routing.Value // Override with new host name > Override with specific domain name
	pick       routing.Value // Override with new host name > Pick host name from backend target
	sniName    routing.Value // from API version 2024-10-01 on
	named      bool          // no member of the pool is an address
	pool       *routing.Pool
}

func (b *builder) backendName(settings azure.Object, pool *routing.Pool) backendName {
	return backendName{
		b.generation, settings,
		azure.Filled(settings.Get("hostName")), azure.Flag(settings.Get("pickHostNameFromBackendAddress")), azure.Filled(settings.Get("sniName")), isNamed(pool), pool,
	}
}

// isNamed reports whether all members of a pool are known by name.
func isNamed(p *routing.Pool) bool {
	return p != nil && !slices.ContainsFunc(p.Members, func(m routing.Member) bool {
		return m.Address.State() != routing.Known || isIP.MatchString(routing.HostName(m.Address.Text()))
	})
}

// picks reports whether the host name is that of the pool member.
func (n backendName) picks() bool {
	is, ok := n.pick.Bool()
	return is && ok
}

// unknown is what hides the host name, if anything does.
func (n backendName) unknown() routing.Value {
	if n.hostName.IsUnknown() {
		return n.hostName
	}
	if n.pick.IsUnknown() && !n.hostName.IsSet() {
		return n.pick
	}
	return routing.Value{}
}

// override is the Host that the setting asks for; nil when it leaves Host alone.
func (n backendName) override() routing.Expr {
	switch {
	case n.unknown().IsUnknown():
		return routing.Lit{Value: n.unknown()}
	case n.hostName.IsSet():
		return routing.Lit{Value: n.hostName}
	case n.picks():
		return routing.Remark{Of: routing.Read(routing.InUpstreamHost, ""), Span: n.pick.Span, Related: n.pick.Related}
	}
	return nil
}

// at is the line that decides over the host name: the one a reader would change.
func (n backendName) at() routing.Span {
	for _, v := range []routing.Value{n.unknown(), n.hostName, n.pick} {
		if !v.Span.IsZero() {
			return v.Span
		}
	}
	return place(n.settings)
}

// oneName: a setting names its host or picks it ("Backend HTTP settings": HostName may only be specified if PickHostNameFromBackendAddress is
// false).
func (b *builder) oneName(n backendName) {
	if n.hostName.State() == routing.Known && n.picks() {
		b.problem(routing.Refused, n.hostName.Span, fmt.Sprintf("backend setting %.100q names a host and picks one too", n.settings.Name()), "leave hostName out, or set pickHostNameFromBackendAddress to false")
	}
}

// rewrittenHost is the variable in which a rewrite rule leaves the Host that it set.
var rewrittenHost = routing.Place{Kind: routing.InVar, Name: "rewritten host"}

// host is the step that sets Host ("HTTP settings configuration": configuring the host name). Which of a setting and a rewrite
// rule wins when both set it is not documented; it does not matter when they agree.
func (n backendName) host(rewritten bool) routing.Step {
	set := &routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "Host"}, Span: n.at()}
	override := n.override()
	switch {
	case override == nil:
		set.To = routing.Remark{Of: routing.Part{Of: set.What, Span: n.at()}, Related: n.pick.Related}
	case !rewritten:
		set.To = override
	default:
		was := routing.Part{Of: rewrittenHost}
		set.To = routing.Choose{Arms: []routing.ChooseArm{
			{When: routing.Equal{Of: was, To: routing.Text("")}, To: override},
			{When: routing.Equal{Of: was, To: override, Fold: true}, To: override},
			{When: routing.Always{}, To: routing.Lit{Value: routing.UnknownOf("a rewrite rule and the backend setting give Host different values; which one wins is not documented"+settle, n.at())}},
		}}
	}
	return set
}

// sni is the name in the TLS handshake ("Overview of TLS termination and end to end TLS": SNI differences).
func (n backendName) sni() routing.Expr {
	member := routing.Remark{Of: routing.Read(routing.InUpstreamHost, ""), Span: n.at(), Related: n.onlyMember()}
	switch {
	case n.generation == v1:
		return n.nameOr(member, routing.Value{Span: n.at()})
	case n.sniName.IsSet():
		return routing.Lit{Value: n.sniName}
	case n.unknown().IsUnknown():
		return routing.Lit{Value: n.unknown()}
	case n.hostName.IsSet():
		return routing.Lit{Value: n.hostName}
	case n.picks():
		return n.nameOr(member, routing.UnknownOf("the host name is picked from a pool member that is an IP address, which is not supported", n.at()))
	}
	why := fmt.Sprintf("backend setting %.100q sets no host name, and Microsoft's documents contradict each other on the server name that is sent then"+settle, n.settings.Name())
	return routing.Lit{Value: routing.UnknownOf(why, n.at())}
}

// onlyMember notes where the name stands that is picked, where there is one only.
func (n backendName) onlyMember() []routing.Note {
	if n.pool == nil || len(n.pool.Members) != 1 || n.pool.Members[0].Span.IsZero() {
		return nil
	}
	return []routing.Note{{Span: n.pool.Members[0].Span, Text: "the name that is picked"}}
}

// nameOr is the member's name, or something else where it is an address.
func (n backendName) nameOr(member routing.Expr, otherwise routing.Value) routing.Expr {
	if n.named {
		return member
	}
	return routing.Choose{Arms: []routing.ChooseArm{
		{When: routing.Matches{Of: member, Pattern: isIP}, To: routing.Lit{Value: otherwise}},
		{When: routing.Always{}, To: member},
	}}
}
