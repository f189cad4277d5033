package realnginx

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/asrscheck/asrscheck/conformance/internal/testca"
)

// DefaultName is the only name in the certificate that a service shows to a client who names none.
const DefaultName = "default.invalid"

// Clients is the network that clients come from; all its addresses are of NGINX's machine (RFC 5737).
var Clients = netip.MustParsePrefix("192.0.2.0/24")

// Rig is a private network full of services. There can be one in a program.
type Rig struct {
	CA    *testca.CA
	names *names
	land  *land
	scene *scene
	tls   *tls.Config
	open  map[int]net.Listener // by port

	mu     sync.Mutex
	serial int
	divert func(ctx context.Context, host string, port int) (net.Conn, error)
	seen   []Seen
	leafs  map[string]*tls.Certificate
}

// Open builds the network and starts the services. The program must have been started by Enter.
func Open() (*Rig, error) {
	if !Inside() {
		return nil, errors.New("open rig: this program was not started by Enter")
	}
	ca, err := testca.New("asrscheck")
	if err != nil {
		return nil, fmt.Errorf("open rig: %w", err)
	}
	r := &Rig{CA: ca, names: newNames(), open: map[int]net.Listener{}, leafs: map[string]*tls.Certificate{}}
	r.tls = &tls.Config{GetCertificate: r.certificate, MinVersion: tls.VersionTLS12, SessionTicketsDisabled: true}
	if r.land, err = newLand(); err != nil {
		return nil, fmt.Errorf("open rig: %w", err)
	}
	if r.scene, err = newScene(); err != nil {
		return nil, fmt.Errorf("open rig: %w", err)
	}
	if err := r.start(); err != nil {
		r.Close()
		return nil, fmt.Errorf("open rig: %w", err)
	}
	return r, nil
}

// start opens every socket. 127.0.0.53 and 127.0.0.11 are where systemd and Docker have the resolver, and 127.0.0.1 is where others have it,
// which never leaves the front.
func (r *Rig) start() error {
	for _, a := range []string{"127.0.0.1:53", "127.0.0.53:53", "127.0.0.11:53"} {
		if err := answerNames(a, r.names); err != nil {
			return err
		}
	}
	if err := r.land.inBack(func() error { return answerNames("0.0.0.0:53", r.names) }); err != nil {
		return err
	}
	return errors.Join(r.Listen(80), r.Listen(443))
}

// Listen has services listen on one more port: 80 is plain, 443 is TLS, and others are what the client speaks.
func (r *Rig) Listen(port int) error {
	if r.open[port] != nil || port == ClosedPort {
		return nil
	}
	err := r.land.inBack(func() error {
		l, err := net.ListenTCP("tcp4", &net.TCPAddr{Port: port})
		if err != nil {
			return err //nolint:wrapcheck // wrapped below
		}
		r.open[port] = l
		return nil
	})
	if err != nil {
		return fmt.Errorf("listen as services: %w", err)
	}
	go r.serve(r.open[port], port)
	return nil
}

// Own makes an address one of NGINX's machine, beside those of 127.0.0.0/8 and Clients: a listener may be bound to it then, and it is
// no service anymore.
func (r *Rig) Own(a netip.Addr) error {
	if !a.Is4() || a.IsLoopback() || Clients.Contains(a) || a.IsUnspecified() {
		return nil
	}
	if err := r.land.own(netip.PrefixFrom(a, a.BitLen())); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("own %s: %w", a, err)
	}
	return nil
}

// Close ends the services. The network goes with the program.
func (r *Rig) Close() {
	for _, l := range r.open {
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

// Clear empties a folder, for this program and what it starts only.
func (r *Rig) Clear(folder string) error {
	if err := r.scene.clear(folder); err != nil {
		return fmt.Errorf("clear %s: %w", folder, err)
	}
	return nil
}

// Scratch is a new folder for files of a run, which is in memory.
func (r *Rig) Scratch() (string, error) {
	folder := filepath.Join(stage, "run"+strconv.Itoa(r.Serial()))
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // NGINX's workers run as another user
		return "", fmt.Errorf("make scratch folder: %w", err)
	}
	return folder, nil
}

// Take returns what services saw since it was last asked.
func (r *Rig) Take() []Seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.seen
	r.seen = nil
	return out
}

// Divert leads connections to services elsewhere: dial connects to what a name and a port stand for. Without it, and where it fails, the
// rig's own services answer, or nobody does.
func (r *Rig) Divert(dial func(ctx context.Context, host string, port int) (net.Conn, error)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.divert = dial
}

// Serial is a number that was not given before.
func (r *Rig) Serial() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.serial++
	return r.serial
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
	usual, err := r.leaf(name, name, r.CA.Issue)
	anyName := *hello
	anyName.ServerName = ""
	if err == nil && anyName.SupportsCertificate(usual) != nil {
		return r.leaf("RSA "+name, name, r.CA.IssueRSA)
	}
	return usual, err
}

func (r *Rig) leaf(key, name string, issue func(...string) (*testca.Leaf, error)) (*tls.Certificate, error) {
	if c := r.leafs[key]; c != nil {
		return c, nil
	}
	leaf, err := issue(name)
	if err != nil {
		return nil, fmt.Errorf("issue certificate: %w", err)
	}
	r.leafs[key] = &leaf.Certificate
	return &leaf.Certificate, nil
}
