package refproxy

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// meddling is what defects do beside the program: on the way in, with the answer of the service, and with a WebSocket's bytes.
type meddling struct {
	mu   sync.Mutex
	seen map[string]bool // requests that came already
}

// maxSeen bounds what is remembered.
const maxSeen = 10000

// turnsAway is the answer with which a defect ends a request before the program runs; nil when none does.
func (m *meddling) turnsAway(p *Proxy, r *http.Request, req *routing.Request) *answer {
	for _, d := range p.config.Defects {
		if d.hold != nil && d.hold(req) {
			pause(r)
		}
		if d.once != nil && d.once(req) && m.again(req) {
			return &answer{status: http.StatusForbidden, body: "this request came before"}
		}
		if d.reads != nil {
			if a := d.reads(peekBody(r)); a != nil {
				return a
			}
		}
	}
	return nil
}

// holdTime is a minute and a half at the usual speed of twins. It is not scaled: what it is told from is the time that a busy machine takes.
const holdTime = 1500 * time.Millisecond

func pause(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-time.After(holdTime):
	}
}

func (m *meddling) again(r *routing.Request) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		m.seen = map[string]bool{}
	}
	key := r.Method + " " + r.Target
	known := m.seen[key]
	if len(m.seen) < maxSeen {
		m.seen[key] = true
	}
	return known
}

// cutsBodies is how many bytes of a body are passed on.
func (p *Proxy) cutsBodies() int64 {
	for _, d := range p.config.Defects {
		if d.cuts > 0 {
			return d.cuts
		}
	}
	return maxBody
}

// peekBody reads the beginning of a body and puts it back.
func peekBody(r *http.Request) []byte {
	begin, _ := io.ReadAll(io.LimitReader(r.Body, maxHead)) // one that breaks off does so again when it is sent on
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(begin), r.Body))
	return begin
}

// spoilAnswer lets defects change the answer of the service.
func (x *exchange) spoilAnswer(response *http.Response) {
	for _, d := range x.proxy.config.Defects {
		if d.replies != nil {
			d.replies(response, x.r)
		}
	}
}

// spoilSocket lets defects change what the service says on a WebSocket, and what the client says.
func (x *exchange) spoilSocket(client, service io.Reader) (fromClient, fromService io.Reader) {
	for _, d := range x.proxy.config.Defects {
		if d.socket != nil {
			client, service = d.socket(client, service)
		}
	}
	return client, service
}

// atMost ends a stream behind so many bytes.
func atMost(n int64) func(client, service io.Reader) (io.Reader, io.Reader) {
	return func(client, service io.Reader) (io.Reader, io.Reader) { return io.LimitReader(client, n), service }
}

// withoutClose ends what the service says where its close frame begins.
func withoutClose(client, service io.Reader) (io.Reader, io.Reader) {
	return client, &unclosed{service}
}

type unclosed struct{ io.Reader }

// closeFrame begins the last frame of a WebSocket, behind which stands its length in one byte (RFC 6455 section 5.5.1).
const closeFrame = 0x88

// Read takes off a close frame at the end of what comes.
func (u *unclosed) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	for i := max(0, n-2-125); i+1 < n; i++ {
		if p[i] == closeFrame && int(p[i+1]) == n-i-2 {
			return i, net.ErrClosed
		}
	}
	return n, err
}
