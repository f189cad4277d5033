// Package signalr tells which host names an Azure SignalR resource answers for, and from where it can be reached.
package signalr

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Services are the names of all services of an estate: their own, and the custom domains that were read.
func Services(e *azure.Estate) []routing.Service {
	var out []routing.Service
	for _, r := range e.All(azure.SignalR) {
		if host := hostName(r); host != nil {
			out = append(out, routing.Service{
				Host: host.Text(), Span: host.Span(), Public: public(r), Private: private(e, r), Networks: networks(e, host.Text()),
			})
		}
	}
	for _, r := range e.All(azure.CustomDomain) {
		if name := r.Get("domainName"); name.Kind() == jsontree.String && name.Text() != "" {
			out = append(out, routing.Service{Host: name.Text(), Span: name.Span()})
		}
	}
	return out
}

// hostName is what the resource says, or what follows from its name; nil where neither is known.
func hostName(r *azure.Resource) *jsontree.Node {
	if host := r.Get("hostName"); host.Kind() == jsontree.String && host.Text() != "" {
		return host
	}
	name := r.Node.Get("name")
	if name.Unset() {
		name = r.Node.Get("id")
	}
	if name.Kind() != jsontree.String || name.Text() == "" {
		return nil
	}
	host := jsontree.NewString(name.Place(), strings.ToLower(azure.LastSegment(name.Text()))+domain(r))
	host.AddOrigins(name.Origins()...)
	return host
}

// domain is that of the cloud that the resource's location is in (learn.microsoft.com, "Azure Private Endpoint private DNS zone
// values"): locations in China begin with "china", those of the United States' government with "usgov" or "usdod".
func domain(r *azure.Resource) string {
	location := strings.ToLower(strings.ReplaceAll(r.Node.Get("location").Text(), " ", ""))
	switch {
	case strings.HasPrefix(location, "china"):
		return ".signalr.azure.cn"
	case strings.HasPrefix(location, "usgov"), strings.HasPrefix(location, "usdod"):
		return ".signalr.azure.us"
	}
	return ".service.signalr.net"
}
