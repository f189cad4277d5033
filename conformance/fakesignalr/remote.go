package fakesignalr

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Remote is a cluster that another process runs, as its admin handler shows it (see Cluster.Admin). What cannot be asked is told by Err.
type Remote struct {
	base   *url.URL
	client *http.Client
	seats  []Seat
	roots  *x509.CertPool

	mu         sync.Mutex
	failed     error
	knobs      Knobs
	handshakes []Handshake
}

// Bounds of one question to the admin handler.
const (
	remoteLimit  = 10 * time.Second
	remoteAnswer = 256 << 20 // its log is smaller
)

// Dial asks the admin handler at a URL what there is.
func Dial(ctx context.Context, admin string) (*Remote, error) {
	base, err := url.Parse(admin)
	if err != nil || base.Scheme != "http" || base.Host == "" {
		return nil, fmt.Errorf("%q is not the URL of an admin handler, such as http://127.0.0.1:9000/", admin)
	}
	r := &Remote{base: base, client: &http.Client{Timeout: remoteLimit}, roots: x509.NewCertPool()}
	if err := r.ask(ctx, http.MethodGet, "instances", nil, &r.seats); err != nil {
		return nil, err
	}
	keys := map[string][]string{}
	if err := r.ask(ctx, http.MethodGet, "keys", nil, &keys); err != nil {
		return nil, err
	}
	var authority []byte
	if err := r.ask(ctx, http.MethodGet, "ca.pem", nil, &authority); err != nil {
		return nil, err
	}
	if len(r.seats) == 0 || !r.roots.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("what answers at %s is no admin handler of a fake service", base)
	}
	for n := range r.seats {
		seat := &r.seats[n]
		if seat.Addr, seat.Keys = r.reachable(seat.Addr), keys[seat.Host]; len(seat.Keys) == 0 {
			return nil, fmt.Errorf("the admin handler at %s names no access key of %s", base, seat.Host)
		}
	}
	r.knobs = r.askKnobs(ctx, http.MethodGet, nil)
	return r, r.Err()
}

// reachable is the address of an instance as this process can reach it: where it listens on every address, or on loopback, it is beside its
// admin handler.
func (r *Remote) reachable(address string) string {
	at, err := netip.ParseAddrPort(address)
	admin, notIP := netip.ParseAddr(r.base.Hostname())
	here := at.Addr().IsLoopback() && (notIP == nil && admin.IsLoopback() || r.base.Hostname() == "localhost")
	if err != nil || here || !at.Addr().IsUnspecified() && !at.Addr().IsLoopback() {
		return address
	}
	return net.JoinHostPort(r.base.Hostname(), strconv.Itoa(int(at.Port())))
}

// ask sends one question; the answer is read as JSON, or as it stands.
func (r *Remote) ask(ctx context.Context, method, what string, query url.Values, into any) error {
	u := r.base.JoinPath(what)
	u.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
	if err != nil {
		return fmt.Errorf("ask the fake service: %w", err)
	}
	response, err := r.client.Do(request)
	if err != nil {
		return fmt.Errorf("ask the fake service: %w", err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(response.Body, remoteAnswer))
	switch raw, ok := into.(*[]byte); {
	case err != nil:
	case response.StatusCode/100 != 2:
		err = fmt.Errorf("it answers %s: %s", response.Status, strings.TrimSpace(string(text[:min(len(text), 200)])))
	case ok:
		*raw = text
	case into != nil:
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("ask the fake service for %s: %w", what, err)
	}
	return nil
}

// note keeps the first error.
func (r *Remote) note(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = errors.Join(r.failed, err)
}

// Err is what went wrong since it was last asked.
func (r *Remote) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.failed
	r.failed = nil
	return err
}

// Seats lists the instances.
func (r *Remote) Seats() []Seat { return r.seats }

// Roots are the authority of the instances' certificates.
func (r *Remote) Roots() *x509.CertPool { return r.roots }

// Records lists requests as Cluster.Records does.
func (r *Remote) Records(f Filter) []Record {
	query := url.Values{}
	for name, value := range map[string]string{
		"instance": f.Instance, "method": f.Method, "operation": string(f.Operation), "requestId": f.RequestID,
		"connection": f.Connection, "reason": string(f.Reason), "after": strconv.FormatUint(f.After, 10),
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	var got struct{ Records []Record }
	r.note(r.ask(context.Background(), http.MethodGet, "records", query, &got))
	return got.Records
}

// ResetRecords forgets all records and failed handshakes.
func (r *Remote) ResetRecords() {
	r.note(r.ask(context.Background(), http.MethodDelete, "records", nil, nil))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.handshakes = nil
}

// Handshakes lists TLS handshakes that failed; the last ones known when it cannot be asked.
func (r *Remote) Handshakes() []Handshake {
	var got []Handshake
	err := r.ask(context.Background(), http.MethodGet, "handshakes", nil, &got)
	r.note(err)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		r.handshakes = got
	}
	return r.handshakes
}

// Knobs are the knobs as they were last seen or turned.
func (r *Remote) Knobs() Knobs {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.knobs
}

// Turn changes knobs.
func (r *Remote) Turn(change func(*Knobs)) error {
	old := r.Knobs()
	knobs := old
	change(&knobs)
	query, was := url.Values{}, old.named()
	for name, value := range knobs.named() {
		if was[name] != value {
			query.Set(name, value)
		}
	}
	if len(query) > 0 {
		r.askKnobs(context.Background(), http.MethodPut, query)
	}
	return r.Err()
}

// askKnobs reads, or turns and reads, all knobs.
func (r *Remote) askKnobs(ctx context.Context, method string, query url.Values) Knobs {
	named := map[string]string{}
	err := r.ask(ctx, method, "knobs", query, &named)
	knobs := Defaults()
	fs := knobs.flagSet()
	for name, value := range named {
		if fs.Lookup(name) != nil { // a later version may have more
			err = errors.Join(err, fs.Set(name, value))
		}
	}
	r.note(err)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		r.knobs = knobs
	}
	return r.knobs
}

// Close lets go of the connections to the admin handler; the cluster runs on.
func (r *Remote) Close() error {
	r.client.CloseIdleConnections()
	return nil
}
