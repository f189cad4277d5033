package live

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Product says how a gateway is run by the product itself, in front of the fake service.
type Product struct {
	Twin
	// Start runs it, until the target is closed.
	Start func(b Backing) (Front, error)
}

// Backing is what stands behind a gateway that its product runs.
type Backing struct {
	Dial      func(ctx context.Context, address string) (net.Conn, error) // to what an address that the gateway connects to stands for
	Authority []byte                                                      // of the services' certificates, as PEM
}

// Front is where clients reach a product.
type Front struct {
	Address func(l *routing.Listener) string // of a listener
	Roots   *x509.CertPool                   // that its own certificate is verified by
	Reload  func() error                     // has it load its configuration again; nil where it cannot
	Stop    func() error
}

// NewProduct runs a gateway in its product, in front of a fake service with an instance for every service that the gateway may reach.
// The product's clocks must run as fast as the twin's do.
func NewProduct(p Product) (*Target, error) {
	t, stage := p.target()
	if err := t.startService(p.Twin, stage); err != nil {
		return nil, errors.Join(fmt.Errorf("start the service behind %s: %w", p.Gateway.Name, err), t.Close())
	}
	d := &dialer{cluster: t.own, ties: stage.Ties, lag: t.lag}
	front, err := p.Start(Backing{Dial: d.dial, Authority: t.own.CA().PEM()})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", p.Gateway.Name, err), t.Close())
	}
	t.closers = append([]func() error{front.Stop}, t.closers...)
	if front.Reload != nil {
		t.reload = func(context.Context) error { return front.Reload() }
	}
	for _, l := range stage.Listeners {
		switch {
		case !l.Fronted.IsZero():
			t.blocked = "listener " + l.Name + " takes connections only from something that speaks the PROXY protocol, which clients do not"
		case front.Address(l) == "":
			t.blocked = "no client comes in at listener " + l.Name + " here, where addresses are those of IPv4"
		}
	}
	return t, t.openDoor(stage, front.Roots, front.Address)
}
