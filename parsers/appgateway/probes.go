package appgateway

import (
	"net"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// probe lowers the health probe of a backend setting ("Application Gateway health monitoring overview").
func (b *builder) probe(settings azure.Object, scheme routing.Value, name backendName, pool *routing.Pool) *routing.Probe {
	custom := b.resolve(settings, "probe", "probes")
	switch {
	case !custom.set():
		return defaultProbe(settings, scheme, name)
	case !custom.found:
		lost := custom.value()
		return &routing.Probe{Scheme: lost, Host: lost, Port: lost, Path: lost, Statuses: lost, Span: custom.at}
	}
	o := custom.Object
	few := spared(o)
	return &routing.Probe{
		Name: o.Name(), Scheme: azure.Lowered(chosen("probes", o, "protocol").Or(scheme)), Host: probeHost(o, name, pool),
		Port: azure.Text(o.Get("port")).Or(azure.Text(settings.Get("port"))), Path: azure.Text(o.Get("path")).Or(routing.UnknownOf("the probe has no path", place(o))),
		Interval: seconds(o.Get("interval")), Timeout: seconds(o.Get("timeout")), Statuses: statuses(o), Body: azure.Filled(o.Child("match").Get("body")), UsesUnhealthy: few.IsSet(), Spared: few, Span: place(o),
	}
}

// defaultProbe asks for / on 127.0.0.1. The same page says both that a host name of the backend setting is used and that it is
// not.
func defaultProbe(settings azure.Object, scheme routing.Value, name backendName) *routing.Probe {
	const whose = product + "'s default probe"
	host := routing.DefaultOf("127.0.0.1", whose)
	if name.override() != nil {
		host = routing.UnknownOf("whether the default probe takes its Host from the backend setting is documented both ways: look at the gateway's backend health (`az network application-gateway show-backend-health`), or use a custom probe", place(settings))
	}
	return &routing.Probe{
		Name: "default probe", Scheme: scheme, Host: host, Port: azure.Text(settings.Get("port")), Path: routing.DefaultOf("/", whose),
		Statuses: routing.DefaultOf("200-399", whose), Span: place(settings),
	}
}

// probeHost is the probe's own host, or the one that the backend setting gives.
func probeHost(probe azure.Object, name backendName, pool *routing.Pool) routing.Value {
	pick := probe.Get("pickHostNameFromBackendHttpSettings")
	own := azure.Filled(probe.Get("host"))
	switch v := azure.Flag(pick); {
	case v.IsUnknown():
		return v
	case !azure.On(pick):
		return own.Or(routing.UnknownOf("the probe has no host, and does not pick one", place(probe)))
	}
	picked := pickedHost(pick, name, pool)
	if own.IsSet() && (own.IsUnknown() || !strings.EqualFold(own.Text(), picked.Text())) {
		return routing.UnknownOf("the probe names a host and picks one too; which one counts is not documented: leave out one of them", own.Span)
	}
	return picked
}

// pickedHost is the host that the backend setting gives a probe.
func pickedHost(pick *jsontree.Node, name backendName, pool *routing.Pool) routing.Value {
	switch {
	case name.unknown().IsUnknown():
		return name.unknown()
	case name.hostName.IsSet():
		return name.hostName
	case name.picks():
		return onlyName(pool)
	}
	return routing.UnknownOf("the probe picks its host from the backend setting, which has none", pick.Span())
}

// onlyName is the name of a pool's only member; unset, which stands for each member's own name, when there are several.
func onlyName(pool *routing.Pool) routing.Value {
	if len(pool.Members) != 1 || pool.Members[0].Address.State() != routing.Known {
		return routing.Value{}
	}
	address := pool.Members[0].Address
	name, _, err := net.SplitHostPort(address.Text())
	if err != nil {
		name = address.Text()
	}
	return address.Became(name)
}

// spared is how many members count as healthy whatever they answer (minServers of the probe); unset for none.
func spared(probe azure.Object) routing.Value {
	least := probe.Get("minServers")
	if n, ok := azure.Number(least); !ok || n <= 0 {
		return routing.Value{}
	}
	return azure.Text(least)
}

func statuses(probe azure.Object) routing.Value {
	codes := probe.Child("match").Get("statusCodes")
	if codes.Kind() == jsontree.Unknown {
		return azure.Text(codes)
	}
	var list []string
	for n := range listed(codes) {
		list = append(list, n.Text())
	}
	if len(list) == 0 {
		return routing.DefaultOf("200-399", product)
	}
	v := azure.KnownAs(codes, strings.Join(list, ","))
	if only := codes.At(0); len(list) == 1 && only != nil {
		v.Span = only.Span()
	}
	return v
}
