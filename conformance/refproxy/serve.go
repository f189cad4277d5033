package refproxy

import (
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// ServeHTTP runs the gateway's program for a request and does what comes out.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p := d.proxy
	if !p.enter() {
		cut(w)
		return
	}
	defer p.serving.Done()
	if leave := p.crowd.enter(p.config.Defects); leave != nil {
		defer leave()
	} else {
		refuse(w, http.StatusServiceUnavailable, CauseHeader, "too many requests at once")
		return
	}
	req := d.request(r)
	defer p.record(req)
	if away := p.meddling.turnsAway(p, r, req); away != nil {
		away.write(w)
		return
	}
	tracer := routing.Tracer{Gateway: d.gateway, StayInside: true, Choose: p.rounds.next}
	paths := tracer.Trace(d.listener, req)
	todo := decide(paths)
	if r.Method == http.MethodConnect {
		todo = plan{answer: &answer{status: http.StatusMethodNotAllowed}} // no gateway that is read opens tunnels
	}
	for _, defect := range p.config.Defects {
		if defect.plan != nil {
			defect.plan(&todo, req)
		}
	}
	switch {
	case todo.send != nil:
		p.checkups.note(p, d.gateway, paths)
		p.forward(w, r, d.gateway, todo.send)
	case todo.answer != nil:
		todo.answer.write(w)
	default:
		refuse(w, http.StatusNotImplemented, UnknownHeader, todo.unknown)
	}
}

// request is a request as the model has it. net/http sorts header names and writes them its own way, which no gateway's program
// looks at.
func (d *door) request(r *http.Request) *routing.Request {
	req := &routing.Request{
		Method: r.Method, Scheme: "http", Host: r.Host, Target: r.RequestURI, Protocol: r.Proto, BodySize: max(0, r.ContentLength),
	}
	if addr, err := net.ResolveTCPAddr("tcp", r.RemoteAddr); err == nil {
		req.ClientIP = d.proxy.config.clientIP(addr)
	}
	if r.TLS != nil {
		req.Scheme, req.SNI = "https", r.TLS.ServerName
	}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			req.Header = append(req.Header, routing.Field{Name: name, Value: value})
		}
	}
	if len(r.TransferEncoding) > 0 {
		req.Header = append(req.Header, routing.Field{Name: "Transfer-Encoding", Value: strings.Join(r.TransferEncoding, ", ")})
	}
	return req
}

// rounds picks pool members in turn where nothing about the request decides.
type rounds struct {
	mu sync.Mutex
	at map[string]int
}

func (r *rounds) next(pool *routing.Pool) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at == nil {
		r.at = map[string]int{}
	}
	n := r.at[pool.Name]
	r.at[pool.Name] = n + 1
	return n
}

// crowd counts the requests under way.
type crowd struct{ inside atomic.Int64 }

// enter lets a request in; nil means that it is one too many.
func (c *crowd) enter(defects []Defect) (leave func()) {
	inside := c.inside.Add(1)
	for _, d := range defects {
		if d.atOnce > 0 && inside > int64(d.atOnce) {
			c.inside.Add(-1)
			return nil
		}
	}
	return func() { c.inside.Add(-1) }
}
