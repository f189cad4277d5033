package signalrclient_test

import (
	"bytes"
	"compress/gzip"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

func TestRequestGoesOutByteForByte(t *testing.T) {
	request := signalrclient.Request{
		Method: "get", Target: "/%7e/../x?a=%zz;&&b", Proto: "HTTP/1.0",
		Header: []signalrclient.Field{{Name: "host", Value: "a"}, {Name: "HOST", Value: " b"}},
		Body:   []byte("xyz"),
	}
	want := "get /%7e/../x?a=%zz;&&b HTTP/1.0\r\nhost: a\r\nHOST:  b\r\n\r\nxyz"
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	got := make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		buffer := make([]byte, len(want))
		_, _ = io.ReadFull(conn, buffer)
		got <- string(buffer)
		_, _ = conn.Write([]byte("HTTP/1.0 204 No Content\r\n\r\n"))
	}()
	exchange, err := newClient(t, "http://"+listener.Addr().String()).Do(soon(t), "raw", request)
	if err != nil || exchange.Status() != 204 {
		t.Errorf("got %d (%v), want 204", exchange.Status(), err)
	}
	if sent := <-got; sent != want {
		t.Errorf("the wire carried %q, want %q", sent, want)
	}
}

func TestRequestFieldsAreEditedInPlace(t *testing.T) {
	r := signalrclient.Request{Header: []signalrclient.Field{{Name: "A", Value: "1"}, {Name: "B", Value: "2"}, {Name: "a", Value: "3"}}}
	r.Set("a", "4")
	r.Set("C", "5")
	r.Remove("b")
	if got := fmt.Sprint(r.Header); got != "[{a 4} {C 5}]" || r.Get("c") != "5" || r.Get("x") != "" {
		t.Errorf("header is %s", got)
	}
}

func TestTargets(t *testing.T) {
	tests := []struct{ endpoint, query, negotiate, connect string }{
		{"https://p.example.com", "hub=a", "/client/negotiate?hub=a&negotiateVersion=1", "/client/?hub=a&id=i%2B"},
		{"https://p.example.com/", "hub=a&negotiateVersion=1", "/client/negotiate?hub=a&negotiateVersion=1", "/client/?hub=a&negotiateVersion=1&id=i%2B"},
		{"https://p.example.com:8443/signalr/", "hub=a", "/signalr/client/negotiate?hub=a&negotiateVersion=1", "/signalr/client/?hub=a&id=i%2B"},
		{"https://p.example.com/signalr", "hub=a", "/signalrclient/negotiate?hub=a&negotiateVersion=1", "/signalrclient/?hub=a&id=i%2B"},
		{"http://p.example.com/a%20b/", "", "/a%20b/client/negotiate?negotiateVersion=1", "/a%20b/client/?id=i%2B"},
	}
	for _, test := range tests {
		c := newClient(t, test.endpoint)
		c.Query = test.query
		if got := c.NegotiateTarget(); got != test.negotiate {
			t.Errorf("%s negotiates at %s, want %s", test.endpoint, got, test.negotiate)
		}
		if got := c.ConnectTarget("i+"); got != test.connect {
			t.Errorf("%s connects at %s, want %s", test.endpoint, got, test.connect)
		}
	}
}

func TestEndpointsThatAreNoneAreRefused(t *testing.T) {
	for _, endpoint := range []string{"", "proxy.example.com", "wss://a", "https://", "https://a/?x=1", "https://a/#x", "https://u:p@a/", "https://a b/"} {
		_, err := signalrclient.New(endpoint)
		if err == nil {
			t.Errorf("%q was taken for a client endpoint", endpoint)
		}
		if err != nil && strings.Contains(err.Error(), "u:p") {
			t.Errorf("the error %v holds a password", err)
		}
	}
}

