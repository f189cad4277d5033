package conformance_test

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx/realnginxtest"
	"github.com/asrscheck/asrscheck/conformance/live"
	"github.com/asrscheck/asrscheck/conformance/ownnginx"
	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/nginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Of the fixtures, ordinary runs drive traffic through one in liveShare, the same ones every time; with ASRSCHECK_ALL=1 it is all of
// them. They are shared out to networks of their own, since most of the time is spent waiting.
const (
	liveShare = 4
	liveParts = 10
	liveSpeed = 10 // of clocks: a minute passes in six seconds, and pings are further apart than what must come at once
)

func TestOnFixturesTheRealNGINXDoesWhatReadingSays(t *testing.T) {
	chosen := slices.DeleteFunc(configurations(t, nginxFixtures+"/ok", nginxFixtures+"/err"), func(path string) bool {
		return os.Getenv("ASRSCHECK_ALL") != "1" && *oracleConfig == "" && !isDrawn(path)
	})
	together(liveParts, func(part int) {
		t.Run("part"+strconv.Itoa(part+1), func(t *testing.T) {
			if !realnginxtest.Inside(t) {
				return
			}
			on, judged := bench{realnginxtest.Open(t), realnginxtest.Installed(t)}, 0
			for i, path := range chosen {
				if i%liveParts == part {
					t.Run(filepath.ToSlash(strings.TrimPrefix(path, nginxFixtures+"/")), func(t *testing.T) { judged += judgeFixture(t, on, path) })
				}
			}
			t.Logf("NGINX %s: %d requirements judged by traffic as by reading", on.nginx, judged)
			if judged == 0 {
				t.Error("traffic judged nothing")
			}
		})
	})
}

// unseen are differences that this test cannot settle: what reading says that traffic cannot show, by words of all its findings, or of all that it
// misses where it finds nothing.
var unseen = []unseenHere{
	// OpenSSL as distributions build it speaks no TLS before 1.2, whatever NGINX is told.
	{"client-tls is broken by reading, but holds by traffic", "which is retired"},
	// The fake service says of events that their encoding is identity, as ASP.NET Core does, and NGINX compresses nothing that has an encoding;
	// buffered, chunks then pass at once to clients of plain HTTP. Reading does not count on a header that the service's documents do not
	// promise.
	{"server-sent-events is broken by reading, but holds by traffic", "answers of the type text/event-stream are compressed"},
	// Nothing listens at sockets that configurations name here. Where they come from, something does.
	{" is unjudged by reading, but broken by traffic", "what a program that listens at unix:"},
	// Reading does not follow copies of requests, and what a service makes of one it could not say. Traffic sees the faults of this one's way.
	{" is unjudged by reading, but broken by traffic", "a copy of the request is sent to"},
	// What modules make of answers is not read.
	{" is unjudged by reading, but broken by traffic", "makes of the service's answers"},
	// Reading leaves open what the service takes and what clients have. Those of this test take no such name, and have no certificate and other
	// ciphers.
	{" is unjudged by reading, but broken by traffic", "with a dot at its end"},
	{" is unjudged by reading, but broken by traffic", "do clients come without a certificate"},
	{" is unjudged by reading, but broken by traffic", "do clients lack the ciphers of"},
}

// unseenHere is the end of what says a difference, and the words of its findings.
type unseenHere struct{ difference, finding string }

// excused reports whether a difference is one of those, and rests on nothing else.
func excused(difference string) bool {
	said, details, _ := strings.Cut(difference, "\n")
	lines := func(prefix string) []string {
		return slices.DeleteFunc(strings.Split(details, "\n"), func(line string) bool { return !strings.HasPrefix(line, prefix) })
	}
	findings := lines("    ASRS-")
	if len(findings) == 0 {
		findings = lines("    unjudged: ")
	}
	return slices.ContainsFunc(unseen, func(u unseenHere) bool {
		other := func(line string) bool { return !strings.Contains(line, u.finding) }
		return strings.HasSuffix(said, u.difference) && len(findings) > 0 && !slices.ContainsFunc(findings, other)
	})
}

// isDrawn picks a share of the fixtures.
func isDrawn(path string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(filepath.Base(path))) // a hash never fails
	return h.Sum32()%liveShare == 0
}

