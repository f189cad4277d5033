package conformance

import "github.com/asrscheck/asrscheck/parsers/routing"

// ListenersFor are the listeners of a gateway that clients of an endpoint may come in at; none when it does not serve the endpoint.
func ListenersFor(g *routing.Gateway, e Endpoint) []*routing.Listener { return listenersFor(g, e) }

// OnlyFromHere reports whether none but programs of its own machine reach a listener, where clients of an endpoint come from elsewhere.
func OnlyFromHere(l *routing.Listener, e Endpoint) bool {
	return isLoopback(l.Address) && !isLoopback(e.Host)
}
