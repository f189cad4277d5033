package realnginx_test

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx/realnginxtest"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

const configuration = `
events { }
http {
	access_log /var/log/nginx/access.log;
	map $http_upgrade $connection_header { default upgrade; '' ''; }
	server {
		listen 80;
		listen 10.0.0.5:443 ssl;
		ssl_certificate /etc/nginx/private/cert.pem;
		ssl_certificate_key /etc/nginx/private/key.pem;
		resolver 10.0.0.10;
		location /client/ {
			proxy_pass https://chat.service.signalr.net;
			proxy_http_version 1.1;
			proxy_ssl_server_name on;
			proxy_ssl_verify on;
			proxy_ssl_trusted_certificate /etc/nginx/private/ca.pem;
			proxy_set_header X-Seen $remote_addr;
			proxy_set_header Upgrade $http_upgrade;
			proxy_set_header Connection $connection_header;
		}
		location /nameless/ { proxy_pass https://chat.service.signalr.net; }
		location /verified/ {
			proxy_pass https://chat.service.signalr.net;
			proxy_ssl_verify on;
			proxy_ssl_trusted_certificate /etc/nginx/private/ca.pem;
		}
		location /plain/ { proxy_pass http://10.1.2.3:8088; }
		location /later/ {
			set $name $arg_to;
			proxy_pass http://$name;
		}
		location /big/ { client_max_body_size 10; proxy_pass http://chat.service.signalr.net; }
	}
}
`

// rig starts NGINX with the configuration above.
func rig(t *testing.T) *realnginx.Rig {
	r := realnginxtest.Open(t)
	if err := errors.Join(r.Listen(8088), r.Own(netip.MustParseAddr("10.0.0.5"))); err != nil {
		t.Fatal(err)
	}
	leaf, err := r.CA.Issue("rt.example.com")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"cert.pem": leaf.CertPEM, "key.pem": leaf.KeyPEM, "ca.pem": r.CA.PEM()} {
		if err := r.Place("/etc/nginx/private/"+name, data); err != nil {
			t.Fatal(err)
		}
	}
	start(t, r, configuration)
	return r
}

