// Package fakesignalr is a fake Azure SignalR Service, strict enough to find out whether a proxy in front of it would
// work in front of the real one.
//
// It is multi-tenant by Host, checks every token, owns every connection id, answers with the service's own status codes
// and texts, and records each request as it was received, bytes before parsing included. Where a proxy does one thing
// wrong, switches (see Knobs) forgive that one thing, so that it does not hide the next; what was forgiven is recorded.
//
// A Cluster holds one or more services, each with one or more instances; an Instance is an http.Handler, and Listen gives
// each a listener of its own. Every answer to a fault carries the header X-Fake-Reason, and the log holds it too.
//
// It speaks HTTP/1.1 and 1.0, and HTTP/2 where a knob says so: the page on custom domains shows HTTP/2 for /api/health, but whether
// the real service serves clients over it is not documented. The behavior follows the public sources of ASP.NET Core SignalR
// (src/SignalR/common/Http.Connections/src/Internal/HttpConnectionDispatcher.cs, docs/specs/TransportProtocols.md and
// HubProtocol.md), Azure/azure-signalr, and the Azure SignalR articles on learn.microsoft.com; what none of them says is
// a knob.
package fakesignalr
