package reports_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
	"github.com/asrscheck/asrscheck/reports"
)

// canary stands in every secret below and must stand in no report.
const canary = "c4naryC4NARYc4nary"

var (
	jwt     = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJ" + canary + "." + canary
	bareKey = canary + strings.Repeat("A", 43-len(canary)) + "="
	secrets = []string{
		"Endpoint=https://chat.service.signalr.net;AccessKey=" + canary + "=;Version=1.0;",
		"endpoint=x;accesskey = '" + canary + "'", `"accountKey": "` + canary + `"`, "AccessKey%3D" + canary, "client_secret=" + canary,
		"/client/?hub=chat&access_token=" + canary, "access%5Ftoken%3D" + canary, "Authorization: Bearer " + canary, "authorization: basic " + canary,
		"Bearer%20" + canary, "token " + jwt, jwt[:len(jwt)-4], "\"" + bareKey + "\"", "key " + bareKey,
		strings.Repeat("a", 52) + "JQQJ9" + canary + "abcdefg",
		`set $api_password "` + canary + `";`, "sets variable client_secret to " + canary,
		`"authorization": {"scheme": "Key", "parameter": "` + canary + `"}`, `"query": {"code": ["` + canary + `"]}`, `"x-functions-key": [ "` + canary + `" ]`,
	}
)

func TestRedactTakesSecretsOut(t *testing.T) {
	for _, s := range secrets {
		if got := reports.Redact(s); strings.Contains(got, canary) || !strings.Contains(got, "***") {
			t.Errorf("%q becomes %q, which still holds the secret", s, got)
		}
		if once := reports.Redact(s); reports.Redact(once) != once {
			t.Errorf("%q becomes something else when it is redacted twice", s)
		}
	}
}

func TestRedactLeavesAloneWhatIsNoSecret(t *testing.T) {
	for _, s := range []string{
		"proxy_set_header Authorization $http_authorization;", "access_token=$arg_access_token", "AccessKey=…", "AccessKey=<your key>", "AccessKey={key}",
		"access tokens in query strings do not reach logs", "basic rule", "the bearer token", "ASRS-HOST-001", "sha256 of nothing", "set $secret $arg_secret;", `set $password "";`, "sets variable password_ok to 1",
		`"code": "AuthorizationFailed"`, `"parameter": "{{backend-key}}"`, `"parameter": "[parameters('key')]"`,
		"/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network/applicationGateways/gw",
	} {
		if got := reports.Redact(s); got != s {
			t.Errorf("%q becomes %q, but holds no secret", s, got)
		}
	}
}

// TestNoReportHoldsASecret plants secrets in every text of a report and in the sources that it points into.
func TestNoReportHoldsASecret(t *testing.T) {
	for _, secret := range secrets {
		r := sample()
		plant(reflect.ValueOf(r), secret)
		sources := textOf(strings.Repeat("\tset $x '"+secret+"'; "+secret+"\n", 9))
		d := reports.New(r, sources)
		for _, f := range reports.Formats() {
			if out := render(t, f.Name, d); strings.Contains(out, canary) {
				at := strings.Index(out, canary)
				t.Errorf("the %s report holds a secret: …%s…", f.Name, out[max(0, at-60):at+30])
			}
		}
	}
}

// plant appends a secret to every text, except to words of a fixed vocabulary.
func plant(v reflect.Value, secret string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			plant(v.Elem(), secret)
		}
	case reflect.Slice:
		for i := range v.Len() {
			plant(v.Index(i), secret)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			plant(field, secret)
		}
	case reflect.String:
		if v.CanSet() && v.Type() == reflect.TypeFor[string]() { // no report sees what is not exported
			v.SetString(v.String() + " " + secret)
		}
	default:
	}
}

func TestASecretInTheMiddleOfALineKeepsTheColumns(t *testing.T) {
	line := "set $a 'AccessKey=" + canary + "'; proxy_pass http://x;\n"
	at := strings.Index(line, "proxy_pass") + 1
	f := conformance.Finding{Rule: "ASRS-TLS-001", Severity: conformance.Error, Message: "m", Span: span("a.conf", 1, at, at+10)}
	r := &conformance.Report{Subjects: []conformance.Subject{{Results: []conformance.Result{{Requirement: "upstream-tls", Findings: []conformance.Finding{f}}}}}}
	out := render(t, "text", reports.New(r, textOf(line)))
	rows := strings.Split(out, "\n")
	for i, row := range rows {
		if strings.Contains(row, "^^^") {
			if strings.Index(row, "^^^") != strings.Index(rows[i-1], "proxy_pass") {
				t.Errorf("the carets are not under proxy_pass:\n%s\n%s", rows[i-1], row)
			}
			return
		}
	}
	t.Errorf("there are no carets in\n%s", out)
}

func FuzzRedactNeverLeaks(f *testing.F) {
	for _, s := range secrets {
		f.Add(s, "x")
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		token := "eyJhbGciOiJIUzI1NiJ9." + canary + ".sig"
		if strings.Contains(before+after, canary) {
			return
		}
		if got := reports.Redact(before + " " + token + " " + after); strings.Contains(got, canary) {
			t.Errorf("the token between %q and %q survives: %q", before, after, got)
		}
	})
}

func TestRedactedReportsDoNotTouchTheOriginal(t *testing.T) {
	r := sample()
	r.Subjects[0].Results[0].Live.Cases[0].Message = "AccessKey=" + canary
	r.Inputs = append(r.Inputs, routing.Input{Name: "AccessKey=" + canary})
	reports.New(r, nil)
	if !strings.Contains(r.Subjects[0].Results[0].Live.Cases[0].Message+r.Inputs[3].Name, canary) {
		t.Error("the report that was given has been changed")
	}
}
