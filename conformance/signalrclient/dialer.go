package signalrclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Dialer says how connections are opened. Its zero value does as a browser would.
type Dialer struct {
	Address    string         // host:port to connect to; empty means that of the URL
	Source     netip.Addr     // local address, for clients of several addresses (127.0.x.y); zero means any
	Roots      *x509.CertPool // nil means the system's
	ServerName string         // SNI, and the name that the certificate must bear; empty means the URL's host
	OmitSNI    bool           // send no SNI; the certificate is verified all the same
	Insecure   bool           // accept any certificate
}

// fallbackTimeout ends an exchange whose context has no deadline.
const fallbackTimeout = 2 * time.Minute

// dial opens a connection for a URL of scheme http or https.
func (d Dialer) dial(ctx context.Context, u *url.URL) (net.Conn, error) {
	address, err := d.addressFor(u)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{}
	if d.Source.IsValid() {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(d.Source, 0))
	}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", address, err)
	}
	if !strings.EqualFold(u.Scheme, "https") {
		return conn, nil
	}
	secure := tls.Client(conn, d.tlsConfig(u.Hostname()))
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("shake hands with %s: %w", address, err), ignoreClosed(conn.Close()))
	}
	return secure, nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (d Dialer) addressFor(u *url.URL) (string, error) {
	port := ""
	switch strings.ToLower(u.Scheme) {
	case "https":
		port = "443"
	case "http":
		port = "80"
	default:
		return "", fmt.Errorf("connect to %s: scheme %q is neither http nor https", u.Redacted(), u.Scheme)
	}
	if d.Address != "" {
		return d.Address, nil
	}
	if u.Port() != "" {
		port = u.Port()
	}
	return net.JoinHostPort(u.Hostname(), port), nil
}

// tlsConfig offers HTTP/1.1 only, because this client speaks nothing else.
func (d Dialer) tlsConfig(host string) *tls.Config {
	name := d.ServerName
	if name == "" {
		name = host
	}
	config := &tls.Config{
		MinVersion: tls.VersionTLS12, ServerName: name, RootCAs: d.Roots, NextProtos: []string{"http/1.1"},
		InsecureSkipVerify: d.Insecure, //nolint:gosec // the caller's choice, for proxies with a private certificate
	}
	if d.OmitSNI {
		config.ServerName = ""
		config.InsecureSkipVerify = true
		config.VerifyConnection = func(state tls.ConnectionState) error { return d.verify(state, name) }
	}
	return config
}

// verify does what crypto/tls does, for a name that was not sent.
func (d Dialer) verify(state tls.ConnectionState, name string) error {
	if d.Insecure {
		return nil
	}
	options := x509.VerifyOptions{DNSName: name, Roots: d.Roots, Intermediates: x509.NewCertPool()}
	for _, certificate := range state.PeerCertificates[1:] {
		options.Intermediates.AddCert(certificate)
	}
	_, err := state.PeerCertificates[0].Verify(options)
	return err
}
