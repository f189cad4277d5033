package fakesignalr_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

func TestRecordHoldsTheRequestAsItCame(t *testing.T) {
	r := single(t)
	c := r.client(0)
	id := "a+/b=:c"
	c.Query = "hub=chat&asrs.op=%2Fhubs%2FMy+Chat&asrs_request_id=a%2B%2Fb%3D%3Ac&x=%c3%A9;y&&z"
	request := c.NegotiateRequest()
	request.Header = append(request.Header, signalrclient.Field{Name: "x-ODD", Value: "1"}, signalrclient.Field{Name: "X-Odd", Value: "2"})
	r.do(c, request)
	record := r.last()
	if record.Target != request.Target || record.RequestID != id {
		t.Errorf("target and request id are\n%s %s, want\n%s %s", record.Target, record.RequestID, request.Target, id)
	}
	var sent, got []string
	for _, f := range request.Header {
		sent = append(sent, f.Name)
	}
	for _, f := range record.Header {
		got = append(got, f.Name)
	}
	if !slices.Equal(sent, got) {
		t.Errorf("header lines are\n%v, want\n%v", got, sent)
	}
	if !record.TLS || record.SNI != host || record.Proto != "HTTP/1.1" || record.Method != "POST" || !slices.Equal(record.Hosts, []string{host}) {
		t.Errorf("tls, sni, proto, method, hosts are %v %s %s %s %v", record.TLS, record.SNI, record.Proto, record.Method, record.Hosts)
	}
	if record.Instance != r.Instances()[0].Tag || record.Operation != fakesignalr.OperationNegotiate || record.Answered.IsZero() {
		t.Errorf("instance, operation, time of answer are %s %s %v", record.Instance, record.Operation, record.Answered)
	}
}

func TestRecordsHoldNoToken(t *testing.T) {
	r := single(t)
	c := r.client(0)
	c.Extra = []signalrclient.Field{
		{Name: "X-Original-URL", Value: "/client/?access_token=" + c.Token},
		{Name: "X-Token", Value: c.Token},
		{Name: "X-Opaque", Value: "/client/?a=b&Access_Token=canary-opaque&c"},
		{Name: "Cookie", Value: "session=canary-cookie"},
	}
	_, _ = r.served(c, "websocket")
	_, _ = r.served(c, "events")
	c.Shape = func(request *signalrclient.Request) { request.Set("Authorization", "Basic canary-basic") }
	_, _ = c.Negotiate(soon(t))
	encoded, err := json.Marshal(r.Records(fakesignalr.Filter{}))
	if err != nil {
		t.Fatal(err)
	}
	signature := c.Token[strings.LastIndexByte(c.Token, '.')+1:]
	for _, secret := range []string{c.Token, signature, "canary", r.Instances()[0].Keys[0]} {
		if strings.Contains(string(encoded), secret) {
			t.Errorf("the records hold the secret %.12s…", secret)
		}
	}
}

func TestRecordSaysWhereTheTokenStood(t *testing.T) {
	r := single(t)
	c := r.client(0)
	_, id := r.served(c, "websocket")
	records := r.Records(fakesignalr.Filter{Connection: id})
	if len(records) != 2 || records[0].TokenIn != fakesignalr.TokenInHeader || records[1].TokenIn != fakesignalr.TokenInQuery {
		t.Fatalf("negotiate and connect recorded as %+v", records)
	}
	if want := fakesignalr.Fingerprint(c.Token); records[0].Token != want || records[1].Token != want {
		t.Errorf("fingerprints are %s and %s, want %s", records[0].Token, records[1].Token, want)
	}
	if want := fakesignalr.RedactTarget(c.WebSocketRequest(id, "", "").Target); records[1].Target != want {
		t.Errorf("target is\n%s, want what RedactTarget makes of the sent one\n%s", records[1].Target, want)
	}
}

func TestRecordOfASendHoldsSizeAndFingerprintOfTheBody(t *testing.T) {
	r := single(t)
	c := r.client(0)
	body := []byte(strings.Repeat("z", 70_000))
	r.do(c, c.SendRequest(r.negotiate(c).ID(), body))
	if got := r.last(); got.BodyBytes != 70_000 || got.BodyHash != fakesignalr.Fingerprint(string(body)) {
		t.Errorf("body recorded as %d bytes, %s", got.BodyBytes, got.BodyHash)
	}
}

// raw sends bytes over plain HTTP and returns all that comes back.
func (r *rig) raw(text string) string {
	r.t.Helper()
	conn, err := new(net.Dialer).DialContext(soon(r.t), "tcp", r.Instances()[0].PlainAddr())
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		r.t.Fatal(err)
	}
	answer, _ := io.ReadAll(conn)
	return string(answer)
}

