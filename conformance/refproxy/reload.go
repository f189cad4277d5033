package refproxy

import (
	"context"
	"sync"
)

// reloads tells tunnels of the next reload that ends them.
type reloads struct {
	mu   sync.Mutex
	soon chan struct{}
}

func (r *reloads) next() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.soon == nil {
		r.soon = make(chan struct{})
	}
	return r.soon
}

// Reload does what a proxy does that loads its configuration again: nothing that clients notice, without a defect.
func (p *Proxy) Reload(context.Context) error {
	for _, d := range p.config.Defects {
		if d.reload {
			close(p.reloads.take())
		}
	}
	return nil
}

// take is the channel of those that wait now.
func (r *reloads) take() chan struct{} {
	r.next()
	r.mu.Lock()
	defer r.mu.Unlock()
	soon := r.soon
	r.soon = nil
	return soon
}
