package nginx

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// The tests that use this run the real NGINX in front of an upstream that tells what it received, and compare with what Trace predicts.

// echo is an upstream that answers with the head of the request.
func echo(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var lines []string
		for name, values := range r.Header {
			for _, v := range values {
				lines = append(lines, name+": "+v)
			}
		}
		slices.Sort(lines)
		_, _ = fmt.Fprintf(w, //nolint:gosec // no browser reads it
			"%s %s %s\nHost: %s\n%s", r.Method, r.RequestURI, r.Proto, r.Host, strings.Join(lines, "\n"))
	}))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// freePort is a port on which nothing listens.
func freePort(t *testing.T) string {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// runningNGINX starts the real NGINX. It returns what NGINX says when it refuses the configuration.
func runningNGINX(t *testing.T, program, text, port string) (refused string) {
	t.Helper()
	dir := t.TempDir()
	conf, said := filepath.Join(dir, "nginx.conf"), filepath.Join(dir, "said")
	for _, temp := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		text = strings.Replace(text, "http {\n", "http {\n"+temp+"_temp_path "+dir+"/"+temp+";\n", 1)
	}
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "-p", dir, "-c", conf, "-g", "daemon off; master_process off; error_log "+said+"; pid "+dir+"/pid;") //nolint:gosec // the program to compare with
	cmd.Env = []string{"PATH=/usr/bin:/bin"}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it is killed, or its log says why it ended
		close(ended)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	if answers(ctx, port, ended) {
		return ""
	}
	log, _ := os.ReadFile(said)
	return "NGINX did not start: " + string(log)
}

// answers waits until something listens on a port, or the program has ended.
func answers(ctx context.Context, port string, ended <-chan struct{}) bool {
	for range 500 {
		var dialer net.Dialer
		if c, err := dialer.DialContext(ctx, "tcp", "127.0.0.1:"+port); err == nil {
			_ = c.Close()
			return true
		}
		select {
		case <-ended:
			return false
		case <-time.After(10 * time.Millisecond):
		}
	}
	return false
}

// seen is what came of a request: what the upstream received, or NGINX's own answer.
type seen struct{ status, location, body, added string }

// ask sends a request as it is written.
func ask(t *testing.T, port, head string) seen {
	t.Helper()
	var dialer net.Dialer
	c, err := dialer.DialContext(t.Context(), "tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = io.WriteString(c, head+"\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return seen{status: "closed"}
	}
	if err != nil {
		t.Fatalf("%q: %v", head, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	added := strings.Join(resp.Header.Values("X-Added"), ",")
	return seen{strconv.Itoa(resp.StatusCode), resp.Header.Get("Location"), string(body), added}
}

// request parses a request as it is written.
func request(head string) *routing.Request {
	lines := strings.Split(head, "\r\n")
	first := strings.Fields(lines[0])
	req := &routing.Request{Method: first[0], Target: first[1], Scheme: "http", ClientIP: "127.0.0.1"}
	for _, l := range lines[1:] {
		name, value, _ := strings.Cut(l, ": ")
		switch name {
		case "Host":
			req.Host = value
			continue
		case "Content-Length":
			req.BodySize, _ = strconv.ParseInt(value, 10, 64)
		case "":
			return req
		}
		req.Header = append(req.Header, routing.Field{Name: name, Value: value})
	}
	return req
}

// predicted tells in the same words what Trace says; ok is false where it cannot tell.
func predicted(paths []routing.Path) (seen, bool) {
	if len(paths) != 1 || paths[0].Unknown.IsUnknown() {
		return seen{}, false
	}
	p := paths[0]
	if r := p.Response; r != nil {
		if r.Status.Text() == "444" {
			return seen{status: "closed"}, true
		}
		return seen{r.Status.Text(), r.Location.Text(), r.Body, added(r.Headers)}, r.Status.State() == routing.Known
	}
	d := p.Delivery
	var lines []string
	for _, h := range d.Headers {
		if h.Name != "Host" {
			lines = append(lines, http.CanonicalHeaderKey(h.Name)+": "+h.Value.Text())
		}
	}
	slices.Sort(lines)
	host := ""
	if hosts := d.Header("Host"); len(hosts) == 1 {
		host = hosts[0].Text()
	}
	status := d.Setting(routing.AnswerStatus).Text()
	if status == "" {
		status = "200"
	}
	return seen{status: status, added: added(d.Response), body: fmt.Sprintf("%s %s %s\nHost: %s\n%s", d.Method.Text(), d.Target.Text(), d.Setting(routing.Protocol).Text(), host, strings.Join(lines, "\n"))}, true
}

// added are the values of the header X-Added.
func added(edits []routing.HeaderEdit) string {
	var values []string
	for _, h := range edits {
		if h.Name == "X-Added" {
			values = append(values, h.Value.Text())
		}
	}
	return strings.Join(values, ",")
}

func versionOf(t testing.TB, program string) string {
	t.Helper()
	out, _ := exec.CommandContext(t.Context(), program, "-v").CombinedOutput()
	return regexp.MustCompile(`[0-9.]+`).FindString(strings.TrimPrefix(string(out), "nginx version: nginx/"))
}

// agree compares prediction and reality for a configuration in which PORT and UPSTREAM stand for themselves.
func agree(t *testing.T, program, template string, heads []string) {
	t.Helper()
	upstream := echo(t)
	for range 5 {
		port := freePort(t)
		text := strings.NewReplacer("PORT", port, "UPSTREAM", upstream).Replace(template)
		g, err := Lower(parseText(t, text), versionOf(t, program))
		if err != nil {
			t.Fatal(err)
		}
		refused := runningNGINX(t, program, text, port)
		if strings.Contains(refused, "Address already in use") {
			continue // something else took the port first
		}
		if mine := firstRefusal(g); (refused != "") != (mine != "") {
			t.Errorf("NGINX says %q, asrscheck %q, of\n%s", refused, mine, text)
			return
		}
		if refused == "" {
			compare(t, g, text, port, heads)
		}
		return
	}
	t.Fatal("no port stays free")
}

// compare sends requests and traces them.
func compare(t *testing.T, g *routing.Gateway, text, port string, heads []string) {
	t.Helper()
	for _, head := range heads {
		got := ask(t, port, head)
		want, known := predicted(g.Trace(g.Listeners[0], request(head)))
		if !known {
			continue
		}
		if want.body == "" || got.body == "" || strings.HasPrefix(got.body, "<html>") {
			got.body, want.body = "", ""
		}
		if got.body == "400 Bad Request" && strings.Contains(want.body, " b HTTP") {
			continue // the upstream does not take a space in the request target either
		}
		if got != want {
			t.Errorf("%q:\nNGINX: %+v\nTrace: %+v\nin\n%s", head, got, want, text)
		}
	}
}

func firstRefusal(g *routing.Gateway) string {
	for _, p := range g.Problems {
		if p.Kind == routing.Refused {
			return p.Span.String() + ": " + p.Message
		}
	}
	return ""
}