func TestRequestIDsOfEveryGeneration(t *testing.T) {
	shapes := map[signalrclient.Generation]string{
		signalrclient.Bare:     `^[A-Za-z0-9+/]{11}=$`,
		signalrclient.Traced:   `^0HN[0-9A-V]{10}:[0-9A-F]{8}-[A-Za-z0-9+/]{11}=$`,
		signalrclient.Readable: `^0HN[0-9A-V]{10}-[0-9A-F]{8}-[0-9a-f]{8}$`,
	}
	for _, g := range signalrclient.Generations() {
		first, second := rand.New(rand.NewPCG(1, 1)), rand.New(rand.NewPCG(1, 1)) //nolint:gosec // the same ids each run
		seen := map[string]bool{}
		for range 50 {
			id := signalrclient.NewRequestID(g, first)
			if !regexp.MustCompile(shapes[g]).MatchString(id) {
				t.Errorf("generation %d made %s", g, id)
			}
			if again := signalrclient.NewRequestID(g, second); again != id {
				t.Errorf("generation %d made %s and %s of the same source", g, id, again)
			}
			seen[id] = true
		}
		if len(seen) != 50 {
			t.Errorf("generation %d made %d different ids of 50", g, len(seen))
		}
	}
}

func TestRedirectQueryIsComposedAsTheSDKDoes(t *testing.T) {
	got := signalrclient.RedirectQuery(signalrclient.Redirect{
		Hub: "App_DeviceHub", Path: "/hubs/My Chat", RequestID: "g1v+tD4/AAA=", Version: "1", More: "x=%c3%a9",
	})
	want := "hub=app_devicehub&asrs.op=%2Fhubs%2FMy+Chat&x=%c3%a9&negotiateVersion=1&asrs_request_id=g1v%2BtD4%2FAAA%3D"
	if got != want {
		t.Errorf("query is\n%s, want\n%s", got, want)
	}
	if got := signalrclient.RedirectQuery(signalrclient.Redirect{Hub: "chat"}); got != "hub=chat" {
		t.Errorf("a serverless query is %s", got)
	}
}

func TestTokensHoldWhatTheSDKPutsIn(t *testing.T) {
	token, err := signalrclient.Access{Host: "Chat.Service.SignalR.net", Hub: "Chat", Key: "k", KeyID: "-1", Claims: map[string]any{"asrs.s.uid": "u"}}.Mint()
	if err != nil {
		t.Fatal(err)
	}
	if header, _, _ := strings.Cut(token, "."); header != "eyJhbGciOiJIUzI1NiIsImtpZCI6Ii0xIiwidHlwIjoiSldUIn0" {
		t.Errorf("header is %s", header)
	}
	if strings.Count(token, ".") != 2 || strings.ContainsAny(token, "+/=") {
		t.Errorf("%s is no token", token)
	}
	if _, err := (signalrclient.Access{Claims: map[string]any{"x": func() {}}}).Mint(); err == nil {
		t.Error("a claim that is no JSON was minted")
	}
}

