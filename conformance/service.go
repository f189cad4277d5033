package conformance

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// serviceSuffixes are the domains of Azure SignalR Service in the public and the sovereign clouds. The sovereign ones are taken from
// Azure's private-endpoint documentation and were not tried.
var serviceSuffixes = []string{".service.signalr.net", ".signalr.azure.cn", ".signalr.azure.us"}

// Services knows which names are Azure SignalR services.
type Services struct {
	named map[string]bool
	read  map[string][]routing.Service // by host name
}

// NewServices recognizes the well-known domains, the services that the estate names, and those that the user names (custom domains).
func NewServices(estate *routing.Estate, hosts []string) *Services {
	s := &Services{named: map[string]bool{}, read: map[string][]routing.Service{}}
	for _, h := range hosts {
		s.named[routing.HostName(h)] = true
	}
	for _, svc := range estate.Services {
		host := routing.HostName(svc.Host)
		s.named[host] = true
		if svc.Public.IsSet() {
			s.read[host] = append(s.read[host], svc)
		}
	}
	return s
}

// Described reports whether the resource of any service was read.
func (s *Services) Described() bool { return len(s.read) > 0 }

// Read are the descriptions of the resource of a service that were read.
func (s *Services) Read(host string) []routing.Service { return s.read[routing.HostName(host)] }

// Is reports whether a host name is a service's.
func (s *Services) Is(host string) bool { return s.Of(host) != "" }

// Of is the name of the service that a host name leads to; empty where that is none. It is the host name itself, but for that of a private
// endpoint in DNS, NAME.privatelink.service.signalr.net: it leads to the service, but is none of the names that the service goes by
// (learn.microsoft.com, "Use private endpoints for Azure SignalR Service": connect to the resource by its own name).
func (s *Services) Of(host string) string {
	host = routing.HostName(host)
	for _, suffix := range serviceSuffixes {
		if name, ok := strings.CutSuffix(host, ".privatelink"+suffix); ok && name != "" {
			return name + suffix
		}
		if strings.HasSuffix(host, suffix) && len(host) > len(suffix) {
			return host
		}
	}
	if s.named[host] {
		return host
	}
	return ""
}

// In is the service that a text of a program names: a host name, an authority, or the beginning of a URL, to which the program may add the
// rest. It is empty where there is none.
func (s *Services) In(text string) string {
	if _, rest, ok := strings.Cut(text, "://"); ok {
		text = rest
	}
	if i := strings.IndexAny(text, "/?"); i >= 0 {
		text = text[:i]
	}
	return s.Of(text)
}

// completes reports whether a text is the end of services' names, to which the program adds the beginning, and perhaps more behind it.
func completes(text string) bool {
	if !strings.HasPrefix(text, ".") {
		return false
	}
	text = strings.ToLower(text)
	return slices.ContainsFunc(serviceSuffixes, func(suffix string) bool { return strings.HasPrefix(text, suffix) })
}
