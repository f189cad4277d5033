package fakesignalr

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/asrscheck/asrscheck/conformance/internal/testca"
)

// wrongName is the name in the certificate that a client without a known SNI gets.
const wrongName = "default.fake.invalid"

// certificates are the leaves that an instance can present.
type certificates struct {
	own, wrong, rogue leaf
}

// leaf is a certificate, and one with an RSA key, as those of Azure's services have, for clients that take no other. It is made when one asks.
type leaf struct {
	usual *tls.Certificate
	rsa   func() (*testca.Leaf, error)
}

// suiting is the one that a client takes.
func (l leaf) suiting(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	anyName := *hello
	anyName.ServerName = ""
	if anyName.SupportsCertificate(l.usual) == nil {
		return l.usual, nil
	}
	other, err := l.rsa()
	if err != nil {
		return nil, err
	}
	return &other.Certificate, nil
}

func issueAll(ca, rogue *testca.CA, host string) (c certificates, err error) {
	for _, one := range []struct {
		to   *leaf
		by   *testca.CA
		name string
	}{{&c.own, ca, host}, {&c.wrong, ca, wrongName}, {&c.rogue, rogue, host}} {
		usual, err := one.by.Issue(one.name)
		if err != nil {
			return c, err
		}
		*one.to = leaf{&usual.Certificate, sync.OnceValues(func() (*testca.Leaf, error) { return one.by.IssueRSA(one.name) })}
	}
	return c, nil
}

// tlsConfig is TLS 1.2 or later (learn.microsoft.com, Azure SignalR troubleshooting guide), without tickets, because a
// resumed session would not look at a certificate that changed.
func (i *Instance) tlsConfig() *tls.Config {
	config := &tls.Config{
		MinVersion:             tls.VersionTLS12,
		NextProtos:             []string{"http/1.1"},
		SessionTicketsDisabled: true,
		GetCertificate:         i.certificate,
	}
	withHTTP2 := config.Clone()
	withHTTP2.NextProtos = []string{"h2", "http/1.1"}
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		if i.cluster.Knobs().HTTP2 {
			return withHTTP2, nil
		}
		return nil, nil //nolint:nilnil // as in crypto/tls, for the usual one
	}
	return config
}

var errUnknownName = errors.New("unknown server name")

func (i *Instance) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if conn, ok := hello.Conn.(*helloConn); ok {
		conn.sni = hello.ServerName
	}
	knobs := i.cluster.Knobs()
	if knobs.Rogue {
		return i.certificates.rogue.suiting(hello)
	}
	if knobs.Misname {
		return i.certificates.wrong.suiting(hello)
	}
	if strings.EqualFold(hello.ServerName, i.Host) || knobs.NoSNI == SNITenant {
		return i.certificates.own.suiting(hello)
	}
	if knobs.NoSNI == SNIRefuse {
		return nil, fmt.Errorf("%w %q", errUnknownName, hello.ServerName)
	}
	return i.certificates.wrong.suiting(hello)
}
