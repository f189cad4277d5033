package fakesignalr

import (
	"net/http"
	"slices"
	"time"
)

// visit is one request on its way through an instance.
type visit struct {
	*Instance
	knobs  Knobs // as they stood when the request came
	w      *answer
	r      *http.Request
	record *Record
	query  query
	place  endpoint
	hub    string
	claims claims
	// lasting says that what was begun goes on when the handler returns.
	lasting bool
}

// ServeHTTP answers as the service does. The checks stand in the order in which the service makes them; the first fault
// ends the visit.
func (i *Instance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !i.cluster.enter() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	defer i.cluster.leave()
	v := i.receive(w, r)
	defer func() {
		if !v.lasting {
			v.update(func(r *Record) { r.Ended = time.Now() })
		}
	}()
	w.Header().Set(InstanceHeader, i.Tag)
	for _, check := range []func() *fault{v.checkNetwork, v.checkSize, v.checkHost, v.checkPath} {
		if f := check(); f != nil {
			v.refuse(f)
			return
		}
	}
	v.handle()
}

func (v *visit) handle() {
	if v.place == placeHealth {
		v.health()
		return
	}
	v.allowOrigin()
	if v.isPreflight() {
		v.preflight()
		return
	}
	if v.place == placeClassic {
		v.handleClassic()
		return
	}
	for _, check := range []func() *fault{v.checkForced, v.checkLength, v.checkHub, v.checkToken} {
		if f := check(); f != nil {
			v.refuse(f)
			return
		}
	}
	if v.place == placeNegotiate {
		v.negotiate()
		return
	}
	v.connect()
}

// handleClassic is handle for clients of ASP.NET SignalR, whose hubs stand elsewhere.
func (v *visit) handleClassic() {
	if f := v.checkForced(); f != nil {
		v.refuse(f)
		return
	}
	v.classic()
}

func (v *visit) update(change func(*Record)) { v.cluster.log.update(v.record, change) }

func (v *visit) note(n Note) {
	v.update(func(r *Record) { r.Notes = append(r.Notes, n) })
}

func (v *visit) forgive(what Forgiveness) {
	v.update(func(r *Record) {
		if !slices.Contains(r.Forgiven, what) {
			r.Forgiven = append(r.Forgiven, what)
		}
	})
}

func (v *visit) doing(o Operation) {
	v.update(func(r *Record) { r.Operation = o })
}
