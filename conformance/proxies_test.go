package conformance_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx/realnginxtest"
	"github.com/asrscheck/asrscheck/conformance/live"
)

// proxyConfigs holds configurations of real proxies, a folder for each product. They call services by their own names and listen on
// port 8443; the second line of each says what it breaks.
const proxyConfigs = "testdata/proxies"

// proxyVerdicts is the table of what the suite finds in them.
const proxyVerdicts = proxyConfigs + "/VERDICTS.md"

// realProxies are the arguments with which each program stays in the foreground.
var realProxies = map[string]func(config string) []string{
	"nginx": func(config string) []string {
		return []string{"-c", config, "-g", "daemon off; pid " + config + ".pid; error_log " + config + ".log;"}
	},
	"haproxy": func(config string) []string { return []string{"-db", "-f", config} },
	"caddy":   func(config string) []string { return []string{"run", "--adapter", "caddyfile", "--config", config} },
	"apache2": func(config string) []string { return []string{"-DFOREGROUND", "-f", config} },
}

// proxyClocks are the fake service's: short enough for a test, and long enough for proxies whose time-outs are whole seconds.
func proxyClocks() fakesignalr.Knobs {
	k := fakesignalr.Defaults()
	k.PingPeriod, k.PollTimeout = 1500*time.Millisecond, 3500*time.Millisecond
	return k
}

func TestTheSuiteFindsWhatIsBrokenInRealProxies(t *testing.T) {
	found := realConfigs(t)
	if !realnginxtest.Inside(t) {
		return
	}
	street := newStreet(t, found)
	rows := make([]string, len(found))
	together(len(found), func(i int) {
		t.Run(found[i].product+"/"+found[i].name, func(t *testing.T) { rows[i] = street.judge(t, found[i], inOneProcess) })
	})
	table(t, proxyVerdicts, "# What the suite finds in real proxies\n\n| proxy | configuration | broken | as the case tells it | what cases advise |\n|---|---|---|---|---|\n"+strings.Join(rows, ""))
}

// reaching makes a target of a proxy with a fake service behind it.
type reaching func(*testing.T, conformance.Endpoint, *fakesignalr.Cluster, *x509.CertPool) *live.Target

func inOneProcess(t *testing.T, e conformance.Endpoint, cluster *fakesignalr.Cluster, roots *x509.CertPool) *live.Target {
	t.Helper()
	target, err := live.NewBehind(e, cluster, roots)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// byItsRecords sees the service only as its admin handler shows it to other processes.
func byItsRecords(t *testing.T, e conformance.Endpoint, cluster *fakesignalr.Cluster, roots *x509.CertPool) *live.Target {
	t.Helper()
	admin := httptest.NewServer(cluster.Admin())
	t.Cleanup(func() {
		admin.Close()
		_ = cluster.Close() // the test is over
	})
	remote, err := fakesignalr.Dial(t.Context(), admin.URL)
	if err != nil {
		t.Fatal(err)
	}
	target, err := live.NewRecorded(e, remote, roots)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// elsewhereToo are the configurations of NGINX that are judged by records too: they have it show bad certificates and follow connections.
var elsewhereToo = []string{"affinity", "host_override", "sound", "tls_verify"}

func TestTheSuiteFindsTheSameByTheRecordsOfAServiceElsewhere(t *testing.T) {
	found := slices.DeleteFunc(realConfigs(t), func(c realConfig) bool { return c.product != "nginx" || !slices.Contains(elsewhereToo, c.name) })
	if !realnginxtest.Inside(t) {
		return
	}
	street := newStreet(t, found)
	together(len(found), func(i int) {
		t.Run(found[i].name, func(t *testing.T) { street.judge(t, found[i], byItsRecords) })
	})
}

// realConfig is a configuration of a real proxy.
type realConfig struct {
	number        int // by which it has a port and names of its own
	product, name string
	text          string
	services      []string // the names in it
	breaks        []string // the requirements that it says it breaks
}

// serviceName is the name of a service in a configuration.
var serviceName = regexp.MustCompile(`\bchat\d?\.service\.signalr\.net\b`)

// realConfigs reads all configurations.
func realConfigs(t *testing.T) []realConfig {
	t.Helper()
	paths, err := filepath.Glob(proxyConfigs + "/*/*")
	if err != nil || len(paths) < 5*len(realProxies) {
		t.Fatalf("there are %d configurations of proxies, and %v", len(paths), err)
	}
	out := make([]realConfig, len(paths))
	for i, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		said, ok := strings.CutPrefix(strings.SplitN(string(text), "\n", 3)[1], "# breaks: ")
		if !ok {
			t.Fatalf("the second line of %s does not say what it breaks", path)
		}
		names := serviceName.FindAllString(string(text), -1)
		slices.Sort(names)
		out[i] = realConfig{
			number: i, product: filepath.Base(filepath.Dir(path)), name: strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)),
			text: string(text), services: slices.Compact(names),
		}
		if said != "nothing" {
			out[i].breaks = slices.Sorted(strings.FieldsSeq(said))
		}
	}
	return out
}

