// Package signalrclient is a SignalR client for probing, not for applications: it sends exactly the bytes that a browser or
// Node client would send, one request a connection, and hands back everything that could be observed.
//
// Requests are written by hand on the connection, so that nothing is normalized: the target, the order and spelling of header
// lines, the Host and the SNI are the caller's. No redirect is followed. Every call ends by its context's deadline, and heads,
// bodies and queues are bounded, whatever the peer does.
//
// The traffic follows @microsoft/signalr 10 (HttpConnection.ts, its transports, HubConnection.ts) and ASP.NET Core's
// docs/specs/TransportProtocols.md and HubProtocol.md.
package signalrclient
