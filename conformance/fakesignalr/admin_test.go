package fakesignalr_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func (r *rig) admin(method, target string) (int, string) {
	r.t.Helper()
	recorder := httptest.NewRecorder()
	r.Admin().ServeHTTP(recorder, httptest.NewRequestWithContext(r.t.Context(), method, target, nil))
	body, err := io.ReadAll(recorder.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return recorder.Code, string(body)
}

func TestAdminShowsAndForgetsRecords(t *testing.T) {
	r := single(t)
	r.negotiate(r.client(0))
	_, body := r.admin("GET", "/records?operation=negotiate")
	var got struct{ Records []struct{ Status int } }
	if err := json.Unmarshal([]byte(body), &got); err != nil || len(got.Records) != 1 || got.Records[0].Status != 200 {
		t.Errorf("records are %s (%v), want one with status 200", body, err)
	}
	if status, _ := r.admin("DELETE", "/records"); status != 204 {
		t.Errorf("DELETE got %d, want 204", status)
	}
	if _, body := r.admin("GET", "/records"); !strings.Contains(body, `"records":[]`) {
		t.Errorf("after DELETE there is %s", body)
	}
}

func TestAdminTurnsKnobsAllOrNone(t *testing.T) {
	r := single(t)
	status, body := r.admin("PUT", "/knobs?ping-period=2s&forgive-host=true")
	if status != 200 || !strings.Contains(body, `"ping-period":"2s"`) || !r.Knobs().ForgiveHost {
		t.Errorf("got %d %s", status, body)
	}
	before := r.Knobs()
	for _, query := range []string{"silent=true&no-such=1", "silent=true&poll-timeout=x", "silent=true&answer=204"} {
		if status, _ := r.admin("PUT", "/knobs?"+query); status != 400 || r.Knobs() != before {
			t.Errorf("%s got %d, and changed knobs: %v; want 400 and no change", query, status, r.Knobs() != before)
		}
	}
}

func TestTheRootOfTheAdminTellsWhatThereIs(t *testing.T) {
	r := single(t)
	status, told := r.admin("GET", "/")
	if status != 200 || !strings.Contains(told, "/records") {
		t.Errorf("the root answers %d %q, want what can be asked for", status, told)
	}
	if status, _ := r.admin("GET", "/nothing"); status != 404 {
		t.Errorf("what is not there is answered with %d, want 404", status)
	}
}

func TestAdminListsInstancesWithoutKeys(t *testing.T) {
	r := single(t)
	_, body := r.admin("GET", "/instances")
	if !strings.Contains(body, r.Instances()[0].Addr()) || strings.Contains(body, r.Instances()[0].Keys[0]) {
		t.Errorf("instances are %s", body)
	}
	if _, body := r.admin("GET", "/ca.pem"); !strings.HasPrefix(body, "-----BEGIN CERTIFICATE-----") {
		t.Errorf("ca.pem is %q", body)
	}
}

func TestAdminOrdersEvents(t *testing.T) {
	r := single(t)
	hub, id := r.served(r.client(0), "events")
	if status, body := r.admin("POST", "/events?count=2&spacing=1ms&connection="+id); status != http.StatusAccepted {
		t.Fatalf("got %d %s, want 202", status, body)
	}
	for range 2 {
		if m, err := hub.Next(soon(t)); err != nil || m.Target != "event" {
			t.Errorf("got %+v (%v), want an event", m, err)
		}
	}
	for _, query := range []string{"count=x&spacing=1ms", "count=1&spacing=x", "count=1&spacing=1ms&connection=nobody"} {
		if status, _ := r.admin("POST", "/events?"+query); status != 400 {
			t.Errorf("%s got %d, want 400", query, status)
		}
	}
}
