package fakesignalr

import (
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"strconv"
	"time"
)

// adminPages are what the admin handler serves, which its root tells.
const adminPages = `GET    /instances    host, tag and addresses
GET    /keys         access keys by host, which were made up for this run
GET    /ca.pem       the CA's certificate
GET    /records      ?after= &instance= &method= &operation= &requestId= &connection= &reason=
DELETE /records      forget them, and the failed handshakes
GET    /handshakes   TLS handshakes that failed
GET    /knobs        all knobs, by the names of asrscheck serve's flags
PUT    /knobs        ?ping-period=2s&silent=true …; answers as GET
POST   /events       ?connection= &count= &spacing=200ms
POST   /cut          cut all connections
`

// Admin is a handler to watch and steer the cluster from another process. Serve it on a listener of its own, on loopback.
func (c *Cluster) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, adminPages) })
	mux.HandleFunc("GET /instances", c.adminInstances)
	mux.HandleFunc("GET /keys", c.adminKeys)
	mux.HandleFunc("GET /ca.pem", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(c.ca.PEM()) })
	mux.HandleFunc("GET /records", c.adminRecords)
	mux.HandleFunc("DELETE /records", func(w http.ResponseWriter, _ *http.Request) {
		c.ResetRecords()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /handshakes", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, c.Handshakes()) })
	mux.HandleFunc("GET /knobs", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, c.Knobs().named()) })
	mux.HandleFunc("PUT /knobs", c.adminTurn)
	mux.HandleFunc("POST /events", c.adminEvents)
	mux.HandleFunc("POST /cut", func(w http.ResponseWriter, _ *http.Request) {
		c.CutConnections()
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // the reader left
}

func (c *Cluster) adminInstances(w http.ResponseWriter, _ *http.Request) { writeJSON(w, c.Seats()) }

func (c *Cluster) adminKeys(w http.ResponseWriter, _ *http.Request) {
	keys := map[string][]string{}
	for _, i := range c.all {
		keys[i.Host] = i.Keys
	}
	writeJSON(w, keys)
}

func (c *Cluster) adminRecords(w http.ResponseWriter, r *http.Request) {
	get := r.URL.Query().Get
	f := Filter{
		Instance: get("instance"), Method: get("method"), Operation: Operation(get("operation")),
		RequestID: get("requestId"), Connection: get("connection"), Reason: Reason(get("reason")),
	}
	if after := get("after"); after != "" {
		seq, err := strconv.ParseUint(after, 10, 64)
		if err != nil {
			http.Error(w, "after is not a sequence number", http.StatusBadRequest)
			return
		}
		f.After = seq
	}
	records := c.Records(f)
	writeJSON(w, map[string]any{"dropped": c.Dropped(), "records": append([]Record{}, records...)})
}

// named lists the knobs by flag name.
func (k Knobs) named() map[string]string {
	values := map[string]string{}
	k.flagSet().VisitAll(func(f *flag.Flag) { values[f.Name] = f.Value.String() })
	return values
}

func (k *Knobs) flagSet() *flag.FlagSet {
	fs := flag.NewFlagSet("knobs", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	k.Flags(fs)
	return fs
}

func (c *Cluster) adminTurn(w http.ResponseWriter, r *http.Request) {
	var setErr error
	err := c.Turn(func(k *Knobs) {
		changed := *k
		fs := changed.flagSet()
		for name, values := range r.URL.Query() {
			if setErr = fs.Set(name, values[len(values)-1]); setErr != nil {
				return
			}
		}
		*k = changed
	})
	if setErr != nil {
		err = setErr
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	writeJSON(w, c.Knobs().named())
}

func (c *Cluster) adminEvents(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	count, err := strconv.Atoi(query.Get("count"))
	if err != nil {
		http.Error(w, "count is not a number", http.StatusBadRequest)
		return
	}
	spacing, err := time.ParseDuration(query.Get("spacing"))
	if err != nil {
		http.Error(w, "spacing is not a duration", http.StatusBadRequest)
		return
	}
	if err := c.SendEvents(query.Get("connection"), count, spacing); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}