// judgeFixture compares for every client endpoint of a fixture what reading says with what traffic through the real NGINX says. It
// returns how many requirements both have judged.
func judgeFixture(t *testing.T, on bench, path string) (judged int) {
	t.Helper()
	estate := parsers.Load([]string{path}, parsers.Options{NginxVersion: on.nginx.Version})
	for _, r := range readings(filepath.Base(path), estate, clientEndpointsOf(t, path)...) {
		if slices.ContainsFunc(r.gateway.Problems, func(p routing.Problem) bool { return p.Kind == routing.Refused }) {
			continue // NGINX does not run it
		}
		r.results = driveNGINX(t, on, path, r)
		disagreed := slices.DeleteFunc(r.differences(), excused)
		if d := disagreed; len(d) > 0 {
			t.Errorf("%s: reading and the real NGINX disagree:\n%s", r.name, strings.Join(d, "\n"))
		}
		for _, result := range r.subject.Results {
			if said := r.results.Verdict(result.Requirement); said != conformance.Unjudged && result.Verdict != conformance.Unjudged {
				judged++
			}
		}
	}
	return judged
}

// clientEndpointsOf are the client endpoints that a fixture names; none where they are derived.
func clientEndpointsOf(t *testing.T, path string) []conformance.Endpoint {
	t.Helper()
	for _, f := range allFixtures(t) {
		if f.path == path {
			return f.endpoints
		}
	}
	return nil
}

// driveNGINX runs a fixture in the real NGINX, in front of the fake service, and judges it by traffic.
func driveNGINX(t *testing.T, on bench, path string, r *reading) live.Results {
	t.Helper()
	target, err := live.NewProduct(live.Product{
		Twin: live.Twin{
			Gateway: r.gateway, Endpoint: r.subject.ClientEndpoint(), Services: conformance.NewServices(&routing.Estate{}, nil), Speed: liveSpeed,
		},
		Start: func(b live.Backing) (live.Front, error) { return startInFront(t, on, path, r.gateway, b) },
	})
	if err != nil {
		t.Fatal(err)
	}
	results, err := live.Judge(t.Context(), target, live.All)
	if err := errors.Join(err, target.Close()); err != nil {
		t.Fatal(err)
	}
	return results
}

// startInFront starts NGINX with a fixture whose clocks are fast, and leads what it connects to, to the fake service.
func startInFront(t *testing.T, on bench, path string, g *routing.Gateway, b live.Backing) (live.Front, error) {
	t.Helper()
	prefix := openFolder(t)
	copyConfiguration(t, path, prefix)
	quicken(t, prefix)
	tree, err := nginx.Parse(nginx.Folder{Files: os.DirFS(prefix), Main: "nginx.conf", Prefix: prefix})
	if err != nil {
		return live.Front{}, err
	}
	placeCertificates(t, on, tree, prefix, b.Authority)
	return ownnginx.Start(on.Rig, g, b, func() (*realnginx.Server, error) { return on.Start(t.Context(), on.nginx, prefix) })
}

// slow are the directives whose times the suite's clocks rest on.
var slow = regexp.MustCompile(`\b(proxy_read_timeout|proxy_send_timeout|proxy_timeout|send_timeout)(\s+)([0-9][0-9a-z]*)(\s*;)`)

// opensHTTP is where the http block of a configuration begins.
var opensHTTP = regexp.MustCompile(`(?m)^\s*http\s*\{`)

// quicken makes NGINX's clocks as fast as those of the fake service, in all files of a configuration.
func quicken(t *testing.T, prefix string) {
	t.Helper()
	err := filepath.WalkDir(prefix, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path) //nolint:gosec // a copy of a fixture
		if err != nil {
			return err
		}
		fast := slow.ReplaceAllStringFunc(string(text), func(s string) string {
			m := slow.FindStringSubmatch(s)
			return m[1] + m[2] + quick(m[3]) + m[4]
		})
		if at := opensHTTP.FindStringIndex(fast); at != nil && !setsTimeout(t, prefix) {
			fast = fast[:at[1]] + " proxy_read_timeout " + quick("60s") + ";" + fast[at[1]:]
		}
		return os.WriteFile(path, []byte(fast), 0o644) //nolint:gosec // NGINX's workers run as another user
	})
	if err != nil {
		t.Fatal(err)
	}
}

// setsTimeout reports whether http{} has a proxy_read_timeout of its own.
func setsTimeout(t *testing.T, prefix string) bool {
	t.Helper()
	tree, err := nginx.Parse(nginx.Folder{Files: os.DirFS(prefix), Main: "nginx.conf", Prefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	for d := range tree.Main.Body() {
		if d.Name() != "http" {
			continue
		}
		for inner := range d.Body() {
			if inner.Name() == "proxy_read_timeout" {
				return true
			}
		}
	}
	return false
}

// quick is a time of NGINX's, as it is at the speed of the suite's clocks.
func quick(text string) string {
	if _, err := strconv.Atoi(text); err == nil {
		text += "s"
	}
	text = strings.Replace(text, "d", "*24h", 1)
	if days, rest, ok := strings.Cut(text, "*24h"); ok {
		n, _ := strconv.Atoi(days)
		text = strconv.Itoa(24*n) + "h" + rest
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return text
	}
	return fmt.Sprintf("%dms", max(1, d.Milliseconds()/liveSpeed))
}