func TestRequestsThatNoHandlerSeesAreRecorded(t *testing.T) {
	r := single(t)
	const closing = "Connection: close\r\n"
	tests := []struct {
		name, request string
		status        int
		reason        fakesignalr.Reason
		hosts         []string
	}{
		{"two Hosts", "GET /client HTTP/1.1\r\nHost: " + host + "\r\nhost: b\r\n\r\n", 400, fakesignalr.ReasonDuplicateHost, []string{host, "b"}},
		{"two equal Hosts", "GET /client HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, fakesignalr.ReasonDuplicateHost, []string{"a", "a"}},
		{"no Host", "GET /client HTTP/1.1\r\n" + closing + "\r\n", 400, fakesignalr.ReasonMissingHost, nil},
		{"Host with a space", "GET /client HTTP/1.1\r\nHost: a b\r\n\r\n", 400, fakesignalr.ReasonMalformed, []string{"a b"}},
		{"bad target", "GET :// HTTP/1.1\r\nHost: a\r\n\r\n", 400, fakesignalr.ReasonMalformed, []string{"a"}},
		{"no protocol", "GET /client\r\nHost: a\r\n\r\n", 400, fakesignalr.ReasonMalformed, []string{"a"}},
		{"huge head", "GET /client HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 90<<10) + "\r\n\r\n", 431, fakesignalr.ReasonHeadTooLarge, []string{"a"}},
		{"HTTP/1.0 without Host", "GET /client HTTP/1.0\r\n\r\n", 404, fakesignalr.ReasonUnknownHost, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r.ResetRecords()
			answer := r.raw(test.request)
			if want := fmt.Sprintf(" %d ", test.status); !strings.Contains(answer[:min(len(answer), 16)], want) {
				t.Errorf("the answer is %.40q, want status %d", answer, test.status)
			}
			records := r.Records(fakesignalr.Filter{})
			if len(records) != 1 {
				t.Fatalf("%d requests are recorded, want 1", len(records))
			}
			got := records[0]
			if got.Status != test.status || got.Reason != test.reason || !slices.Equal(got.Hosts, test.hosts) || got.TLS {
				t.Errorf("recorded as %d %s hosts %q tls %v, want %d %s %q over plain HTTP",
					got.Status, got.Reason, got.Hosts, got.TLS, test.status, test.reason, test.hosts)
			}
		})
	}
}

func TestPipelinedRequestsAreRecordedOneByOne(t *testing.T) {
	r := single(t)
	chunked := "POST /client?n=1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nTrailer: 1\r\n\r\n"
	sized := "POST /client?n=2 HTTP/1.1\r\nHost: b\r\nContent-Length: 16\r\n\r\nGET / HTTP/1.1\r\n"
	twice := "GET /client?n=3 HTTP/1.1\r\nHost: c\r\nHost: d\r\n\r\n"
	r.raw(chunked + sized + twice)
	var got []string
	for _, record := range r.Records(fakesignalr.Filter{}) {
		got = append(got, fmt.Sprint(record.Target, record.Hosts, record.Status))
	}
	want := []string{"/client?n=1[a] 404", "/client?n=2[b] 404", "/client?n=3[c d] 400"}
	if !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
}

func TestPostWithoutLengthIsNoted(t *testing.T) {
	r := single(t)
	r.raw("POST /client/negotiate HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
	if !r.last().HasNote(fakesignalr.NoteWithoutLength) {
		t.Errorf("notes are %v, want post-no-length", r.last().Notes)
	}
	r.raw("POST /client/negotiate HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	if r.last().HasNote(fakesignalr.NoteWithoutLength) {
		t.Error("a POST with Content-Length: 0 is noted as having none")
	}
}

func TestRecordsCanBeFilteredAndReset(t *testing.T) {
	r := newRig(t, fakesignalr.Replicas(host, 2))
	r.negotiate(r.client(0))
	r.negotiate(r.client(1))
	_, _ = r.served(r.client(1), "polling")
	second := fakesignalr.Filter{Instance: r.Instances()[1].Tag, Operation: fakesignalr.OperationNegotiate}
	if got := len(r.Records(second)); got != 2 {
		t.Errorf("%d negotiates of the second instance, want 2", got)
	}
	seq := r.last().Seq
	if got := r.Records(fakesignalr.Filter{After: seq}); len(got) != 0 {
		t.Errorf("%d records after the last", len(got))
	}
	r.ResetRecords()
	if got := r.Records(fakesignalr.Filter{}); len(got) != 0 {
		t.Errorf("%d records after a reset", len(got))
	}
	r.negotiate(r.client(0))
	if r.last().Seq <= seq {
		t.Error("sequence numbers start again after a reset")
	}
}

func TestInstanceServesAsHandlerOfAForeignServer(t *testing.T) {
	r := single(t)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+"/client", nil)
	request.RequestURI = "/client"
	recorder := httptest.NewRecorder()
	r.Instances()[0].ServeHTTP(recorder, request)
	if recorder.Code != 400 || !r.last().HasNote(fakesignalr.NoteHeaderUnwired) {
		t.Errorf("got %d with notes %v, want 400 and header-unordered", recorder.Code, r.last().Notes)
	}
}

func TestNoRecordIsKeptBeyondTheBound(t *testing.T) {
	r := single(t)
	handler := r.Instances()[0]
	for range 21_000 {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/client", nil)
		handler.ServeHTTP(httptest.NewRecorder(), request)
	}
	if got := len(r.Records(fakesignalr.Filter{})); got != 20_000 || r.Dropped() != 1_000 {
		t.Errorf("%d records kept and %d dropped, want 20000 and 1000", got, r.Dropped())
	}
}

func TestLargeRecordsMakeRoomEarlier(t *testing.T) {
	r := single(t)
	target := "/client?" + strings.Repeat("x", 12_000)
	for range 4_000 {
		r.Instances()[0].ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil))
	}
	size := 0
	for _, record := range r.Records(fakesignalr.Filter{}) {
		size += len(record.Target)
	}
	if size > 32<<20 || r.Dropped() == 0 {
		t.Errorf("targets of %d bytes are kept and %d records dropped, want at most 32 MiB", size, r.Dropped())
	}
}
