package refproxy

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// handshakeLimit bounds a TLS handshake with an upstream.
const handshakeLimit = 10 * time.Second

// secure speaks TLS to the upstream where the scheme says so.
func (x *exchange) secure() *trouble {
	if x.scheme != "https" {
		return nil
	}
	secure := tls.Client(x.conn, &tls.Config{
		ServerName: x.settings[routing.SNI].text, NextProtos: []string{"http/1.1"},
		InsecureSkipVerify: true, //nolint:gosec // verify does as much as the gateway does
		VerifyConnection:   x.verify,
		MinVersion:         tls.VersionTLS10, MaxVersion: x.highestTLS(),
	})
	if err := x.conn.SetDeadline(time.Now().Add(handshakeLimit)); err != nil {
		return failed("shake hands with "+x.address, err)
	}
	err := secure.HandshakeContext(x.r.Context())
	if t, ok := errors.AsType[*trouble](err); ok {
		return t
	}
	if err != nil {
		return failed("shake hands with "+x.address, err)
	}
	x.conn = secure
	if err := secure.SetDeadline(time.Time{}); err != nil {
		return failed("shake hands with "+x.address, err)
	}
	return nil
}

// highestTLS is the highest version that is offered; 0 for what Go has.
func (x *exchange) highestTLS() uint16 {
	if v := x.settings[routing.MaxTLS]; v.text != "" {
		return versionOf(v.text)
	}
	return 0
}

// verify checks the certificate as far as the gateway does. Whether it does matters only for a certificate that does not hold.
func (x *exchange) verify(state tls.ConnectionState) error {
	if err := x.check(routing.VerifyChain, func() error { return x.verifyChain(state.PeerCertificates) }); err != nil {
		return err
	}
	names, why := x.verifiedName()
	return x.check(routing.VerifyName, func() error {
		if why != "" {
			return unknowable("the name that the certificate is checked for: %s", why)
		}
		return verifyOneOf(state.PeerCertificates[0], strings.Fields(names))
	})
}

// verifyOneOf wants the certificate to be for one of the names.
func verifyOneOf(c *x509.Certificate, names []string) error {
	err := errors.New("the certificate is checked for no name")
	for _, name := range names {
		if parent, mask := strings.CutPrefix(name, "*."); mask && slices.ContainsFunc(c.DNSNames, func(n string) bool { _, after, _ := strings.Cut(n, "."); return strings.EqualFold(after, parent) }) {
			return nil
		}
		if err = c.VerifyHostname(name); err == nil {
			return nil
		}
	}
	return err
}

// check runs a verification that is on. One that nobody knows to be on or off makes the outcome unknown when it fails.
func (x *exchange) check(setting routing.Setting, verify func() error) error {
	v := x.settings[setting]
	if v.is(false) {
		return nil
	}
	err := verify()
	var t *trouble
	switch {
	case err == nil || errors.As(err, &t) || v.is(true):
		return err
	case v.unknown():
		return unknowable("whether the certificate is verified: %s", v.why)
	}
	return unknowable("whether the certificate is verified is not stated (%v)", err)
}

func (x *exchange) verifyChain(chain []*x509.Certificate) error {
	options := x509.VerifyOptions{Roots: x.proxy.trusted(), Intermediates: x509.NewCertPool()}
	for _, c := range chain[1:] {
		options.Intermediates.AddCert(c)
	}
	if _, err := chain[0].Verify(options); err != nil {
		return fmt.Errorf("verify certificate: %w", err)
	}
	return nil
}

// trusted are the given authorities, and the proxy's own for requests to itself.
func (p *Proxy) trusted() *x509.CertPool {
	if p.config.RootCAs == nil {
		return p.ca.Pool()
	}
	pool := p.config.RootCAs.Clone()
	pool.AppendCertsFromPEM(p.ca.PEM())
	return pool
}

// verifiedName is the name the certificate is checked for: where the gateway sets none, the one in the handshake, or the
// upstream's. why says that it is unknown.
func (x *exchange) verifiedName() (name, why string) {
	set := x.settings[routing.VerifiedName]
	switch {
	case set.unknown():
		return "", set.why
	case set.text != "":
		return set.text, ""
	case x.settings[routing.SNI].text != "":
		return x.settings[routing.SNI].text, ""
	}
	host, _, err := net.SplitHostPort(x.address)
	if err != nil {
		host = x.address
	}
	return host, ""
}
