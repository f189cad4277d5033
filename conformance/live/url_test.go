package live_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/live"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// elsewhere is a proxy in Go's own library that stands for one that runs somewhere, in front of a strict fake service that stands for
// the real one.
func elsewhere(t *testing.T) (conformance.Endpoint, *fakesignalr.Cluster) {
	t.Helper()
	cluster, err := fakesignalr.NewCluster(fakesignalr.Single("chat.service.signalr.net"), fakesignalr.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cluster.Close() })
	if err := cluster.Listen(fakesignalr.Addresses{WithPlain: true}); err != nil {
		t.Fatal(err)
	}
	to := cluster.Instances()[0]
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: &httputil.ReverseProxy{
		ErrorLog: log.New(io.Discard, "", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.Host, r.Out.URL.Scheme, r.Out.URL.Host, r.Out.URL.RawQuery = to.Host, "http", to.PlainAddr(), r.In.URL.RawQuery
		},
	}}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(socket) }()
	t.Cleanup(func() { _ = server.Close() })
	e, err := conformance.ParseEndpoint("http://" + socket.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return e, cluster
}

func TestProxyThatRunsSomewhereIsJudgedFromOutside(t *testing.T) {
	e, cluster := elsewhere(t)
	const holds, unjudged = conformance.Holds, conformance.Unjudged
	open := map[string]conformance.Verdict{"host-override": unjudged, "negotiate": unjudged, "websocket": unjudged, "path": unjudged}
	withKey := map[string]conformance.Verdict{"host-override": unjudged, "negotiate": holds, "websocket": holds, "server-sent-events": holds, "path": unjudged}
	for _, tt := range []struct {
		key   string
		want  map[string]conformance.Verdict
		cases map[string]conformance.Verdict
	}{
		{"", open, map[string]conformance.Verdict{"LIVE-HOST-02": holds, "LIVE-NEG-02": holds, "LIVE-NEG-04": holds, "LIVE-NEG-01": unjudged}},
		{cluster.Instances()[0].Keys[1], withKey, map[string]conformance.Verdict{"LIVE-HOST-02": holds, "LIVE-NEG-01": holds, "LIVE-WS-02": holds, "LIVE-SSE-01": holds, "LIVE-SSE-04": holds, "LIVE-LP-01": holds, "LIVE-LP-05": holds}},
	} {
		target, err := live.NewURL(e, live.Credentials{Host: "chat.service.signalr.net", Key: tt.key}, nil)
		if err != nil {
			t.Fatal(err)
		}
		results, err := live.Judge(context.Background(), target, quick())
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range tt.want {
			if got := results.Verdict(id); got != want {
				t.Errorf("with key %v: %s is %s, want %s: %v", tt.key != "", id, got, want, results[id])
			}
		}
		for _, cases := range results {
			for _, c := range cases {
				if want, ok := tt.cases[c.ID]; ok && c.Verdict != want {
					t.Errorf("with key %v: %s is %s (%s), want %s", tt.key != "", c.ID, c.Verdict, c.Message, want)
				}
			}
		}
	}
}

func TestProxyThatRunsSomewhereIsJudgedFromBothSides(t *testing.T) {
	e, cluster := elsewhere(t)
	target, err := live.NewBehind(e, cluster, nil)
	if err != nil {
		t.Fatal(err)
	}
	seenFromBothSides(t, target)
}

func seenFromBothSides(t *testing.T, target *live.Target) {
	t.Helper()
	results, err := live.Judge(context.Background(), target, quick())
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]conformance.Verdict{
		"host-override": conformance.Holds, "path": conformance.Holds, "negotiate": conformance.Holds, "websocket": conformance.Holds,
		"long-polling": conformance.Holds, "affinity": conformance.Holds, "upstream-tls": conformance.Broken, "tls-sni": conformance.Unjudged,
	} {
		if got := results.Verdict(id); got != want {
			t.Errorf("%s is %s, want %s: %v", id, got, want, results[id])
		}
	}
}

func TestServiceThatRunsElsewhereIsSeenByItsRecordsAndLeftAsItWas(t *testing.T) {
	e, cluster := elsewhere(t)
	admin := httptest.NewServer(cluster.Admin())
	defer admin.Close()
	before := cluster.Knobs()
	remote, err := fakesignalr.Dial(t.Context(), admin.URL)
	if err != nil {
		t.Fatal(err)
	}
	target, err := live.NewRecorded(e, remote, nil)
	if err != nil {
		t.Fatal(err)
	}
	seenFromBothSides(t, target)
	if err := target.Close(); err != nil {
		t.Fatal(err)
	}
	if got := cluster.Knobs(); got != before {
		t.Errorf("the service has other knobs than before: %+v", got)
	}
}

