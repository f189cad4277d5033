package conformance_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx/realnginxtest"
)

// otherClient is the client in another language, as far as .ci/setup could install it.
type otherClient struct {
	language   string
	needs      string // what is there once it is installed, below clientPrograms
	transports []string
	single     bool // it connects by one request, which goes to one service in any case
	command    func(folder string) *exec.Cmd
}

// otherClients are those that there are. They are not needed for a run to pass: their registries cannot be reached from everywhere.
var otherClients = []otherClient{
	{"java", "java/lib", []string{"WebSockets", "LongPolling"}, false, func(folder string) *exec.Cmd {
		return exec.Command("java", "-XX:TieredStopAtLevel=1", "-cp", folder+"/java/lib/*", folder+"/java/Visit.java") //nolint:gosec // the test's own program
	}},
	{"python", "python/venv", []string{"WebSockets"}, true, func(folder string) *exec.Cmd {
		return exec.Command(folder+"/python/venv/bin/python", folder+"/python/visit.py") //nolint:gosec // as above
	}},
}

// TestClientsInOtherLanguagesWorkWhereTheSuiteSaysSo takes the configurations of NGINX, and the reference proxy with the same.
func TestClientsInOtherLanguagesWorkWhereTheSuiteSaysSo(t *testing.T) {
	there := slices.DeleteFunc(slices.Clone(otherClients), func(c otherClient) bool {
		_, err := os.Stat(filepath.Join(clientPrograms, c.needs))
		if err != nil {
			t.Logf("the %s client is not tried: .ci/setup could not install it", c.language)
		}
		return err != nil
	})
	if len(there) == 0 {
		return
	}
	found := slices.DeleteFunc(realConfigs(t), func(c realConfig) bool { return c.product != "nginx" })
	if !realnginxtest.Inside(t) {
		return
	}
	street := newStreet(t, found)
	ways := street.ways(t, found)
	for _, w := range ways {
		w.app = w.appServer(t)
		err := w.cluster.Turn(func(k *fakesignalr.Knobs) {
			k.SkipNegotiation = true                                                            // the Python client never asks the service for an id
			k.ConnectWindow, k.PollGap, k.ClientTimeout = clientLimit, clientLimit, clientLimit // a Java program is slow at first
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	together(len(there), func(i int) { there[i].visit(t, ways) })
}

// visit tries the client on all ways, and compares with what the suite's findings mean.
func (c otherClient) visit(t *testing.T, ways []*clientWay) {
	var jobs []job
	var out []outcome
	for _, w := range ways {
		if c.single && slices.Contains(w.breaks, "affinity") {
			continue
		}
		for _, transport := range c.transports {
			for range w.times() {
				jobs = append(jobs, job{w.app, transport, "json", clientIdle.Milliseconds(), clientSilence.Milliseconds(), clientLimit.Milliseconds()})
				out = append(out, outcome{w, clientKind{c.language, transport, "json"}, ""})
			}
		}
	}
	said := c.run(t, jobs)
	if len(said) != len(out) {
		t.Errorf("%s tells of %d clients, not of %d", c.language, len(said), len(out))
		return
	}
	for i := range out {
		out[i].why = said[i]
	}
	again(out, jobs, func(late []job) []string { return c.run(t, late) })
	for _, w := range ways {
		for _, transport := range c.transports {
			kind := clientKind{c.language, transport, "json"}
			t.Logf("%s %s: %s %s", w.proxy, w.config, kind, w.verdict(t, kind, out))
		}
	}
}

func (c otherClient) run(t *testing.T, jobs []job) []string {
	asked, err := json.Marshal(jobs)
	if err != nil {
		t.Error(err)
		return nil
	}
	folder, err := filepath.Abs(clientPrograms)
	if err != nil {
		t.Error(err)
		return nil
	}
	var errors bytes.Buffer
	cmd := c.command(folder)
	cmd.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+trusted)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(asked), &errors
	answer, err := cmd.Output()
	var said []string
	if err == nil {
		err = json.Unmarshal(answer, &said)
	}
	if err != nil {
		t.Errorf("%s: %v: %s", c.language, err, &errors)
	}
	return said
}
