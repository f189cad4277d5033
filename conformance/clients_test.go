package conformance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/hubserver"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx/realnginxtest"
	"github.com/asrscheck/asrscheck/conformance/refproxy"
	"github.com/asrscheck/asrscheck/parsers/nginx"
)

// clientPrograms is the folder of the real client's programs.
const clientPrograms = "testdata/clients"

// clientVerdicts is the table of which clients get through what.
const clientVerdicts = clientPrograms + "/VERDICTS.md"

// clientKind is one way of using the real client.
type clientKind struct{ program, transport, protocol string }

func (k clientKind) String() string { return k.program + ", " + k.transport + ", " + k.protocol }

// clientKinds are all that there are: the event stream takes no binary protocol.
var clientKinds = []clientKind{
	{"node", "WebSockets", "json"},
	{"node", "ServerSentEvents", "json"},
	{"node", "LongPolling", "json"},
	{"node", "WebSockets", "messagepack"},
	{"node", "LongPolling", "messagepack"},
	{"browser", "WebSockets", "json"},
	{"browser", "ServerSentEvents", "json"},
	{"browser", "LongPolling", "json"},
	{"browser", "WebSockets", "messagepack"},
	{"browser", "LongPolling", "messagepack"},
}

// clientWay is how clients come to a fake service.
type clientWay struct {
	proxy, config string
	breaks        []string
	cluster       *fakesignalr.Cluster
	endpoint      string // client endpoint, with a slash at its end
	browser       bool   // browsers try it too
	app           string // URL of the hub
}

// works is what the suite's findings mean for a client: what everything needs, or its own transport does, is not broken.
func (w *clientWay) works(k clientKind) bool {
	needs := []string{"host-override", "negotiate", "path", "affinity", map[string]string{
		"WebSockets": "websocket", "ServerSentEvents": "server-sent-events", "LongPolling": "long-polling",
	}[k.transport]}
	if k.program == "python" {
		needs = []string{"host-override", "path", "websocket"} // it connects at once
	}
	return !slices.ContainsFunc(w.breaks, func(id string) bool { return slices.Contains(needs, id) })
}

// times is how often a client tries: whether a request goes to the right one of two services may be chance.
func (w *clientWay) times() int {
	switch {
	case slices.Contains(w.breaks, "affinity"):
		return 16
	case len(w.cluster.Instances()) > 1:
		return 6
	}
	return 1
}

func TestRealClientsWorkWhereTheSuiteSaysSoInRealProxies(t *testing.T) {
	found := realConfigs(t)
	if !realnginxtest.Inside(t) {
		return
	}
	programs := map[string]string{"node": realnginxtest.Program(t, "node"), "browser": realnginxtest.Program(t, "chromium")}
	if _, err := os.Stat(clientPrograms + "/node_modules"); err != nil {
		realnginxtest.Missing(t, "the client's packages are not installed; .ci/setup does that")
	}
	street := newStreet(t, found)
	ways := street.ways(t, found)
	for _, w := range ways {
		w.app = w.appServer(t)
	}
	outcomes := make([][]outcome, 2)
	together(2, func(i int) { outcomes[i] = visit(t, programs, []string{"node", "browser"}[i], ways) })
	table(t, clientVerdicts, clientTable(t, ways, slices.Concat(outcomes...)))
}

