package routing

// placeNames are the words for places in traces.
var placeNames = map[PlaceKind]string{
	InVar: "variable", InMethod: "the method", InPath: "the path", InQuery: "the query", InArgument: "query argument", InHeader: "header",
	InResponseHeader: "answer header", InHeaderLines: "all lines of header", InCookie: "cookie", InHost: "the host name", InTarget: "the request target", InScheme: "the scheme",
	InPort: "the port", InSNI: "the TLS server name", InProtocol: "the protocol", InClientIP: "the client address",
	InRequestLine: "the request line", InHeaders: "the longest header", InBodySize: "the body size", InCapture: "capture",
	InUpstreamHost: "the upstream's name",
}

// String names the place as traces do.
func (p Place) String() string {
	if p.Name == "" {
		return placeNames[p.Kind]
	}
	return placeNames[p.Kind] + " " + p.Name
}
