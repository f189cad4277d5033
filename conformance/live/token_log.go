package live

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var tokenLog = []*Case{{
	ID: "LIVE-LOG-01", Requirement: "token-log", Title: "The access log does not hold access tokens",
	Level: Log, Run: tokensStayOutOfLog,
}}

// ReadLog tells the target the path of the proxy's access log. The error says that it cannot be read.
func (t *Target) ReadLog(path string) error {
	if _, err := sizeOf(path); err != nil {
		return err
	}
	t.accessLog = path
	return nil
}

func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return 0, fmt.Errorf("read access log: %w", err)
	case !info.Mode().IsRegular():
		return 0, fmt.Errorf("read access log: %s is no file", path)
	}
	return info.Size(), nil
}

// logPatience is how long a line may take to get into the log.
const logPatience = 5 * time.Second

// tokensStayOutOfLog sends the two requests that carry a token in their query, with a token that nobody signed. Only a line that can be told to
// be of one of them shows how the proxy logs: it holds the request's id, or its User-Agent.
func tokensStayOutOfLog(ctx context.Context, g gomega.Gomega, t *Target) {
	for _, kind := range []conformance.ProbeKind{conformance.Events, conformance.WebSocket} {
		s, err := t.session()
		t.must(err)
		payload := base64.RawURLEncoding.EncodeToString([]byte(`{"asrscheck":"canary of ` + s.mark + `"}`))
		signature := base64.RawURLEncoding.EncodeToString([]byte("nobody signed this for " + s.mark))
		agent := "asrscheck (log of " + s.mark + ")"
		s.Token, s.id = "eyJhbGciOiJIUzI1NiJ9."+payload+"."+signature, strangerID
		s.Shape = func(r *signalrclient.Request) { r.Set("User-Agent", agent) }
		size, err := sizeOf(t.accessLog)
		t.must(err)
		_, _ = s.ask(ctx, kind) // what is answered does not matter
		line, found := t.logged(ctx, size, agent, s.requestID, url.QueryEscape(s.requestID), payload, signature)
		g.Expect(strings.Contains(line, payload) || strings.Contains(line, signature)).To(gomega.BeFalse(),
			"expected the access log to hold no access token, seen that of the %s in its line: who reads the log can take the user's place", kind)
		if !found {
			t.leave("no line of the %s that was sent is in the access log after %s, by its asrs_request_id or its User-Agent: is this the log of the client endpoint, and is it written at once?", kind, logPatience)
		}
	}
}

// logged waits for a line that holds one of some texts.
func (t *Target) logged(ctx context.Context, from int64, texts ...string) (line string, found bool) {
	for end := time.Now().Add(logPatience); ; {
		text, err := readFrom(t.accessLog, from)
		t.must(err)
		for line := range strings.Lines(text) {
			for _, wanted := range texts {
				if strings.HasSuffix(line, "\n") && strings.Contains(line, wanted) {
					return line, true
				}
			}
		}
		if time.Now().After(end) || ctx.Err() != nil {
			return "", false
		}
		pause(ctx, 20*time.Millisecond)
	}
}

// maxLog bounds what is read of a log.
const maxLog = 16 << 20

// readFrom reads a file from an offset, or from its beginning where it has become shorter.
func readFrom(path string, offset int64) (string, error) {
	size, err := sizeOf(path)
	if err != nil {
		return "", err
	}
	if size < offset {
		offset = 0
	}
	f, err := os.Open(path) //nolint:gosec // reading what the user names is what the case is for
	if err != nil {
		return "", fmt.Errorf("read access log: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	raw, err := io.ReadAll(io.NewSectionReader(f, offset, maxLog))
	if err != nil {
		return "", fmt.Errorf("read access log: %w", err)
	}
	return string(raw), nil
}
