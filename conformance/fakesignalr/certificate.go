package fakesignalr

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/conformance/internal/testca"
)

// wrongName is the name in the certificate that a client without a known SNI gets.
const wrongName = "default.fake.invalid"

// certificates are the leaves that an instance can present.
type certificates struct {
	own, wrong, rogue *tls.Certificate
}

func issueAll(ca, rogue *testca.CA, host string) (certificates, error) {
	own, err := ca.Issue(host)
	if err != nil {
		return certificates{}, err
	}
	wrong, err := ca.Issue(wrongName)
	if err != nil {
		return certificates{}, err
	}
	unknown, err := rogue.Issue(host)
	if err != nil {
		return certificates{}, err
	}
	return certificates{&own.Certificate, &wrong.Certificate, &unknown.Certificate}, nil
}

// tlsConfig is TLS 1.2 or later (learn.microsoft.com, Azure SignalR troubleshooting guide), without tickets, because a
// resumed session would not look at a certificate that changed.
func (i *Instance) tlsConfig() *tls.Config {
	return &tls.Config{
		MinVersion:             tls.VersionTLS12,
		NextProtos:             []string{"http/1.1"},
		SessionTicketsDisabled: true,
		GetCertificate:         i.certificate,
	}
}

var errUnknownName = errors.New("unknown server name")

func (i *Instance) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if conn, ok := hello.Conn.(*helloConn); ok {
		conn.sni = hello.ServerName
	}
	knobs := i.cluster.Knobs()
	if knobs.Rogue {
		return i.certificates.rogue, nil
	}
	if knobs.Misname {
		return i.certificates.wrong, nil
	}
	if strings.EqualFold(hello.ServerName, i.Host) || knobs.NoSNI == SNITenant {
		return i.certificates.own, nil
	}
	if knobs.NoSNI == SNIRefuse {
		return nil, fmt.Errorf("%w %q", errUnknownName, hello.ServerName)
	}
	return i.certificates.wrong, nil
}
