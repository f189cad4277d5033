package refproxy

import (
	"context"
	"crypto/x509"
	"io"
	"net"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Config says which gateway runs, and in what surroundings.
type Config struct {
	Gateway *routing.Gateway
	// Dial connects to an address (host:port) that the gateway would connect to. Addresses of the gateway's own listeners never
	// get there.
	Dial func(ctx context.Context, address string) (net.Conn, error)
	// RootCAs are the authorities that a gateway which verifies certificates trusts.
	RootCAs *x509.CertPool
	// Speed divides every duration of the model: at 60, a minute passes in a second. Zero counts as 1. See SetSpeed.
	Speed float64
	// ClientIP is the address that the program sees for a client; nil for the real one.
	ClientIP func(net.Addr) string
	// Log gets a line for every request when it was answered, in the combined format but for access tokens, which are masked; nil for none.
	Log io.Writer
	// Defects are built in on purpose.
	Defects []Defect
}

// UnknownHeader is the header of an answer with status 501 that says what is missing to know what the gateway would do.
const UnknownHeader = "X-Asrscheck-Unknown"

// OwnHeader is the header of an answer with status 501 that stands for an answer of the gateway's own whose status is not known, such
// as a file that may or may not be there. It says which; what is certain is that no upstream sees the request.
const OwnHeader = "X-Asrscheck-Own-Answer"

// CauseHeader is the header of an answer with status 502 or 504 that says what went wrong.
const CauseHeader = "X-Asrscheck-Cause"

// UncertainHeader is a header of an answer that names another one whose value in the gateway's answer is not known, and says why.
const UncertainHeader = "X-Asrscheck-Uncertain"

// UncountedHeader is a header of an answer that says in the product's words what the gateway bounds the number of requests by: the
// reference proxy does not count them.
const UncountedHeader = "X-Asrscheck-Uncounted"

// UninspectedHeader is a header of an answer that says in the product's words what looks at requests and may turn them away: the
// reference proxy does not.
const UninspectedHeader = "X-Asrscheck-Uninspected"

// BlockedHeader is a header of an answer by which a firewall turns a request away. It says what does.
const BlockedHeader = "X-Asrscheck-Blocked"

func (c *Config) clientIP(a net.Addr) string {
	if c.ClientIP != nil {
		return c.ClientIP(a)
	}
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}
