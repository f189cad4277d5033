package live

import (
	"crypto/x509"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
)

// service is the fake service behind a proxy, as cases see it: a cluster of this program, or one of another (fakesignalr.Remote).
type service interface {
	Seats() []fakesignalr.Seat
	Roots() *x509.CertPool
	Knobs() fakesignalr.Knobs
	Turn(change func(*fakesignalr.Knobs)) error
	Records(f fakesignalr.Filter) []fakesignalr.Record
	ResetRecords()
	Handshakes() []fakesignalr.Handshake
	Err() error // why not everything can be seen
	Close() error
}

// serviceHost is the host of the service whose instance has a tag; the tag itself when there is none.
func (t *Target) serviceHost(tag string) string {
	for _, s := range t.cluster.Seats() {
		if s.Tag == tag {
			return s.Host
		}
	}
	return tag
}

// blind is why the service's side could not be seen all the time; nil where it could, or never can.
func (t *Target) blind() error {
	if !t.sees() {
		return nil
	}
	return t.cluster.Err()
}
