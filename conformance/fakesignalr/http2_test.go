package fakesignalr_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
)

// over asks an instance as a proxy does that takes HTTP/2 where it is offered.
func (r *rig) over(client *http.Client, method, target, token, body string) (status, version int) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(soon(r.t), method, "https://"+host+target, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, target, err)
	}
	_ = response.Body.Close() // the status tells
	return response.StatusCode, response.ProtoMajor
}

func (r *rig) offered() *http.Client {
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: r.Roots(), MinVersion: tls.VersionTLS12}}
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, r.Instances()[0].Addr())
	}
	r.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestHTTP2IsOfferedWhereTheKnobSaysSo(t *testing.T) {
	r := single(t)
	target := "/client/negotiate?hub=chat&negotiateVersion=1"
	if status, version := r.over(r.offered(), "POST", target, r.client(0).Token, ""); version != 1 || status != 200 {
		t.Errorf("by default negotiate is answered with %d over HTTP/%d, want 200 over HTTP/1", status, version)
	}
	turn(t, r, func(k *fakesignalr.Knobs) { k.HTTP2 = true })
	if status, version := r.over(r.offered(), "POST", target, r.client(0).Token, ""); version != 2 || status != 200 {
		t.Errorf("negotiate is answered with %d over HTTP/%d, want 200 over HTTP/2", status, version)
	}
	if last := r.last(); last.Proto != "HTTP/2.0" || last.Host != host || last.SNI != host || !last.TLS || last.Target != target || last.TokenIn != fakesignalr.TokenInHeader {
		t.Errorf("it is recorded as %+v", last)
	}
	if status, _ := r.over(r.offered(), "POST", target, strings.Repeat("x", 4<<10), ""); status != 431 {
		t.Errorf("a header of more than 4 KB is answered with %d, want 431", status)
	}
}

func TestTransportsWithoutWebSocketsWorkOverHTTP2(t *testing.T) {
	r := single(t, func(k *fakesignalr.Knobs) { k.HTTP2 = true })
	client, token := r.offered(), r.client(0).Token
	polling := "/client/?hub=chat&id=" + r.negotiate(r.client(0)).ID()
	stream := "/client/?hub=chat&id=" + r.negotiate(r.client(0)).ID()
	if status, _ := r.over(client, "GET", polling, token, ""); status != 200 {
		t.Errorf("the first poll is answered with %d", status)
	}
	if status, _ := r.over(client, "DELETE", polling, token, ""); status != 202 {
		t.Errorf("the DELETE is answered with %d", status)
	}
	request, err := http.NewRequestWithContext(soon(t), http.MethodGet, "https://"+host+stream, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Authorization", "Bearer "+token)
	events, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer events.Body.Close() //nolint:errcheck // its events were read
	lines := bufio.NewReader(events.Body)
	if first, err := lines.ReadString('\n'); first != ":\r\n" || err != nil || events.ProtoMajor != 2 {
		t.Fatalf("the stream opens with %q, %v over %s", first, err, events.Proto)
	}
	if status, _ := r.over(client, "POST", stream, token, "{\"protocol\":\"json\",\"version\":1}\x1e"); status != 200 {
		t.Errorf("the message is answered with %d", status)
	}
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("no answer to the handshake: %v", err)
		}
		if strings.Contains(line, "{}\x1e") {
			return
		}
	}
}
