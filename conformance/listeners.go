package conformance

import "github.com/asrscheck/asrscheck/parsers/routing"

// ListenersFor are the listeners of a gateway that clients of an endpoint may come in at; none when it does not serve the endpoint.
func ListenersFor(g *routing.Gateway, e Endpoint) []*routing.Listener { return listenersFor(g, e) }
