package live_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/internal/testca"
	"github.com/asrscheck/asrscheck/conformance/live"
)

// deadlineSlack is what a case may take beyond two tries: the time it is given to notice that time is up, and what a busy machine takes.
const deadlineSlack = 10 * time.Second

func TestEveryCaseEndsByItsOwnDeadline(t *testing.T) {
	t.Parallel()
	all := hostiles(t, "other.example.com")
	for _, name := range []string{"hangs", "drips a head", "drips a body", "sends a head without end"} {
		t.Run("at a target that "+name, func(t *testing.T) {
			t.Parallel()
			e := stand(t, all[name])
			slots := make(chan struct{}, 12)
			var group sync.WaitGroup
			for _, c := range live.All {
				alone := *c
				alone.Needs = nil // or it would not be tried
				slots <- struct{}{}
				group.Go(func() {
					defer func() { <-slots }()
					endsInTime(t, e, &alone)
				})
			}
			group.Wait()
		})
	}
}

// endsInTime runs one case on a hostile target, behind which a fake service can be seen.
func endsInTime(t *testing.T, e conformance.Endpoint, c *live.Case) {
	t.Helper()
	cluster, err := fakesignalr.NewCluster(fakesignalr.Single("chat.service.signalr.net"), fakesignalr.Defaults())
	if err == nil {
		err = cluster.Listen(fakesignalr.Addresses{})
	}
	if err != nil {
		t.Error(err)
		return
	}
	target, err := live.NewBehind(e, cluster, nil)
	if c.View == live.Outside {
		target, err = live.NewURL(e, live.Credentials{Host: "chat.service.signalr.net", Key: hostileKey}, nil)
	}
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = cluster.Close(); _ = target.Close() }()
	target.Hurry(hostileLimit)
	equip(t, target, e)
	begun := time.Now()
	results, err := live.Judge(context.Background(), target, []*live.Case{c})
	if c.View == live.InTwin || c.View == live.Prober {
		return // it is for targets that run here
	}
	if err != nil || len(results[c.Requirement]) != 1 || results[c.Requirement][0].Verdict == "" {
		t.Errorf("%s ends without a verdict: %v, %v", c.ID, results, err)
	}
	if took, limit := time.Since(begun), 2*hostileLimit+deadlineSlack; took > limit {
		t.Errorf("%s took %v, want %v at most", c.ID, took, limit)
	}
}

// equip gives a target all that cases may ask for.
func equip(t *testing.T, target *live.Target, e conformance.Endpoint) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "access.log")
	target.ReloadBy(func(context.Context) error { return nil })
	if err := errors.Join(os.WriteFile(log, nil, 0o600), target.ReadLog(log), target.AskHub(e.String()), target.AskDirectly("chat.service.signalr.net", e.Authority(), nil)); err != nil {
		t.Error(err)
	}
}

// presented is a certificate that a proxy shows, and what is wrong with it.
type presented struct {
	name  string
	chain tls.Certificate
	says  string // what the case says of it
}

// badCertificates are each wrong in one way only.
func badCertificates(t *testing.T, trusted *testca.CA) []presented {
	t.Helper()
	stranger, err := testca.New("an authority that nobody trusts")
	if err != nil {
		t.Fatal(err)
	}
	issue := func(by *testca.CA, name string, life time.Duration) tls.Certificate {
		leaf, err := by.IssueFor(life, name)
		if err != nil {
			t.Fatal(err)
		}
		return leaf.Certificate
	}
	wrongChain := issue(stranger, "localhost", time.Hour)
	wrongChain.Certificate = append(wrongChain.Certificate, issue(trusted, "localhost", time.Hour).Certificate...)
	return []presented{
		{"has expired", issue(trusted, "localhost", -time.Minute), "certificate has expired"},
		{"is for another name", issue(trusted, "www.example.com", time.Hour), "not localhost"},
		{"signed itself", certificate(t, "localhost", time.Hour), "unknown authority"},
		{"is of an authority that nobody trusts", issue(stranger, "localhost", time.Hour), "unknown authority"},
		{"comes with a chain that is not its own", wrongChain, "unknown authority"},
	}
}

func TestACertificateThatDoesNotHoldIsToldByWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	trusted, err := testca.New("a trusted authority")
	if err != nil {
		t.Fatal(err)
	}
	good, err := trusted.Issue("localhost")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range append(badCertificates(t, trusted), presented{"holds", good.Certificate, ""}) {
		t.Run("a certificate that "+p.name, func(t *testing.T) {
			results, asked := shown(t, p, trusted.Pool())
			c := results["client-tls"][0]
			told := c.Verdict == conformance.Broken && strings.Contains(c.Message, p.says)
			if bad := p.says != ""; bad != told || bad == asked {
				t.Errorf("%s is %s (%s), requests were sent: %v; want it to say %q", c.ID, c.Verdict, c.Message, asked, p.says)
			}
		})
	}
}

// shown judges a target with a certificate, and tells whether requests were sent to it.
func shown(t *testing.T, p presented, roots *x509.CertPool) (results live.Results, asked bool) {
	t.Helper()
	var requests atomic.Int64
	e := stand(t, hostile{tls: serving(p.chain), serves: func(conn net.Conn, request string) {
		requests.Add(1)
		answers("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")(conn, request)
	}})
	target, err := live.NewURL(e, live.Credentials{Host: "chat.service.signalr.net", Key: hostileKey}, roots)
	if err != nil {
		t.Fatal(err)
	}
	target.Hurry(hostileLimit)
	results, err = live.Judge(context.Background(), target, []*live.Case{live.ByID("LIVE-CTLS-01"), live.ByID("LIVE-NEG-04")})
	if err != nil {
		t.Fatal(err)
	}
	return results, requests.Load() > 0
}
