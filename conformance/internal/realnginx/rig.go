package realnginx

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"

	"github.com/asrscheck/asrscheck/conformance/internal/testca"
)

// DefaultName is the only name in the certificate that a service shows to a client who names none.
const DefaultName = "default.invalid"

// Options are what a rig is told.
type Options struct {
	// Ports are those on which services listen beside 80, which is plain, and 443, which is TLS.
	Ports []int
	// Own are networks whose addresses belong to NGINX's machine beside 127.0.0.0/8: clients come from them, and listeners may be
	// bound to them. Other addresses are services.
	Own []netip.Prefix
}

// Rig is a private network full of services. There can be one in a program.
type Rig struct {
	CA    *testca.CA
	names *names
	land  *land
	scene *scene
	tls   *tls.Config
	close []net.Listener

	mu    sync.Mutex
	seen  []Seen
	leafs map[string]*tls.Certificate
}

// Open builds the network and starts the services. The program must have been started by Enter.
func Open(o Options) (*Rig, error) {
	if !Inside() {
		return nil, errors.New("open rig: this program was not started by Enter")
	}
	ca, err := testca.New("asrscheck")
	if err != nil {
		return nil, fmt.Errorf("open rig: %w", err)
	}
	r := &Rig{CA: ca, names: newNames(), leafs: map[string]*tls.Certificate{}}
	r.tls = &tls.Config{GetCertificate: r.certificate, MinVersion: tls.VersionTLS12, SessionTicketsDisabled: true}
	if r.land, err = newLand(o.Own); err != nil {
		return nil, fmt.Errorf("open rig: %w", err)
	}
	if r.scene, err = newScene(); err != nil {
		return nil, fmt.Errorf("open rig: %w", err)
	}
	if err := r.start(o.Ports); err != nil {
		r.Close()
		return nil, fmt.Errorf("open rig: %w", err)
	}
	return r, nil
}

// start opens every socket. 127.0.0.53 and 127.0.0.11 are where systemd and Docker have the resolver, which never leaves the front.
func (r *Rig) start(ports []int) error {
	for _, a := range []string{"127.0.0.53:53", "127.0.0.11:53"} {
		if err := answerNames(a, r.names); err != nil {
			return err
		}
	}
	return r.land.inBack(func() error {
		if err := answerNames("0.0.0.0:53", r.names); err != nil {
			return err
		}
		all := slices.Concat([]int{80, 443}, ports)
		slices.Sort(all)
		for _, port := range slices.Compact(all) {
			if err := r.listen(port); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *Rig) listen(port int) error {
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{Port: port})
	if err != nil {
		return fmt.Errorf("listen as services: %w", err)
	}
	r.close = append(r.close, l)
	go r.serve(l, port)
	return nil
}

// Close ends the services. The network goes with the program.
func (r *Rig) Close() {
	for _, l := range r.close {
		_ = l.Close() // nothing can be lost
	}
	r.land.close()
}

// Place puts a file where the configuration expects one, such as a certificate. It exists for this program and what it starts only.
func (r *Rig) Place(path string, data []byte) error {
	if err := r.scene.write(path, data); err != nil {
		return fmt.Errorf("place %s: %w", path, err)
	}
	return nil
}

// Take returns what services saw since it was last asked.
func (r *Rig) Take() []Seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.seen
	r.seen = nil
	return out
}

func (r *Rig) record(s Seen) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, s)
}

// certificate is one for the name that is asked for; without one, or with one that is no name, the default.
func (r *Rig) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := hello.ServerName
	if name == "" {
		name = DefaultName
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.leafs[name]; c != nil {
		return c, nil
	}
	leaf, err := r.CA.Issue(name)
	if err != nil {
		return nil, fmt.Errorf("issue certificate: %w", err)
	}
	r.leafs[name] = &leaf.Certificate
	return &leaf.Certificate, nil
}