func TestNothingIsBrokenBecauseTheRecordsOfAServiceElsewhereAreGone(t *testing.T) {
	e, cluster := elsewhere(t)
	admin := httptest.NewServer(cluster.Admin())
	remote, err := fakesignalr.Dial(t.Context(), admin.URL)
	if err != nil {
		t.Fatal(err)
	}
	target, err := live.NewRecorded(e, remote, nil)
	if err != nil {
		t.Fatal(err)
	}
	admin.Close()
	results, err := live.Judge(t.Context(), target, quick())
	if err != nil {
		t.Fatal(err)
	}
	for id, cases := range results {
		for _, c := range cases {
			if c.Verdict == conformance.Broken {
				t.Errorf("%s is broken (%s: %s), although nothing can be seen", id, c.ID, c.Message)
			}
		}
	}
}

func TestAGivenTokenIsEnoughForWhatItIsGoodFor(t *testing.T) {
	e, cluster := elsewhere(t)
	token, err := signalrclient.Access{Host: "chat.service.signalr.net", Hub: "orders", Key: cluster.Instances()[0].Keys[0]}.Mint()
	if err != nil {
		t.Fatal(err)
	}
	credentials, err := live.ParseToken(token)
	if err != nil {
		t.Fatal(err)
	}
	target, err := live.NewURL(e, credentials, nil)
	if err != nil {
		t.Fatal(err)
	}
	results, err := live.Judge(t.Context(), target, quick())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"negotiate", "server-sent-events"} {
		for _, c := range results[id] {
			if c.Verdict == conformance.Broken {
				t.Errorf("%s: %s", c.ID, c.Message)
			}
		}
	}
	for _, c := range results["negotiate"] {
		if c.ID == "LIVE-NEG-01" && c.Verdict != conformance.Holds {
			t.Errorf("%s is %s (%s) with a good token", c.ID, c.Verdict, c.Message)
		}
	}
}

func TestWhatIsNoTokenForClientsIsRefusedBeforeAnythingIsSent(t *testing.T) {
	expired := signalrclient.Access{Host: "chat.service.signalr.net", Hub: "chat", Key: "k", Lifetime: -time.Hour}
	server := signalrclient.Access{Host: "chat.service.signalr.net", Hub: "chat", Key: "k", Claims: map[string]any{"aud": "https://chat.service.signalr.net/server/?hub=chat"}}
	for _, a := range []signalrclient.Access{expired, server} {
		token, err := a.Mint()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := live.ParseToken(token); err == nil {
			t.Errorf("a token of %+v is taken", a)
		}
	}
	for _, text := range []string{"", "a.b", "a.b.c", "a.e30.c"} {
		if _, err := live.ParseToken(text); err == nil {
			t.Errorf("%q is taken for a token", text)
		}
	}
}

func TestPlainHTTPToAPortThatSpeaksTLSBreaksNothing(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	e, err := conformance.ParseEndpoint("http://" + server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	target, err := live.NewURL(e, live.Credentials{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	results, err := live.Judge(t.Context(), target, []*live.Case{live.ByID("LIVE-HOST-02"), live.ByID("LIVE-NEG-02"), live.ByID("LIVE-NEG-04")})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range slices.Concat(results["host-override"], results["negotiate"]) {
		if c.Verdict != conformance.Unjudged || !strings.Contains(c.Message, "must begin with https://") {
			t.Errorf("%s is %s: %s", c.ID, c.Verdict, c.Message)
		}
	}
}

// bounded is the proxy of elsewhere with a bound on the number of requests, beyond which it answers with a status.
func bounded(t *testing.T, status int, let int64) *live.Target {
	t.Helper()
	to, cluster := elsewhere(t)
	address, err := url.Parse(to.String())
	if err != nil {
		t.Fatal(err)
	}
	behind := httputil.NewSingleHostReverseProxy(address)
	var asked atomic.Int64
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > let {
			w.WriteHeader(status)
			return
		}
		behind.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	e, err := conformance.ParseEndpoint(front.URL)
	if err != nil {
		t.Fatal(err)
	}
	target, err := live.NewBehind(e, cluster, nil)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func TestProxyThatBoundsRequestsBreaksNothingByThat(t *testing.T) {
	cases := []*live.Case{live.ByID("LIVE-NEG-01"), live.ByID("LIVE-WS-01"), live.ByID("LIVE-LP-01"), live.ByID("LIVE-LIM-03")}
	for _, tt := range []struct {
		status int
		let    int64
		want   conformance.Verdict
	}{
		{429, 2, conformance.Unjudged}, {503, 2, conformance.Unjudged}, {403, 2, conformance.Broken}, {503, 0, conformance.Broken},
	} {
		t.Run(fmt.Sprintf("%d after %d requests", tt.status, tt.let), func(t *testing.T) {
			t.Parallel()
			results, err := live.Judge(t.Context(), bounded(t, tt.status, tt.let), cases)
			if err != nil {
				t.Fatal(err)
			}
			for _, requirement := range []string{"websocket", "long-polling"} {
				if got := results.Verdict(requirement); got != tt.want {
					t.Errorf("%s is %s, want %s: %v", requirement, got, tt.want, results[requirement])
				}
			}
		})
	}
}
