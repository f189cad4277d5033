// Package routing holds the common model: what a gateway does to a request, as a small program.
//
// Every parser is a compiler into this program. Trace interprets it for questions, the reference proxy interprets it for traffic;
// everything else that asrscheck says about a gateway is written once, against it.
//
// A request arrives at a Listener and runs the steps of its Entry block. Match takes the first arm whose condition holds; Set, Add
// and Remove change the request in flight; Jump goes on in another block and does not come back, so that a search that starts
// again, a named location, a policy fragment and a virtual host are one thing; Respond, Redirect, Forward and Opaque end the
// request. Expressions read the request in flight, or as it came in. Every Value is unset, known or unknown, and knows where it
// was written. A condition that hangs on something unknown is followed both ways; a path says what it assumed.
//
// # How NGINX lowers
//
// The listener's block is a Table on the host name, then arms for masks and regular expressions; each server is a block that runs
// the server-level rewrite codes and then jumps to its location search: arms for exact names, then regular expressions, then
// prefixes from long to short, each jumping to the block of its location. rewrite … last sets the path and jumps back to the
// search (Max 10, as NGINX bounds it). set is a variable, map a Lookup, split_clients a Split. proxy_set_header is Set on a
// header after the hop-by-hop headers were removed, and reads the client's headers as they came in. proxy_pass is Forward: To is
// the name, which may be a pool (upstream{}) or a host; the pool's Pick holds the hash key. A pool member that is a listener of
// the same configuration is followed.
//
// # How Application Gateway lowers
//
// Frontend IP and port make a Listener. Its block has an arm for each HTTP listener's host names, in the order of the rules'
// priorities; path-based rules are arms on the path in listed order, case-insensitive. A backend path override is Set on the
// path; a rewrite rule set is a run of Match steps that set headers, path and query; reroute is Jump back to the path map. A backend
// setting becomes Set on the Host header and the Settings of Forward: SNI, verification, time-outs, buffering "holds" or "off".
// A parameter that has no value is an unknown Value in the place it is used.
//
// # How API Management lowers
//
// Arms choose the API by longest suffix, then the operation by method and template. The effective policy is a run of steps:
// choose is Match, set-variable and set-header are Set, rewrite-uri is Set on the path, set-backend-service is Set on a variable
// that Forward's To reads, return-response is Respond. A policy expression that cannot be evaluated is a Given condition or a Lit
// that is unknown; both ways are followed.
//
// # How Akamai lowers
//
// Every rule is a Match of one arm, in order, parents before children: all that match apply. A behavior is Set on a variable of its
// own name, so that the last one wins; at the end Match steps turn variables that refuse (deny, no allowPost) into Respond, and
// one Forward reads origin, host header, SNI, WebSocket and time-outs through variables.
package routing
