package kubernetes

import (
	"net"
	"strconv"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// backend is what a route leads to.
type backend struct {
	id      string  // namespace-service-port
	members []value // addresses: of an ExternalName, or of Endpoints; each with the port in port
	port    string
	// inside is the name of a Service that leads to pods.
	inside string
	// why is set where the members are not known.
	why string
	// appProtocol is what the port says about what is spoken there.
	appProtocol value
	at          routing.Span
}

// external reports whether the backend is a host outside of the cluster.
func (b *backend) external() bool { return len(b.members) > 0 }

// service finds out where a Service leads. port is a number or the name of a port.
func (c *cluster) service(namespace, name, port string, at routing.Span) *backend {
	b := &backend{id: namespace + "-" + name + "-" + port, port: port, at: at}
	s, ok := c.find("Service", namespace, name)
	if !ok {
		b.why = "the Service " + name + " in the namespace " + namespace + " was not given"
		return b
	}
	entry := servicePort(s, port)
	b.port, b.appProtocol = portOf(entry, port), entry.get("appProtocol")
	if host := s.get("spec", "externalName"); s.get("spec", "type").text() == "ExternalName" && host.text() != "" {
		if target, ok := entry.get("targetPort").number(); ok {
			b.port = strconv.Itoa(target)
		}
		b.members = []value{host}
		return b
	}
	if !s.get("spec", "selector").isZero() {
		b.inside = name + "." + namespace + ".svc"
		return b
	}
	if c.endpoints(b, s); len(b.members) == 0 {
		b.why = "the Service " + name + " has no selector, and its Endpoints were not given"
	}
	return b
}

// endpoints are the addresses that Endpoints or EndpointSlices give to a Service without a selector.
func (c *cluster) endpoints(b *backend, s object) {
	if e, ok := c.find("Endpoints", s.namespace, s.name); ok {
		for subset := range e.get("subsets").items() {
			b.addEndpoints(subset)
		}
	}
	for _, slice := range c.of("EndpointSlice", "discovery.k8s.io") {
		if slice.namespace == s.namespace && slice.get("metadata", "labels", "kubernetes.io/service-name").text() == s.name {
			for e := range slice.get("endpoints").items() {
				for address := range e.get("addresses").items() {
					b.members = append(b.members, address)
				}
			}
			b.portFrom(slice.get("ports"))
		}
	}
}

func (b *backend) addEndpoints(subset value) {
	for address := range subset.get("addresses").items() {
		if ip := address.get("ip"); net.ParseIP(ip.text()) != nil {
			b.members = append(b.members, ip)
		}
	}
	b.portFrom(subset.get("ports"))
}

// portFrom takes the port of the only entry of a list of ports.
func (b *backend) portFrom(ports value) {
	for p := range ports.items() {
		if n, ok := p.get("port").number(); ok {
			b.port = strconv.Itoa(n)
		}
		return
	}
}

// servicePort is the entry of a Service for a port, by number or name.
func servicePort(s object, port string) value {
	for p := range s.get("spec", "ports").items() {
		if p.get("port").text() == port || p.get("name").text() == port {
			return p
		}
	}
	return value{}
}

func portOf(entry value, otherwise string) string {
	if n, ok := entry.get("port").number(); ok {
		return strconv.Itoa(n)
	}
	return otherwise
}
