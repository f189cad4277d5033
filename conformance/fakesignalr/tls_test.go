package fakesignalr_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

func TestCertificateOfTheServiceVerifies(t *testing.T) {
	r := single(t)
	n := r.negotiate(r.client(0))
	if n.Exchange.TLS == nil || n.Exchange.TLS.Version < tls.VersionTLS12 {
		t.Error("the negotiate did not go over TLS 1.2 or later")
	}
}

func TestAnswersToAMissingOrUnknownSNI(t *testing.T) {
	dialers := map[string]func(*signalrclient.Client){
		"no SNI":      func(c *signalrclient.Client) { c.OmitSNI = true },
		"unknown SNI": func(c *signalrclient.Client) { c.ServerName = "proxy.example.com" },
	}
	for name, change := range dialers {
		t.Run(name, func(t *testing.T) {
			r := single(t)
			c := r.client(0)
			change(c)
			_, err := c.Negotiate(soon(t))
			if !errors.As(err, new(x509.HostnameError)) {
				t.Errorf("by default the client sees %v, want a certificate of another name", err)
			}
			turn(t, r, func(k *fakesignalr.Knobs) { k.NoSNI = fakesignalr.SNIRefuse })
			if _, err := c.Negotiate(soon(t)); err == nil || errors.As(err, new(x509.HostnameError)) {
				t.Errorf("refused, the client sees %v, want a failed handshake", err)
			}
			turn(t, r, func(k *fakesignalr.Knobs) { k.NoSNI = fakesignalr.SNITenant })
			c.Insecure = true
			r.negotiate(c)
			if got := r.last().SNI; got != c.ServerName {
				t.Errorf("SNI is recorded as %q, want %q", got, c.ServerName)
			}
		})
	}
}

func TestRogueCertificateIsRefusedAndRecorded(t *testing.T) {
	r := single(t)
	c := r.client(0)
	r.negotiate(c)
	turn(t, r, func(k *fakesignalr.Knobs) { k.Rogue = true })
	_, err := c.Negotiate(soon(t))
	if !errors.As(err, new(x509.UnknownAuthorityError)) {
		t.Errorf("the client sees %v, want an unknown authority", err)
	}
	r.eventually("the failed handshake is recorded with its SNI", func() bool {
		failed := r.Handshakes()
		return len(failed) > 0 && failed[len(failed)-1].SNI == host
	})
	c.Insecure = true
	r.negotiate(c)
}

func TestMisnamedCertificateIsRefused(t *testing.T) {
	r := single(t)
	turn(t, r, func(k *fakesignalr.Knobs) { k.Misname = true })
	if _, err := r.client(0).Negotiate(soon(t)); !errors.As(err, new(x509.HostnameError)) {
		t.Errorf("the client sees %v, want a certificate of another name", err)
	}
}

func TestTurningRogueCutsConnections(t *testing.T) {
	r := single(t)
	hub, _ := r.served(r.client(0), "websocket")
	turn(t, r, func(k *fakesignalr.Knobs) { k.Rogue = true })
	if _, err := hub.Receive(soon(t)); !errors.Is(err, signalrclient.ErrEnded) {
		t.Errorf("the old connection gives %v, want that it was cut", err)
	}
}

func TestPlainHTTPIsServedWhenAskedFor(t *testing.T) {
	r := single(t)
	c, err := signalrclient.New("http://" + host)
	if err != nil {
		t.Fatal(err)
	}
	c.Address, c.Token, c.Query = r.Instances()[0].PlainAddr(), r.client(0).Token, "hub=chat"
	hub, _ := r.served(c, "websocket")
	if err := hub.Echo(soon(t), "x"); err != nil {
		t.Error(err)
	}
	if r.last().TLS {
		t.Error("a plain request is recorded as TLS")
	}
}

func turn(t *testing.T, r *rig, change func(*fakesignalr.Knobs)) {
	t.Helper()
	if err := r.Turn(change); err != nil {
		t.Fatalf("the knobs do not turn: %v", err)
	}
}
