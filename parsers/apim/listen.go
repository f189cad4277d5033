package apim

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// listen makes the two sockets that every service has. Each of its host names leads to all its APIs ("Configure a custom domain name").
func (b *builder) listen(entry []routing.Step) {
	b.g.Blocks["apis"] = entry
	lowest := b.minTLS()
	for _, s := range []struct {
		scheme string
		port   int
	}{{"https", 443}, {"http", 80}} {
		l := &routing.Listener{Name: s.scheme, Address: "*", Port: s.port, TLS: s.scheme == "https", Entry: "apis", Span: b.g.Span}
		if l.TLS {
			l.MinTLS = lowest
		}
		for _, h := range b.hosts() {
			if h.State() == routing.Known {
				l.Hosts = append(l.Hosts, routing.HostEntry{Host: h.Text(), Block: "apis", Span: h.Span})
			}
		}
		if given := b.given(); b.beside == nil && given.State() == routing.Known { // what stands in front may use it all the same
			l.Names = []string{given.Text()}
		}
		b.g.Listeners = append(b.g.Listeners, l)
	}
}

// hosts are the custom domains of the gateway, or else the name that every service gets. Who has a domain of their own sends nobody to that.
func (b *builder) hosts() []routing.Value {
	if b.beside != nil {
		return b.beside.hosts
	}
	var custom []routing.Value
	for _, h := range b.r.List("hostnameConfigurations") {
		kind := h.Get("type").Text()
		if kind != "" && !strings.EqualFold(kind, "Proxy") {
			continue
		}
		host := azure.Lowered(azure.Filled(h.Get("hostName")))
		if host.IsSet() && !isGiven(host.Text()) {
			custom = append(custom, host)
		}
	}
	if given := b.given(); len(custom) == 0 && given.IsSet() {
		return []routing.Value{given}
	}
	return custom
}

// given is the name that every service gets; unset where it is not known.
func (b *builder) given() routing.Value {
	if url := b.r.Get("gatewayUrl"); url.Kind() == jsontree.String && url.Text() != "" {
		return azure.KnownAs(url, strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(url.Text(), "https://"), "/")))
	}
	name := serviceName(b.r)
	if name == "" || b.r.Form == azure.APIOps || strings.ContainsAny(name, "‹[]() ") {
		return routing.Value{}
	}
	return routing.Of(strings.ToLower(name)+domain(b.r), place(b.r.Object))
}

// network notes the virtual network from which the gateway sends requests, if it stands in one, which no service does unless it is put there (REST
// reference, "Api Management Service": virtualNetworkType).
func (b *builder) network() {
	kind := azure.Filled(b.r.Get("virtualNetworkType"))
	at := kind.Span
	if at.IsZero() {
		at = place(b.r.Object)
	}
	switch {
	case b.partial || kind.IsUnknown():
	case !kind.IsSet() || strings.EqualFold(kind.Text(), "None"):
		b.g.Outside = routing.Note{Span: at, Text: "API Management stands in no virtual network"}
	default:
		b.estate.WhenIn(b.r.Child("virtualNetworkConfiguration").Get("subnetResourceId"), func(network string) { b.g.Network = network })
	}
}

// domains are those of the clouds, by how their locations begin.
var domains = []struct{ location, domain string }{
	{"china", ".azure-api.cn"}, {"usgov", ".azure-api.us"}, {"usdod", ".azure-api.us"}, {"", ".azure-api.net"},
}

func domain(r *azure.Resource) string {
	location := strings.ToLower(strings.ReplaceAll(r.Node.Get("location").Text(), " ", ""))
	for _, d := range domains {
		if strings.HasPrefix(location, d.location) {
			return d.domain
		}
	}
	return ""
}

// isGiven reports whether a host name is the one that every service gets.
func isGiven(host string) bool {
	for _, d := range domains {
		if strings.HasSuffix(host, d.domain) {
			return true
		}
	}
	return false
}

// protocolSwitches turn old versions of TLS on for clients ("Manage protocols and ciphers in Azure API Management"), oldest first.
var protocolSwitches = []struct{ name, version string }{
	{"Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Protocols.Ssl30", "SSL3.0"},
	{"Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Protocols.Tls10", "TLS1.0"},
	{"Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Protocols.Tls11", "TLS1.1"},
}

// minTLS is the lowest version of TLS for clients. Of services made before April 2018 the old ones are on unless they were turned off
// (REST reference, "Api Management Service": customProperties), so that what is not written down stays open.
func (b *builder) minTLS() routing.Value {
	if b.beside != nil {
		return b.beside.minTLS
	}
	properties := b.r.Child("customProperties")
	for _, s := range protocolSwitches {
		switch v := azure.Flag(properties.Get(s.name)); {
		case v.IsUnknown():
			return v
		case v.Text() == "true":
			return v.Became(s.version)
		}
	}
	if v := azure.Flag(properties.Get(protocolSwitches[1].name)); v.Text() == "false" && azure.Flag(properties.Get(protocolSwitches[2].name)).Text() == "false" {
		return v.Became("TLS1.2")
	}
	return routing.UnknownOf("whether TLS 1.0 and 1.1 are on is not written down: of services made before April 2018 they are, unless customProperties turn them off", b.g.Span)
}
