// Package oracle compares what routing.Trace predicts with what the real NGINX does to the same request, in everything that a trace
// says: whether an upstream receives it or NGINX answers, which upstream, the request line, every header, the server name of the TLS
// handshake, whether an upgrade passes, the status and where a redirect leads.
//
// What a trace leaves open is counted and not compared. Where a trace has several paths, because NGINX throws dice or because
// something is unknown, NGINX must do what one of them says; a pool that picks by a key must give equal keys the same member, whichever
// that is.
//
// Not tried, because the model cannot hold them and no client of SignalR sends them: header names with letters that
// no name may have (400), pipelined requests, HTTP/2 and HTTP/3; and error pages for upstreams that cannot be reached, which traces do not follow. Not compared: the order of headers of different names, headers of
// answers that NGINX adds by itself (Server, Date, Content-Type …), time-outs, buffering, and of access logs all but whether they keep
// access tokens.
package oracle