func start(t *testing.T, r *realnginx.Rig, text string) {
	t.Helper()
	prefix := t.TempDir()
	if err := os.WriteFile(filepath.Join(prefix, "nginx.conf"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := r.Start(t.Context(), realnginxtest.Installed(t), prefix)
	if err != nil {
		t.Fatalf("nginx did not start: %v", err)
	}
	t.Cleanup(s.Stop)
}

// send sends a request and returns the status and what the services saw.
func send(t *testing.T, r *realnginx.Rig, to string, req routing.Request) (int, []realnginx.Seen) {
	t.Helper()
	if req.Method == "" {
		req.Method = "GET"
	}
	req.Host = "rt.example.com"
	a, err := r.Send(context.Background(), netip.MustParseAddrPort(to), &req)
	if err != nil {
		t.Fatalf("%s %s was not answered: %v", req.Method, req.Target, err)
	}
	return a.Status, r.Take()
}

func one(t *testing.T, seen []realnginx.Seen) realnginx.Seen {
	t.Helper()
	if len(seen) != 1 {
		t.Fatalf("%d requests reached services, want 1: %v", len(seen), seen)
	}
	return seen[0]
}

func TestServicesRecordWhatTheRealNGINXSends(t *testing.T) {
	if !realnginxtest.Inside(t) {
		return
	}
	r := rig(t)
	const front = "127.0.0.1:80"
	t.Run("the line, every header in order and the server name are recorded", func(t *testing.T) {
		status, seen := send(t, r, front, routing.Request{Target: "/client/?a=%2F", ClientIP: "192.0.2.7", Header: []routing.Field{{Name: "x-Odd", Value: "1"}}})
		s := one(t, seen)
		if status != 200 || s.Host != "chat.service.signalr.net" || s.Port != 443 || !s.TLS || s.SNI != "chat.service.signalr.net" {
			t.Errorf("status %d, seen %+v", status, s)
		}
		want := []routing.Field{{Name: "X-Seen", Value: "192.0.2.7"}, {Name: "Host", Value: "chat.service.signalr.net"}, {Name: "x-Odd", Value: "1"}}
		if s.Line != "GET /client/?a=%2F HTTP/1.1" || !slices.Equal(s.Fields, want) {
			t.Errorf("the service saw %q %q, want %q", s.Line, s.Fields, want)
		}
	})
	t.Run("a listener on an address of its own speaks TLS on port 443", func(t *testing.T) {
		status, seen := send(t, r, "10.0.0.5:443", routing.Request{Target: "/client/", Scheme: "https", SNI: "rt.example.com"})
		if s := one(t, seen); status != 200 || s.Line != "GET /client/ HTTP/1.1" {
			t.Errorf("status %d, seen %+v", status, s)
		}
	})
	t.Run("a WebSocket handshake is answered with 101", func(t *testing.T) {
		status, seen := send(t, r, front, routing.Request{Target: "/client/", Header: []routing.Field{
			{Name: "Connection", Value: "Upgrade"}, {Name: "Upgrade", Value: "websocket"}, {Name: "Sec-WebSocket-Key", Value: "dGhlIHNhbXBsZSBub25jZQ=="},
		}})
		if one(t, seen); status != 101 {
			t.Errorf("status %d, want 101", status)
		}
	})
	t.Run("a handshake without server name gets a certificate of another name", func(t *testing.T) {
		status, seen := send(t, r, front, routing.Request{Target: "/nameless/"})
		if s := one(t, seen); status != 200 || s.SNI != "" || !s.TLS {
			t.Errorf("status %d, seen %+v", status, s)
		}
		if status, seen = send(t, r, front, routing.Request{Target: "/verified/"}); status != 502 || len(seen) > 0 {
			t.Errorf("verified: status %d, seen %+v, want 502 and nothing", status, seen)
		}
	})
	t.Run("any address is a service", func(t *testing.T) {
		status, seen := send(t, r, front, routing.Request{Target: "/plain/"})
		if s := one(t, seen); status != 200 || s.Host != "10.1.2.3" || s.Port != 8088 || s.TLS || s.Line != "GET /plain/ HTTP/1.0" {
			t.Errorf("status %d, seen %+v", status, s)
		}
	})
	t.Run("names are resolved at run time by any resolver", func(t *testing.T) {
		status, seen := send(t, r, front, routing.Request{Target: "/later/?to=new.service.signalr.net"})
		if s := one(t, seen); status != 200 || s.Host != "new.service.signalr.net" || s.Port != 80 {
			t.Errorf("status %d, seen %+v", status, s)
		}
		if status, seen = send(t, r, front, routing.Request{Target: "/later/?to=chat.invalid"}); status != 502 || len(seen) > 0 {
			t.Errorf("a name that does not exist: status %d, seen %+v, want 502 and nothing", status, seen)
		}
	})
	t.Run("bodies are sent and counted, and may be refused", func(t *testing.T) {
		req := routing.Request{Method: "POST", Target: "/client/", BodySize: 70000, Header: []routing.Field{{Name: "Content-Length", Value: "70000"}}}
		status, seen := send(t, r, front, req)
		if s := one(t, seen); status != 200 || s.Body != 70000 {
			t.Errorf("status %d, %d bytes, want 200 and 70000", status, s.Body)
		}
		req.Target = "/big/"
		if status, seen = send(t, r, front, req); status != 413 || len(seen) > 0 {
			t.Errorf("status %d, seen %+v, want 413 and nothing", status, seen)
		}
	})
}

func TestAConfigurationThatNGINXRefusesIsAnErrorInItsWords(t *testing.T) {
	if !realnginxtest.Inside(t) {
		return
	}
	r := realnginxtest.Open(t)
	for text, want := range map[string]string{
		"events { } http { server { listen 80; bogus 1; } }":                         `unknown directive "bogus"`,
		"events { } http { server { location / { proxy_pass http://a.invalid; } } }": `host not found in upstream "a.invalid"`,
		"daemon on; events { } http { }":                                             "it went into the background",
	} {
		prefix := t.TempDir()
		if err := os.WriteFile(filepath.Join(prefix, "nginx.conf"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := r.Start(t.Context(), realnginxtest.Installed(t), prefix)
		if err == nil {
			s.Stop()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v, want %q in it", text, err, want)
		}
	}
	start(t, r, "pid /run/own.pid; daemon off; events { } http { }")
}

func TestTheMachineIsLeftAsItWas(t *testing.T) {
	before, err := os.ReadFile("/etc/hosts")
	if err != nil {
		t.Skip("this machine has no /etc/hosts")
	}
	if realnginx.Inside() {
		r := realnginxtest.Open(t)
		if err := r.Place("/etc/hosts", []byte("changed")); err != nil {
			t.Fatal(err)
		}
		if now, err := os.ReadFile("/etc/hosts"); err != nil || string(now) != "changed" {
			t.Errorf("/etc/hosts is %q inside (%v), want it changed", now, err)
		}
		return
	}
	realnginxtest.Inside(t)
	if after, err := os.ReadFile("/etc/hosts"); err != nil || string(after) != string(before) {
		t.Errorf("/etc/hosts is %q now (%v), was %q", after, err, before)
	}
}

func TestOutsideARigDoesNotOpen(t *testing.T) {
	if realnginx.Inside() {
		return
	}
	t.Setenv("ASRSCHECK_OUTSIDE", "1")
	if _, err := realnginx.Open(); err == nil {
		t.Error("a rig opened on the machine itself, want an error")
	}
}