// ways are the ways of the test: to a service itself, through every real proxy, and through the reference proxy with what NGINX has.
func (s *street) ways(t *testing.T, found []realConfig) []*clientWay {
	t.Helper()
	var out []*clientWay
	for _, c := range found {
		cluster := s.services(t, c)
		if c.product == "nginx" && c.name == "sound" {
			out = append(out, &clientWay{proxy: "none", cluster: cluster, endpoint: "https://" + c.own(c.services[0]) + "/", browser: true})
			s.trust(t, cluster.CA().PEM())
		}
		config := s.settle(t, c, cluster)
		s.start(t, c, config)
		w := &clientWay{proxy: c.product, config: c.name, breaks: c.breaks, cluster: cluster, browser: c.product == "nginx" && len(c.services) == 1}
		w.endpoint = fmt.Sprintf("https://rt.example.com:%d/", c.port())
		out = append(out, w)
		if c.product == "nginx" {
			twin := *w
			twin.proxy, twin.endpoint = "reference proxy", s.reference(t, config, cluster)
			out = append(out, &twin)
		}
	}
	for _, w := range out {
		t.Cleanup(func() { _ = w.cluster.Close() }) // once is enough, and nobody waits for it
		if err := w.cluster.Turn(func(k *fakesignalr.Knobs) { k.ForgiveToken = len(w.cluster.Instances()) > 1 }); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// reference runs a configuration of NGINX in the reference proxy; it returns the client endpoint.
func (s *street) reference(t *testing.T, config string, cluster *fakesignalr.Cluster) string {
	t.Helper()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := nginx.Parse(nginx.Folder{Files: fstest.MapFS{"nginx.conf": {Data: text}}, Main: "nginx.conf"})
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := nginx.Lower(tree, realnginxtest.Installed(t).Version)
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := refproxy.Start(refproxy.Config{Gateway: gateway, RootCAs: cluster.CA().Pool(), Dial: func(ctx context.Context, address string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", address) // names lead to the fake services here
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() }) // the test is over
	s.trust(t, proxy.CA().PEM())
	_, port, err := net.SplitHostPort(proxy.Addr(gateway.Listeners[0]))
	if err != nil {
		t.Fatal(err)
	}
	return "https://rt.example.com:" + port + "/"
}

// appServer is the app: a page, and a hub whose clients are sent to the service.
func (w *clientWay) appServer(t *testing.T) (hub string) {
	t.Helper()
	service := w.cluster.Instances()[0]
	mux := http.NewServeMux()
	mux.Handle("/chat/", &hubserver.Server{ClientEndpoint: w.endpoint, Host: service.Host, Key: service.Keys[0], Hub: "chat"})
	files := http.FileServer(http.Dir(clientPrograms))
	mux.Handle("/node_modules/", files)
	mux.Handle("/visit.mjs", files)
	mux.HandleFunc("/{$}", func(rw http.ResponseWriter, r *http.Request) { http.ServeFile(rw, r, clientPrograms+"/page.html") })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/chat"
}

// job is what a program is asked to do; times are milliseconds.
type job struct {
	URL       string `json:"url"`
	Transport string `json:"transport"`
	Protocol  string `json:"protocol"`
	Idle      int64  `json:"idle"`
	Silence   int64  `json:"silence"`
	Limit     int64  `json:"limit"`
}

// outcome is what became of a job; nothing when all went well.
type outcome struct {
	way  *clientWay
	kind clientKind
	why  string
}

// visit runs all jobs of one program.
func visit(t *testing.T, programs map[string]string, program string, ways []*clientWay) []outcome {
	var jobs []job
	var out []outcome
	for _, w := range ways {
		for _, k := range clientKinds {
			if k.program != program || program == "browser" && !w.browser {
				continue
			}
			for range w.times() {
				jobs = append(jobs, job{w.app, k.transport, k.protocol, clientIdle.Milliseconds(), clientSilence.Milliseconds(), clientLimit.Milliseconds()})
				out = append(out, outcome{w, k, ""})
			}
		}
	}
	said := run(t, programs, program, jobs)
	if len(said) != len(out) {
		t.Errorf("%s tells of %d clients, not of %d", program, len(said), len(out))
		return nil
	}
	for i := range out {
		out[i].why = said[i]
	}
	again(out, jobs, func(late []job) []string { return run(t, programs, program, late) })
	return out
}

// again tries those once more, by themselves, that did not get through where they must: all at once they may be more than the machine can do.
func again(outcomes []outcome, jobs []job, run func([]job) []string) {
	var late []job
	var at []int
	for i, o := range outcomes {
		if o.why != "" && o.way.works(o.kind) {
			late, at = append(late, jobs[i]), append(at, i)
		}
	}
	if len(late) == 0 {
		return
	}
	if said := run(late); len(said) == len(late) {
		for n, i := range at {
			outcomes[i].why = said[n]
		}
	}
}

// Times of one client: longer than pings and polls are apart, longer than pings are apart, and longer than anything should take.
const (
	clientIdle    = 4500 * time.Millisecond
	clientSilence = 5 * time.Second
	clientLimit   = 20 * time.Second
)

func run(t *testing.T, programs map[string]string, program string, jobs []job) []string {
	asked, err := json.Marshal(jobs)
	if err != nil {
		t.Error(err)
		return nil
	}
	script, err := filepath.Abs(filepath.Join(clientPrograms, program+".mjs"))
	if err != nil {
		t.Error(err)
		return nil
	}
	var errors bytes.Buffer
	cmd := exec.CommandContext(t.Context(), programs["node"], script) //nolint:gosec // the test's own script
	cmd.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+trusted, "CHROMIUM="+programs["browser"])
	cmd.Stdin, cmd.Stderr = bytes.NewReader(asked), &errors
	answer, err := cmd.Output()
	var said []string
	if err == nil {
		err = json.Unmarshal(answer, &said)
	}
	if err != nil {
		t.Errorf("%s: %v: %s", script, err, &errors)
	}
	return said
}

// clientTable compares outcomes with what the suite's findings mean, and tells them as a table.
func clientTable(t *testing.T, ways []*clientWay, outcomes []outcome) string {
	var b strings.Builder
	b.WriteString("# Which real clients get through real proxies\n\n| proxy | configuration | breaks |")
	for _, k := range clientKinds {
		b.WriteString(" " + k.String() + " |")
	}
	b.WriteString("\n|---|---|---|" + strings.Repeat("---|", len(clientKinds)) + "\n")
	for _, w := range ways {
		fmt.Fprintf(&b, "| %s | %s | %s |", w.proxy, w.config, strings.Join(w.breaks, " "))
		for _, k := range clientKinds {
			b.WriteString(" " + w.verdict(t, k, outcomes) + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// verdict is what became of one kind of client. The client itself does not tell that its DELETE got lost.
func (w *clientWay) verdict(t *testing.T, k clientKind, outcomes []outcome) string {
	var tried, failed int
	why := ""
	for _, o := range outcomes {
		if o.way != w || o.kind != k {
			continue
		}
		tried++
		if o.why != "" {
			failed, why = failed+1, o.why
		}
	}
	if tried == 0 {
		return "not tried"
	}
	if failed == 0 && k.transport == "LongPolling" && !w.saysGoodbye() {
		failed, why = tried, "no DELETE arrives"
	}
	if works := failed == 0; works != w.works(k) {
		t.Errorf("%s %s: %s works is %v (%s), but the suite finds %q broken", w.proxy, w.config, k, works, why, w.breaks)
	}
	if failed > 0 {
		return "fails"
	}
	return "works"
}

// saysGoodbye reports whether a DELETE arrived. The service may have ended the connection already, for the client says so in a message
// too, and answer 404.
func (w *clientWay) saysGoodbye() bool {
	return slices.ContainsFunc(w.cluster.Records(fakesignalr.Filter{}), func(r fakesignalr.Record) bool { return r.Method == http.MethodDelete })
}