func (c realConfig) port() int { return 8443 + c.number }

// own makes the name of a service one that only this configuration uses.
func (c realConfig) own(service string) string { return fmt.Sprintf("c%d-%s", c.number, service) }

// address is that of the configuration's n-th service.
func (c realConfig) address(n int) string { return fmt.Sprintf("127.9.%d.%d", n, c.number+1) }

// street is where the proxies of the test live: each has a port, and services of its own behind it.
type street struct {
	rig    *realnginx.Rig
	folder string

	mu          sync.Mutex
	authorities []byte // that clients trust
}

// trusted is the file of the authorities that clients trust.
const trusted = "/etc/proxy/trusted.pem"

// trust lets clients trust one more authority.
func (s *street) trust(t *testing.T, authority []byte) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.authorities = append(s.authorities, authority...)
	s.place(t, trusted, s.authorities)
}

// newStreet gives every service its name before any proxy is started.
func newStreet(t *testing.T, found []realConfig) *street {
	t.Helper()
	s := &street{rig: realnginxtest.Open(t), folder: openFolder(t)}
	hosts := "127.0.0.1 localhost rt.example.com\n"
	for _, c := range found {
		for n, name := range c.services {
			hosts += c.address(n) + " " + c.own(name) + "\n"
		}
	}
	leaf, err := s.rig.CA.Issue("rt.example.com")
	if err != nil {
		t.Fatal(err)
	}
	s.place(t, "/etc/hosts", []byte(hosts))
	s.place(t, "/etc/proxy/rt.crt", leaf.CertPEM)
	s.place(t, "/etc/proxy/rt.key", leaf.KeyPEM)
	s.place(t, "/etc/proxy/rt.pem", slices.Concat(leaf.CertPEM, leaf.KeyPEM))
	s.trust(t, s.rig.CA.PEM())
	s.place(t, "/run/proxy/README", nil) // the folder is what counts
	return s
}

func (s *street) place(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := s.rig.Place(path, data); err != nil {
		t.Fatal(err)
	}
}

// judge runs the suite on one configuration; it returns its rows of the table.
func (s *street) judge(t *testing.T, c realConfig, reach reaching) string {
	t.Helper()
	cluster := s.services(t, c)
	s.start(t, c, s.settle(t, c, cluster))
	endpoint, err := conformance.ParseEndpoint(fmt.Sprintf("https://rt.example.com:%d/", c.port()))
	if err != nil {
		t.Fatal(err)
	}
	target := reach(t, endpoint, cluster, s.rig.CA.Pool())
	results, err := live.Judge(t.Context(), target, live.All)
	if err := errors.Join(err, target.Close()); err != nil {
		t.Fatal(err)
	}
	if got := withVerdict(results, conformance.Broken); !slices.Equal(got, c.breaks) {
		t.Errorf("the suite finds %q broken, want %q:\n%s", got, c.breaks, failures(results))
	}
	if open := withVerdict(results, conformance.Unjudged); len(c.breaks) == 0 && len(open) > 0 {
		t.Errorf("the suite leaves %q of a sound configuration open:\n%s", open, failures(results))
	}
	return c.rows(results)
}

