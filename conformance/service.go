package conformance

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// serviceSuffixes are the domains of Azure SignalR Service in the public and the sovereign clouds. The sovereign ones are taken from
// Azure's private-endpoint documentation and were not tried.
var serviceSuffixes = []string{".service.signalr.net", ".signalr.azure.cn", ".signalr.azure.us"}

// Services knows which names are Azure SignalR services.
type Services struct {
	named map[string]bool
}

// NewServices recognizes the well-known domains, the services that the estate names, and those that the user names (custom domains).
func NewServices(estate *routing.Estate, hosts []string) *Services {
	s := &Services{named: map[string]bool{}}
	for _, h := range hosts {
		s.named[routing.HostName(h)] = true
	}
	for _, svc := range estate.Services {
		s.named[routing.HostName(svc.Host)] = true
	}
	return s
}

// Is reports whether a host name is a service's.
func (s *Services) Is(host string) bool {
	host = routing.HostName(host)
	if s.named[host] {
		return true
	}
	for _, suffix := range serviceSuffixes {
		if strings.HasSuffix(host, suffix) && len(host) > len(suffix) {
			return true
		}
	}
	return false
}
