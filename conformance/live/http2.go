package live

import (
	"cmp"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
)

// negotiateOverHTTP2 negotiates as a browser does that was offered HTTP/2. spoken is false where the proxy does not offer it.
func (s *session) negotiateOverHTTP2(ctx context.Context) (status int, spoken bool) {
	if !s.t.door.tls {
		return 0, false
	}
	ctx, cancel := context.WithTimeout(ctx, passLimit)
	defer cancel()
	transport := &http.Transport{
		ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.t.endpoint.Host, RootCAs: s.t.door.roots},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, cmp.Or(s.t.door.address, address))
		},
	}
	defer transport.CloseIdleConnections()
	request := s.NegotiateRequest()
	r, err := http.NewRequestWithContext(ctx, request.Method, "https://"+s.t.endpoint.Authority()+request.Target, http.NoBody)
	s.t.must(err)
	for _, f := range request.Header {
		if name := strings.ToLower(f.Name); name != "host" && name != "connection" && name != "content-length" {
			r.Header.Add(f.Name, f.Value)
		}
	}
	s.t.shared.sent.Add(1)
	response, err := transport.RoundTrip(r)
	if err != nil {
		return 0, false
	}
	defer response.Body.Close()                                      //nolint:errcheck // what it was for is over
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20)) // the status tells
	return response.StatusCode, response.ProtoMajor == 2
}
