package conformance_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/rules"
	"github.com/asrscheck/asrscheck/parsers"
)

// TestANameThatIsOnlyGoingToBeKnownIsNeitherRightNorWrong: the service is made by the same configuration under a name that a variable has,
// and the gateway is told a name. Whether the two are one is known after the deployment.
func TestANameThatIsOnlyGoingToBeKnownIsNeitherRightNorWrong(t *testing.T) {
	text, err := os.ReadFile("../fixtures/appgateway/ok/howto_tf/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	const service = "\nvariable \"name\" {\n  type = string\n}\nresource \"azurerm_signalr_service\" \"chat\" {\n  name = var.name\n}\n"
	picked := strings.Replace(string(text), `["asrs1.service.signalr.net"]`, "[azurerm_signalr_service.chat.hostname]", 1) + service
	literal := strings.Replace(picked, "pick_host_name_from_backend_address = true", `host_name = "asrs1.service.signalr.net"`, 1)
	for name, c := range map[string]struct {
		text string
		want conformance.Verdict
	}{
		"its own name": {picked, conformance.Holds}, "a name that may be its own": {literal, conformance.Unjudged},
		"a name that is none of a service": {strings.Replace(literal, `host_name = "asrs1.service.signalr.net"`, `host_name = "rt.contoso.example"`, 1), conformance.Broken},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			report := conformance.Check(parsers.Load([]string{dir}, parsers.Options{}), conformance.Options{Rules: rules.All})
			for _, r := range report.Subjects[0].Results {
				if (r.Requirement == "host-override" || r.Requirement == "tls-sni") && r.Verdict != c.want {
					t.Errorf("%s: %s, want %s: %+v", r.Requirement, r.Verdict, c.want, r.Missing)
				}
			}
		})
	}
}
