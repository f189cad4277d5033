package live

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/refproxy"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// told says under which requirement it is told that the service refused a request, so that it is told once. What is not listed is
// told by the case that meets it.
var told = map[fakesignalr.Reason]string{
	fakesignalr.ReasonDuplicateHost: "host-override", fakesignalr.ReasonMissingHost: "host-override", fakesignalr.ReasonUnknownHost: "host-override",
	fakesignalr.ReasonUnknownPath: "path", fakesignalr.ReasonProtectedPath: "path",
	fakesignalr.ReasonHubMissing: "path", fakesignalr.ReasonHubRepeated: "path", fakesignalr.ReasonIDMissing: "path",
	fakesignalr.ReasonVersionRepeated: "path", fakesignalr.ReasonVersion: "path", fakesignalr.ReasonTokenMalformed: "path",
	fakesignalr.ReasonTokenMissing: "negotiate", fakesignalr.ReasonTokenSignature: "negotiate",
	fakesignalr.ReasonTokenForeign: "client-endpoint", fakesignalr.ReasonTokenAudience: "client-endpoint",
	fakesignalr.ReasonConnectionForeign: "affinity",
}

// tellsOf is the requirement that a refusal belongs to. A token that got lost from the query belongs to the transports that carry it there, and
// elsewhere, and where hub got lost too, to the query.
func tellsOf(r *fakesignalr.Record, tokenInQuery bool, asked string) string {
	switch {
	case !tokenInQuery || !losesToken(r):
		return told[r.Reason]
	case transportNames[asked] != "" && !slices.Contains(r.Forgiven, fakesignalr.ForgaveQuery):
		return asked
	}
	return "path"
}

func losesToken(r *fakesignalr.Record) bool {
	return r.Reason == fakesignalr.ReasonTokenMissing || r.Reason == fakesignalr.ReasonTokenMalformed
}

// answered demands that the service answered a request with a status.
func (t *Target) answered(g gomega.Gomega, s *session, what string, x *signalrclient.Exchange, err error, status int) {
	t.excuse(s, what, x)
	expected := "expected the " + what + " to be answered by the service with " + strconv.Itoa(status) + ", seen " + t.seen(x, err)
	g.Expect(x.Status()).To(gomega.Equal(status), "%s", expected)
	g.Expect(t.fromService(s, status)).To(gomega.BeTrue(), "%s", expected)
}

// excuse leaves the case when what came back says nothing about its requirement: the reference proxy does not know what the gateway
// would do, or the service refused the request for something that is told elsewhere.
func (t *Target) excuse(s *session, what string, x *signalrclient.Exchange) {
	if why := unknown(x); why != "" {
		t.leave("%s", why)
	}
	t.leaveWrongScheme(x)
	if !t.sees() && unknownThere(x) && t.scope.requirement != "affinity" {
		t.leave("the service does not know the connection that the %s is for, which is told under affinity", what)
	}
	inQuery := x != nil && hasToken(x.Request.Target)
	for _, r := range s.records() {
		t.scope.lostToken = t.scope.lostToken || inQuery && losesToken(&r)
		tells := tellsOf(&r, inQuery, t.scope.requirement)
		if r.Reason != "" && tells != "" && tells != t.scope.requirement {
			t.leave("the service refuses the %s (%s), which is told under %s", what, r.Reason, tells)
		}
	}
}

// wantsTLS is what is said to plain HTTP by those that speak TLS at the port: Go and with it Caddy, NGINX, Apache, and others that
// copy them. All answer 400.
var wantsTLS = []string{"HTTP request to an HTTPS server", "plain HTTP request was sent to HTTPS port", "speaking plain HTTP to an SSL-enabled server port"}

// leaveWrongScheme leaves the case where the URL should begin with https.
func (t *Target) leaveWrongScheme(x *signalrclient.Exchange) {
	if t.door.tls || x.Status() != http.StatusBadRequest {
		return
	}
	for _, text := range wantsTLS {
		if strings.Contains(string(x.Response.Body), text) {
			t.leave("the proxy speaks TLS there: the URL must begin with https://")
		}
	}
}

func hasToken(target string) bool { return target != fakesignalr.RedactTarget(target) }

// unknown is why the reference proxy does not know what the gateway would do; empty when it knows.
func unknown(x *signalrclient.Exchange) string {
	if x == nil || x.Response == nil {
		return ""
	}
	return x.Response.Header.Get(refproxy.UnknownHeader)
}

// fromService reports whether the service gave an answer with that status, as far as that can be seen.
func (t *Target) fromService(s *session, status int) bool {
	if !t.sees() {
		return true
	}
	for _, r := range s.records() {
		if r.Status == status {
			return true
		}
	}
	return false
}

// seen says what came back.
func (t *Target) seen(x *signalrclient.Exchange, err error) string {
	if x == nil || x.Response == nil {
		if waited := after(t, x); waited != "" && errors.Is(err, context.DeadlineExceeded) {
			return "no answer" + waited
		}
		return "no answer" + after(t, x) + cause(err)
	}
	h := x.Response.Header
	status := strconv.Itoa(x.Status())
	switch {
	case h.Get(fakesignalr.ReasonHeader) != "":
		return fmt.Sprintf("%s from the service (%s)", status, h.Get(fakesignalr.ReasonHeader))
	case h.Get(fakesignalr.InstanceHeader) != "":
		return status + " from the service" + after(t, x) + cause(err)
	case h.Get(refproxy.OwnHeader) != "":
		return "an answer of the proxy's own: " + h.Get(refproxy.OwnHeader)
	case h.Get("Location") != "":
		to, _, _ := strings.Cut(h.Get("Location"), "?") // behind it stand ids and tokens
		return fmt.Sprintf("a redirect (%s) to %s", status, to)
	case h.Get(refproxy.CauseHeader) != "":
		return fmt.Sprintf("%s from the proxy%s (%s)", status, after(t, x), h.Get(refproxy.CauseHeader))
	}
	if t.sees() {
		status += ", but not from the service"
	}
	return status + after(t, x) + cause(err)
}

// worthTelling is how long, as the gateway's configuration counts, an answer must take for that to be told.
const worthTelling = 10 * time.Second

// after says how long an answer took, if that was long.
func after(t *Target, x *signalrclient.Exchange) string {
	if x == nil || x.Sent.IsZero() || x.Ended.IsZero() || float64(x.Ended.Sub(x.Sent))*t.speed < float64(worthTelling) {
		return ""
	}
	return " after " + t.asModel(x.Ended.Sub(x.Sent))
}

// cause is an error, unless that is only another status.
func cause(err error) string {
	if err == nil || errors.As(err, new(*signalrclient.StatusError)) {
		return ""
	}
	return " (" + err.Error() + ")"
}
