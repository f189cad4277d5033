// Package ownnginx runs a configuration of NGINX in the user's own NGINX, in front of the fake service, for the live suite.
//
// The program enters namespaces of its own for it (see Enter), where every name leads to the fake service and every address to listen on is
// free. The configuration stays as it is. Certificates are made for the run and laid over the files that the configuration names, in memory: the
// authority of services is the fake one's, and clients must be able to verify what NGINX shows them.
package ownnginx

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"

	"github.com/asrscheck/asrscheck/conformance/internal/oracle"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/conformance/live"
	"github.com/asrscheck/asrscheck/parsers/nginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Streams are what the program inside reads and writes.
type Streams = realnginx.Streams

// Enter runs this program again inside, with the given arguments. The error is an *exec.ExitError when it ended with a status other than 0
// there, and says otherwise why this machine does not allow it.
func Enter(ctx context.Context, args []string, s Streams) error {
	return realnginx.Enter(ctx, args, s) //nolint:wrapcheck // callers look at the exit status
}

// Inside reports whether this program was started by Enter.
func Inside() bool { return realnginx.Inside() }

// Configuration is what is run.
type Configuration struct {
	Program string // name or path of nginx; the one of this machine when empty
	Path    string // a main file, or a folder with an nginx.conf
	Prefix  string // where the folder lies when NGINX runs it, such as /etc/nginx; where it is when empty
}

// Bench is a private network with an NGINX to put in it. There can be one in a program, which must be inside.
type Bench struct {
	rig     *realnginx.Rig
	nginx   realnginx.Installation
	conf    string // path of the main file
	scratch string
}

// Open builds the network.
func Open(ctx context.Context, c Configuration) (*Bench, error) {
	i, err := installed(ctx, c.Program)
	if err != nil {
		return nil, err
	}
	conf, err := mainFile(c.Path)
	if err != nil {
		return nil, err
	}
	rig, err := realnginx.Open()
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what it is about
	}
	b := &Bench{rig: rig, nginx: i, conf: conf}
	if b.scratch, err = rig.Scratch(); err == nil && c.Prefix != "" {
		err = b.move(filepath.Dir(conf), c.Prefix)
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

func installed(ctx context.Context, program string) (realnginx.Installation, error) {
	if program == "" {
		found, err := realnginx.Find()
		if err != nil {
			return realnginx.Installation{}, err //nolint:wrapcheck // it says what it is about
		}
		program = found
	}
	return realnginx.At(ctx, program) //nolint:wrapcheck // as above
}

// mainFile is the absolute path of the main file of a configuration.
func mainFile(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find the configuration: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("find the configuration: %w", err)
	}
	if !info.IsDir() {
		return path, nil
	}
	path = filepath.Join(path, "nginx.conf")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("a folder is run by its nginx.conf, or name the main file: %w", err)
	}
	return path, nil
}

// move lays the folder of the configuration over the one where NGINX expects it, in place of what lies there.
func (b *Bench) move(from, to string) error {
	files := os.DirFS(from)
	texts := map[string][]byte{}
	err := eachFile(files, func(name string, text []byte) { texts[filepath.Join(to, name)] = text })
	if err == nil {
		err = b.rig.Clear(to)
	}
	for path, text := range texts {
		if err == nil {
			err = b.rig.Place(path, text)
		}
	}
	if err != nil {
		return fmt.Errorf("lay %s over %s: %w", from, to, err)
	}
	b.conf = filepath.Join(to, filepath.Base(b.conf))
	return nil
}

// Version is that of the NGINX, such as "1.26.3".
func (b *Bench) Version() string { return b.nginx.Version }

// Program is the path of the NGINX.
func (b *Bench) Program() string { return b.nginx.Program() }

// Close ends the network.
func (b *Bench) Close() { b.rig.Close() }

// Target runs NGINX with the configuration that was read as the twin's gateway, until the target is closed. NGINX's clocks are as they are,
// and so are those of the fake service.
func (b *Bench) Target(w live.Twin) (*live.Target, error) {
	w.Speed = 1
	return live.NewProduct(live.Product{Twin: w, Start: func(behind live.Backing) (live.Front, error) { //nolint:wrapcheck // it says what it is about
		tree, err := nginx.Parse(nginx.Folder{Files: os.DirFS(filepath.Dir(b.conf)), Main: filepath.Base(b.conf), Prefix: filepath.Dir(b.conf)})
		if err != nil {
			return live.Front{}, err //nolint:wrapcheck // as above
		}
		if err := PlaceCertificates(b.rig, tree, filepath.Dir(b.conf), w.Endpoint.Host, behind.Authority, b.rig.Place); err != nil {
			return live.Front{}, err
		}
		return Start(b.rig, w.Gateway, behind, func() (*realnginx.Server, error) {
			return b.rig.StartIn(context.Background(), b.nginx, realnginx.Folders{Conf: b.conf, Scratch: b.scratch})
		})
	}})
}

// Start leads what a gateway connects to, to what stands behind it, and starts its NGINX.
func Start(r *realnginx.Rig, g *routing.Gateway, behind live.Backing, run func() (*realnginx.Server, error)) (live.Front, error) {
	if err := errors.Join(ownAddresses(r, g), listenFor(r, g)); err != nil {
		return live.Front{}, err
	}
	r.Divert(func(ctx context.Context, host string, port int) (net.Conn, error) {
		return behind.Dial(ctx, net.JoinHostPort(host, strconv.Itoa(port)))
	})
	server, err := run()
	if err != nil {
		r.Divert(nil)
		return live.Front{}, err
	}
	address := func(l *routing.Listener) string {
		a, ok := oracle.Address(l, g.Listeners)
		if !ok {
			return ""
		}
		return a.String()
	}
	return live.Front{Address: address, Roots: r.CA.Pool(), Reload: server.Reload, Stop: func() error { server.Stop(); r.Divert(nil); return nil }}, nil
}

// ownAddresses makes the addresses that listeners are bound to NGINX's own.
func ownAddresses(r *realnginx.Rig, g *routing.Gateway) error {
	for _, l := range g.Listeners {
		if a, err := netip.ParseAddr(l.Address); err == nil {
			if err := r.Own(a); err != nil {
				return fmt.Errorf("prepare listener %s: %w", l.Name, err)
			}
		}
	}
	return nil
}

// listenFor has services listen on the ports that a gateway names.
func listenFor(r *realnginx.Rig, g *routing.Gateway) error {
	var failed error
	for _, l := range g.Listeners {
		for v := range g.Literals(l.Entry) {
			_, port, err := net.SplitHostPort(v.Text())
			if n, bad := strconv.ParseUint(port, 10, 16); err == nil && bad == nil && n > 0 {
				failed = errors.Join(failed, r.Listen(int(n)))
			}
		}
	}
	return failed
}
