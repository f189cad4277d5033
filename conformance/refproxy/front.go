package refproxy

import (
	"crypto/tls"
	"net"
	"strings"
	"sync"

	"github.com/asrscheck/asrscheck/conformance/internal/testca"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// wardrobe holds a certificate for every name that clients asked for.
type wardrobe struct {
	ca *testca.CA
	mu sync.Mutex
	by map[string]*tls.Certificate
}

// maxCertificates bounds the names that clients can have certificates made for.
const maxCertificates = 256

// secured serves TLS on a socket, with a certificate for whatever name a client asks for.
func (p *Proxy) secured(socket net.Listener, l *routing.Listener) net.Listener {
	w := &wardrobe{ca: p.ca, by: map[string]*tls.Certificate{}}
	return tls.NewListener(socket, &tls.Config{
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			config := &tls.Config{
				MinVersion: versionOf(l.LowestTLS(hello.ServerName).Text()), NextProtos: protocols(l),
				GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) { return w.certificate(hello.ServerName) },
			}
			for _, d := range p.config.Defects {
				if d.tls != nil {
					d.tls(config)
				}
			}
			return config, nil
		},
	})
}

// protocols are what a listener offers by ALPN (RFC 7301, RFC 9113 section 3.2). WebSockets come over HTTP/1.1 in any case: none of the products
// that are read lets clients extend HTTP/2 by them (RFC 8441).
func protocols(l *routing.Listener) []string {
	if l.HTTP2 {
		return []string{"h2", "http/1.1"}
	}
	return []string{"http/1.1"}
}

func (w *wardrobe) certificate(name string) (*tls.Certificate, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	name = strings.ToLower(name)
	if known := w.by[name]; known != nil {
		return known, nil
	}
	names := []string{name}
	if name == "" || len(w.by) >= maxCertificates {
		name, names = "", []string{"localhost", "127.0.0.1"}
	}
	leaf, err := w.ca.Issue(names...)
	if err != nil {
		return nil, err
	}
	w.by[name] = &leaf.Certificate
	return &leaf.Certificate, nil
}

// versionOf is a version of TLS, 1.2 where it is not given.
func versionOf(text string) uint16 {
	switch strings.ToUpper(text) {
	case "TLS1.0", "TLS1":
		return tls.VersionTLS10
	case "TLS1.1":
		return tls.VersionTLS11
	case "TLS1.3":
		return tls.VersionTLS13
	}
	return tls.VersionTLS12
}
