package nginx

import (
	"slices"
	"strings"
)

// workers is worker_processes.
func (k *checker) workers(d Directive, _ *place) {
	if v := d.Value(1); v != "auto" && !isCount(v) {
		k.refused(d, `"worker_processes" directive invalid value`)
	}
}

// connectionsOfWorker is worker_connections.
func (k *checker) connectionsOfWorker(d Directive, _ *place) {
	if v := d.Value(1); !isCount(v) {
		k.refused(d, `invalid number "`+v+`"`)
	}
}

// priority is worker_priority.
func (k *checker) priority(d Directive, _ *place) {
	v := d.Value(1)
	if v != "" && (v[0] == '-' || v[0] == '+') {
		v = v[1:]
	}
	if !isCount(v) {
		k.refused(d, `"worker_priority" directive invalid number`)
	}
}

// loadModule is load_module, which has to stand before the blocks whose modules NGINX counts.
func (k *checker) loadModule(d Directive, p *place) {
	if p.has("events") || p.has("http") || p.has("stream") || p.has("mail") {
		k.refused(d, `"load_module" directive is specified too late`)
	}
}

// eventMethods are those of all systems that NGINX runs on; which of them one has is not known.
var eventMethods = strings.Fields("epoll kqueue select poll eventport /dev/poll iocp rtsig aio")

func (k *checker) use(d Directive, _ *place) {
	if v := d.Value(1); !slices.Contains(eventMethods, v) {
		k.refused(d, `invalid event type "`+v+`"`)
	}
}
