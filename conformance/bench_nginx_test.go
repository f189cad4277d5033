package conformance_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/conformance/internal/testca"
	"github.com/asrscheck/asrscheck/conformance/refproxy"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
	"github.com/asrscheck/asrscheck/parsers/nginx"
)

// besideConfig is run by NGINX and by the reference proxy. NGINX is told to speak TLS on both sides, and to open a connection for each request,
// as the reference proxy does.
const besideConfig = `
daemon off; pid FOLDER/pid; error_log FOLDER/error.log; worker_processes 1;
events { }
http {
  access_log off;
  client_body_temp_path FOLDER/a; proxy_temp_path FOLDER/b; fastcgi_temp_path FOLDER/c; uwsgi_temp_path FOLDER/d; scgi_temp_path FOLDER/e;
  server {
    listen LISTEN ssl;
    server_name rt.example.com;
    ssl_certificate FOLDER/rt.crt;
    ssl_certificate_key FOLDER/rt.key;
    location /client/ {
      proxy_pass https://SERVICE;
      proxy_set_header Host chat.service.signalr.net;
      proxy_http_version 1.1;
      proxy_ssl_server_name on;
      proxy_ssl_name chat.service.signalr.net;
      proxy_ssl_verify on;
      proxy_ssl_trusted_certificate FOLDER/service-ca.pem;
      proxy_buffering off;
    }
  }
}
`

// beside is an NGINX and a reference proxy with the same configuration in front of the same service.
type beside struct {
	cluster   *fakesignalr.Cluster
	roots     *x509.CertPool
	addresses map[string]string
}

// BenchmarkReferenceProxyBesideNGINX sends negotiate through both by turns, and reports the latency at the median.
func BenchmarkReferenceProxyBesideNGINX(b *testing.B) {
	s := startBeside(b)
	clients, took := map[string]*http.Client{}, map[string][]time.Duration{}
	for name, address := range s.addresses {
		clients[name] = s.client(address)
	}
	token, err := signalrclient.Access{Host: chat, Hub: "chat", Key: s.cluster.Instances()[0].Keys[0]}.Mint()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for name, client := range clients {
			begin := time.Now()
			negotiateBy(b, client, token)
			took[name] = append(took[name], time.Since(begin))
		}
	}
	for name, all := range took {
		slices.Sort(all)
		b.ReportMetric(float64(all[len(all)/2].Microseconds()), name+"-p50-µs")
	}
	b.ReportMetric(float64(took["reference"][b.N/2])/float64(took["nginx"][b.N/2]), "times-nginx")
}

func negotiateBy(b *testing.B, client *http.Client, token string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "https://rt.example.com/client/negotiate?hub=chat&negotiateVersion=1", http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	_, err = io.Copy(io.Discard, response.Body)
	if _ = response.Body.Close(); err != nil || response.StatusCode != http.StatusOK {
		b.Fatalf("negotiate is answered with %d (%v)", response.StatusCode, err)
	}
}

func (s *beside) client(address string) *http.Client {
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: s.roots}
	return &http.Client{Transport: transport}
}

func startBeside(b *testing.B) *beside {
	b.Helper()
	cluster, err := fakesignalr.NewCluster(fakesignalr.Single(chat), fakesignalr.Defaults())
	if err == nil {
		err = cluster.Listen(fakesignalr.Addresses{})
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cluster.Close() })
	s := &beside{cluster: cluster, roots: x509.NewCertPool(), addresses: map[string]string{"nginx": freeAddress(b)}}
	folder := b.TempDir()
	text := strings.NewReplacer("FOLDER", folder, "LISTEN", s.addresses["nginx"], "SERVICE", cluster.Instances()[0].Addr()).Replace(besideConfig)
	s.startNGINX(b, folder, text)
	s.startReference(b, text)
	return s
}

func freeAddress(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func (s *beside) startNGINX(b *testing.B, folder, text string) {
	b.Helper()
	ca, err := testca.New("benchmark CA")
	if err != nil {
		b.Fatal(err)
	}
	leaf, err := ca.Issue("rt.example.com")
	if err != nil {
		b.Fatal(err)
	}
	s.roots.AppendCertsFromPEM(ca.PEM())
	for name, data := range map[string][]byte{"rt.crt": leaf.CertPEM, "rt.key": leaf.KeyPEM, "service-ca.pem": s.cluster.CA().PEM(), "nginx.conf": []byte(text)} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	program := exec.Command("nginx", "-p", folder, "-e", folder+"/error.log", "-c", filepath.Join(folder, "nginx.conf")) //nolint:gosec // what is installed for this
	if err := program.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = program.Process.Signal(syscall.SIGTERM) // killed, it would leave its worker behind
		late := time.AfterFunc(5*time.Second, func() { _ = program.Process.Kill() })
		_ = program.Wait() // it was told to end
		late.Stop()
	})
	for range 500 {
		if conn, err := net.Dial("tcp", s.addresses["nginx"]); err == nil {
			_ = conn.Close() // only opened
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	log, _ := os.ReadFile(folder + "/error.log")
	b.Fatalf("nginx does not listen: %s", log)
}

func (s *beside) startReference(b *testing.B, text string) {
	b.Helper()
	tree, err := nginx.Parse(nginx.Folder{Files: fstest.MapFS{"nginx.conf": {Data: []byte(text)}}, Main: "nginx.conf"})
	if err != nil {
		b.Fatal(err)
	}
	found, err := realnginx.Installed(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	gateway, err := nginx.Lower(tree, found.Version)
	if err != nil {
		b.Fatal(err)
	}
	proxy, err := refproxy.Start(refproxy.Config{Gateway: gateway, RootCAs: s.cluster.Roots(), Dial: func(ctx context.Context, address string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}})
	if err != nil {
		b.Fatal(fmt.Errorf("start the reference proxy: %w", err))
	}
	b.Cleanup(func() { _ = proxy.Close() })
	s.roots.AppendCertsFromPEM(proxy.CA().PEM())
	s.addresses["reference"] = proxy.Addr(gateway.Listeners[0])
}
