package testca_test

import (
	"crypto/tls"
	"crypto/x509"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/internal/testca"
)

func newCA(t *testing.T) *testca.CA {
	t.Helper()
	ca, err := testca.New("test CA")
	if err != nil {
		t.Fatalf("the CA was not made: %v", err)
	}
	return ca
}

func issue(t *testing.T, ca *testca.CA, names ...string) *x509.Certificate {
	t.Helper()
	leaf, err := ca.Issue(names...)
	if err != nil {
		t.Fatalf("no certificate was issued for %q: %v", names, err)
	}
	certificate, err := x509.ParseCertificate(leaf.Certificate.Certificate[0])
	if err != nil {
		t.Fatalf("the issued certificate does not parse: %v", err)
	}
	return certificate
}

func TestLeafIsTrustedForItsNamesOnly(t *testing.T) {
	ca := newCA(t)
	leaf := issue(t, ca, "chat.service.signalr.net", "*.example.com", "127.0.0.1")
	for name, good := range map[string]bool{
		"chat.service.signalr.net":  true,
		"proxy.example.com":         true,
		"127.0.0.1":                 true,
		"other.service.signalr.net": false,
		"127.0.0.2":                 false,
	} {
		_, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: ca.Pool()})
		if (err == nil) != good {
			t.Errorf("the certificate verified for %s with error %v, want valid=%v", name, err, good)
		}
	}
}

func TestLeafOfAnotherCAIsNotTrusted(t *testing.T) {
	leaf := issue(t, newCA(t), "chat.service.signalr.net")
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: newCA(t).Pool()}); err == nil {
		t.Error("a certificate of another CA verified")
	}
}

func TestPEMMakesAUsableTrustStoreAndKeyPair(t *testing.T) {
	ca := newCA(t)
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca.PEM()) {
		t.Fatal("the CA's PEM holds no certificate")
	}
	leaf, err := ca.Issue("localhost")
	if err != nil {
		t.Fatalf("no certificate was issued: %v", err)
	}
	if _, err := tls.X509KeyPair(leaf.CertPEM, leaf.KeyPEM); err != nil {
		t.Errorf("the leaf's PEM is not a key pair: %v", err)
	}
}
