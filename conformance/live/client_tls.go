package live

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"strconv"

	"github.com/onsi/gomega"
)

var clientTLS = []*Case{{
	ID: "LIVE-CTLS-01", Requirement: "client-tls", Title: "Clients come over TLS, and over none of its old versions",
	Level: Open, Run: oldVersionsAreRefused,
}}

func oldVersionsAreRefused(ctx context.Context, g gomega.Gomega, t *Target) {
	if t.endpoint.Scheme == "http" {
		if t.endpoint.StandsIn() {
			t.leave("%s stands in for the URL that clients use: whether they come over TLS there is not known", t.endpoint)
		}
		g.Expect(t.endpoint.Scheme).To(gomega.Equal("https"), "expected clients to be sent to an https:// URL, seen %s", t.endpoint)
	}
	switch {
	case !t.door.tls:
		t.leave("clients come over HTTPS, but the listener speaks plain HTTP: what ends TLS in front of it is not here")
	case t.model.versions != "":
		t.leave("%s", t.model.versions)
	}
	version, err := t.oldHandshake(ctx)
	g.Expect(err).To(gomega.HaveOccurred(), "expected a handshake with TLS 1.1 at most to be refused, seen %s", tls.VersionName(version))
	_, err = t.handshake(ctx, tls.VersionTLS12, tls.VersionTLS13)
	g.Expect(err).NotTo(gomega.HaveOccurred(), "expected a handshake with TLS 1.2 or later to succeed, seen %v", err)
}

// oldHandshake offers TLS 1.0 and 1.1 only.
func (t *Target) oldHandshake(ctx context.Context) (uint16, error) {
	return t.handshake(ctx, tls.VersionTLS10, tls.VersionTLS11)
}

// handshake shakes hands with the proxy and tells the version that was agreed on.
func (t *Target) handshake(ctx context.Context, lowest, highest uint16) (version uint16, err error) {
	ctx, cancel := context.WithTimeout(ctx, passLimit)
	defer cancel()
	config := &tls.Config{ServerName: t.endpoint.Host, RootCAs: t.door.roots, MinVersion: lowest, MaxVersion: highest}
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", cmp.Or(t.door.address, net.JoinHostPort(t.endpoint.Host, strconv.Itoa(t.endpoint.Port))))
	if err != nil {
		return 0, err
	}
	defer conn.Close()            //nolint:errcheck // what it was for is over
	secure, _ := conn.(*tls.Conn) // a tls.Dialer returns nothing else
	return secure.ConnectionState().Version, nil
}
