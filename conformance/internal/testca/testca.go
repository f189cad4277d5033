// Package testca is a throw-away certificate authority for servers on loopback: one CA, leaf certificates for any names,
// and everything as PEM, so that other programs (a real nginx, curl) can trust it too. Nothing is ever written to disk.
package testca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"sync"
	"time"
)

// lifetime is short, because no certificate of a throw-away CA should outlive the run that made it by much.
const lifetime = 7 * 24 * time.Hour

// CA is a certificate authority whose key exists in memory only.
type CA struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// Leaf is a server certificate with its key and the chain up to, but without, the CA.
type Leaf struct {
	Certificate tls.Certificate
	CertPEM     []byte
	KeyPEM      []byte
}

// New makes a CA with the given common name.
func New(name string) (*CA, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make CA key: %w", err)
	}
	template, err := blank(name)
	if err != nil {
		return nil, err
	}
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make CA certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read CA certificate back: %w", err)
	}
	return &CA{certificate: certificate, key: key}, nil
}

// Issue makes a server certificate for names, each a DNS name (wildcards too) or an IP address. Without names it is
// valid for no name at all.
func (ca *CA) Issue(names ...string) (*Leaf, error) { return ca.IssueFor(lifetime, names...) }

// IssueFor makes a server certificate that ends after a time, or ended before, where that is negative; it is good from an hour ago.
func (ca *CA) IssueFor(life time.Duration, names ...string) (*Leaf, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	return ca.issue(key, life, names)
}

// rsaKey is the one of all certificates with a key of that kind: to make it takes long.
var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// IssueRSA is Issue with an RSA key, for clients that take no other.
func (ca *CA) IssueRSA(names ...string) (*Leaf, error) {
	key, err := rsaKey()
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	return ca.issue(key, lifetime, names)
}

func (ca *CA) issue(key crypto.Signer, life time.Duration, names []string) (*Leaf, error) {
	template, err := blank("asrscheck leaf")
	if err != nil {
		return nil, err
	}
	template.NotAfter = time.Now().Add(life)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, name := range names {
		addName(template, name)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.certificate, key.Public(), ca.key)
	if err != nil {
		return nil, fmt.Errorf("make certificate for %q: %w", names, err)
	}
	return encode(der, key)
}

// PEM is the CA's certificate, for the trust stores of other programs.
func (ca *CA) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.certificate.Raw})
}

// Pool is a trust store that holds this CA alone.
func (ca *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.certificate)
	return pool
}

func blank(name string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("draw serial number: %w", err)
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(lifetime),
	}, nil
}

func addName(template *x509.Certificate, name string) {
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = append(template.IPAddresses, ip)
		return
	}
	template.DNSNames = append(template.DNSNames, name)
}

func encode(der []byte, key crypto.Signer) (*Leaf, error) {
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode key: %w", err)
	}
	leaf := &Leaf{
		CertPEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		KeyPEM:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
	}
	leaf.Certificate, err = tls.X509KeyPair(leaf.CertPEM, leaf.KeyPEM)
	if err != nil {
		return nil, fmt.Errorf("pair certificate and key: %w", err)
	}
	return leaf, nil
}