func TestSourceAddressAndSNI(t *testing.T) {
	cluster, c := service(t)
	c.Source = netip.MustParseAddr("127.0.3.7")
	n, err := c.Negotiate(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := cluster.Records(fakesignalr.Filter{})[0].Remote; !strings.HasPrefix(got, "127.0.3.7:") || n.Exchange.Local != got {
		t.Errorf("the service saw %s, the client says %s; want 127.0.3.7", got, n.Exchange.Local)
	}
	c.OmitSNI = true
	if _, err := c.Negotiate(soon(t)); !errors.As(err, new(x509.HostnameError)) {
		t.Errorf("without SNI the certificate of another name gives %v", err)
	}
	c.OmitSNI, c.Roots = false, x509.NewCertPool()
	if _, err := c.Negotiate(soon(t)); !errors.As(err, new(x509.UnknownAuthorityError)) {
		t.Errorf("an unknown CA gives %v", err)
	}
	c.Insecure = true
	if _, err := c.Negotiate(soon(t)); err != nil {
		t.Errorf("told to accept any certificate, the client gives %v", err)
	}
}

func TestPreflightCarriesNoToken(t *testing.T) {
	cluster, c := service(t)
	exchange, err := c.Preflight(soon(t), "POST", c.NegotiateTarget())
	if err != nil || exchange.Status() != 204 {
		t.Errorf("got %d (%v), want 204", exchange.Status(), err)
	}
	if got := cluster.Records(fakesignalr.Filter{})[0]; got.TokenIn != "" || got.Values("Origin")[0] != c.Origin {
		t.Errorf("the preflight carried a token in %q and the origin %q", got.TokenIn, got.Values("Origin"))
	}
}

func TestShapeAndObserveSeeEveryRequest(t *testing.T) {
	cluster, c := service(t)
	c.Extra = []signalrclient.Field{{Name: "X-Extra", Value: "1"}}
	c.Shape = func(r *signalrclient.Request) { r.Set("X-Shaped", "1") }
	var seen []string
	c.Observe = func(operation string, exchange *signalrclient.Exchange) {
		seen = append(seen, fmt.Sprint(operation, " ", exchange.Status()))
	}
	_ = connected(t, c, "websocket")
	_ = connected(t, c, "events")
	_ = connected(t, c, "polling").Close(soon(t))
	want := "negotiate 200,connect websocket 101,negotiate 200,connect event stream 200,send 200,negotiate 200,poll 200,send 200,poll 200,delete 202"
	if got := strings.Join(seen, ","); got != want {
		t.Errorf("observed\n%s, want\n%s", got, want)
	}
	for _, record := range cluster.Records(fakesignalr.Filter{}) {
		if len(record.Values("X-Shaped")) != 1 || len(record.Values("X-Extra")) != 1 {
			t.Errorf("%s went out without its extra headers", record.Operation)
		}
	}
}

func TestCompressedAnswersAreRead(t *testing.T) {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, _ = writer.Write([]byte(`{"connectionId":"x"}`))
	_ = writer.Close()
	head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", packed.Len())
	n, err := peer(t, says(head+packed.String())).Negotiate(soon(t))
	if err != nil || n.ID() != "x" {
		t.Errorf("got %+v (%v)", n, err)
	}
}

func TestInterimResponsesAreSkipped(t *testing.T) {
	answer := "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + `{"connectionId":"x"}`
	if n, err := peer(t, says(answer)).Negotiate(soon(t)); err != nil || n.ID() != "x" {
		t.Errorf("got %+v (%v)", n, err)
	}
}

func TestEventsAreParsedAsTheStandardSays(t *testing.T) {
	stream := ":\r\n\r\ndata: a\r\ndata:b\r\n\r\nevent: x\nid: 1\n\nnonsense\ndata\n\ndata: c\n\ndata: cut off"
	c := peer(t, func(conn net.Conn) { _, _ = conn.Write([]byte(eventHead + stream)) })
	events, err := c.ConnectEvents(soon(t), "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a\nb", "", "c"} {
		if chunk, err := events.Receive(soon(t)); err != nil || string(chunk.Data) != want {
			t.Errorf("got %q (%v), want %q", chunk.Data, err, want)
		}
	}
	if chunk, err := events.Receive(soon(t)); !errors.Is(err, io.EOF) {
		t.Errorf("got %q (%v), want the end", chunk.Data, err)
	}
}

func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{eventHead + "data: x\n\n", jsonHead + `{"a":"b"}`, "HTTP/1.1 101 x\r\n\r\n", ""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		c := peer(t, func(conn net.Conn) { _, _ = conn.Write(answer) })
		for _, operation := range operations {
			_ = operation(c, soon(t))
		}
	})
}

func FuzzRedirectQuery(f *testing.F) {
	f.Add("Chat", "/a b", "x+/=")
	f.Fuzz(func(t *testing.T, hub, path, id string) {
		query, err := url.ParseQuery(signalrclient.RedirectQuery(signalrclient.Redirect{Hub: hub, Path: path, RequestID: id}))
		if err != nil || query.Get("asrs_request_id") != id || query.Get("asrs.op") != path {
			t.Errorf("request id %q and path %q became %v (%v)", id, path, query, err)
		}
	})
}