// services starts the fake service where the configuration expects it.
func (*street) services(t *testing.T, c realConfig) *fakesignalr.Cluster {
	t.Helper()
	var hosts []string
	at := fakesignalr.Addresses{WithPlain: true}
	for n, name := range c.services {
		hosts = append(hosts, c.own(name))
		at.TLS, at.Plain = append(at.TLS, c.address(n)+":443"), append(at.Plain, c.address(n)+":80")
	}
	knobs := proxyClocks()
	knobs.HTTP2 = c.name == "http2"
	cluster, err := fakesignalr.NewCluster(fakesignalr.Services(hosts...), knobs)
	if err != nil {
		t.Fatal(err)
	}
	if err := cluster.Listen(at); err != nil {
		t.Fatal(err)
	}
	return cluster
}

// settle writes a configuration with names, port and files of its own.
func (s *street) settle(t *testing.T, c realConfig, cluster *fakesignalr.Cluster) (path string) {
	t.Helper()
	authority := fmt.Sprintf("/etc/proxy/service-ca-%d.pem", c.number)
	s.place(t, authority, cluster.CA().PEM())
	text := serviceName.ReplaceAllStringFunc(c.text, c.own)
	text = strings.NewReplacer("8443", strconv.Itoa(c.port()), "/etc/proxy/service-ca.pem", authority).Replace(text)
	path = filepath.Join(s.folder, fmt.Sprintf("%d-%s", c.number, c.name))
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// start runs a proxy until the test ends.
func (s *street) start(t *testing.T, c realConfig, config string) {
	t.Helper()
	var output bytes.Buffer
	proxy := exec.Command(realnginxtest.Program(t, c.product), realProxies[c.product](config)...) //nolint:gosec // a proxy that was installed for this
	proxy.Stdout, proxy.Stderr, proxy.Env = &output, &output, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.folder}
	proxy.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	proxy.WaitDelay = time.Second // workers that outlive it hold on to its output
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = proxy.Wait() // its output tells
	}()
	t.Cleanup(func() {
		_ = proxy.Process.Signal(syscall.SIGTERM) // one that ended already is what is wanted
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			_ = proxy.Process.Kill() // as above
			<-ended
		}
		_ = syscall.Kill(-proxy.Process.Pid, syscall.SIGKILL) // workers that it left behind
	})
	for range 1000 {
		if conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port()))); err == nil {
			_ = conn.Close() // only opened
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s ended: %s", c.product, &output)
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatalf("%s does not listen on port %d", c.product, c.port())
}

// rows are the rows of the table for one configuration: one for each requirement that is broken. What cases advise stands in the first.
func (c realConfig) rows(results live.Results) string {
	first := fmt.Sprintf("| %s | %s ", c.product, c.name)
	advised := strings.Join(advice(results), " ")
	broken := withVerdict(results, conformance.Broken)
	if len(broken) == 0 {
		return first + "| nothing | | " + advised + " |\n"
	}
	var out strings.Builder
	for n, id := range broken {
		if n > 0 {
			advised = ""
		}
		i := slices.IndexFunc(results[id], func(r conformance.CaseResult) bool { return r.Verdict == conformance.Broken })
		out.WriteString(first + "| " + id + " | " + results[id][i].ID + " | " + advised + " |\n")
	}
	return out.String()
}

// table compares what was found with the table that is kept.
func table(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("UPDATE") == "1" && !t.Failed() {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("got\n%s\nwant\n%s\n(UPDATE=1 writes what is right now)", without(got, string(want)), without(string(want), got))
	}
}

// without are the lines of a text that do not stand in another.
func without(text, other string) string {
	var out []string
	for line := range strings.Lines(text) {
		if !strings.Contains(other, line) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}
