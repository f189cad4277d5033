package azure_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// planted stands in every secret of these tests and must not survive anywhere in a tree.
const planted = "Pl4ntedPl4ntedPl4nted"

func survives(n *jsontree.Node) bool {
	if strings.Contains(n.Text(), planted) {
		return true
	}
	for child := range n.All() {
		if survives(child) {
			return true
		}
	}
	return false
}

func TestSecretsAreRedactedWhenTheyAreRead(t *testing.T) {
	const gw = `{"id":"/s/providers/Microsoft.Network/applicationGateways/gw","properties":`
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"certificates": {
			gw + `{"sslCertificates":[{"properties":{"data":"` + planted + `","password":"` + planted + `","publicCertData":"MII"}}]}}`,
			[]string{"certificate", "password"},
		},
		"connection strings": {
			`{"id":"/s/providers/Microsoft.Web/sites/app","properties":{"siteConfig":{"appSettings":[{"name":"c","value":"Endpoint=https://a;AccessKey=` + planted + `;"}]}}}`,
			[]string{"access key"},
		},
		"keys": {
			`{"id":"/s/providers/Microsoft.SignalRService/SignalR/s","primaryKey":"` + planted + `","secondaryKey":""}`,
			[]string{"access key"},
		},
		"a secure parameter": {
			`{"contentVersion":"1","parameters":{"k":{"type":"secureString","defaultValue":"` + planted + `"},"o":{"type":"SecureObject","defaultValue":{"a":["` + planted + `"]}},"e":{"type":"securestring","defaultValue":"[newGuid()]"}},"resources":[]}`,
			[]string{"secure parameter", "secure parameter"},
		},
		"an expression": {
			`{"contentVersion":"1","resources":[{"type":"Microsoft.Web/sites","name":"[concat('AccessKey=` + planted + `')]"}]}`,
			[]string{"access key"},
		},
		"PowerShell's copies": {
			`{"Id":"/s/providers/Microsoft.Network/applicationGateways/gw","SslCertificates":[{"Password":"` + planted + `"}],"SslCertificatesText":"[{\"Password\":\"` + planted + `\"}]"}`,
			[]string{"password"},
		},
		"placeholders are none": {gw + `{"sslCertificates":[{"properties":{"data":"***","password":""}}],"x":"AccessKey=<key>"}}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			resources, report := read(t, []byte(c.text))
			if got := whats(report.Secrets); !slices.Equal(got, c.want) {
				t.Errorf("secrets are %q, want %q", got, c.want)
			}
			for _, secret := range report.Secrets {
				value := c.text[secret.Span.Col-1 : secret.Span.EndCol-1]
				if !strings.HasPrefix(value, `"`) || !strings.HasSuffix(value, `"`) || !strings.Contains(value, planted) {
					t.Errorf("the secret was reported at %s", value)
				}
			}
			for _, r := range resources {
				if survives(r.Node) {
					t.Error("a secret survives")
				}
			}
		})
	}
}

func TestParameterFilesAreReadForSecretsOnly(t *testing.T) {
	resources, report := read(t, []byte(`{"$schema":"x/deploymentParameters.json#","parameters":{"c":{"value":"Endpoint=https://a;AccessKey=`+planted+`;"}}}`))
	if len(resources) != 0 || report.Form != azure.Parameters || len(report.Secrets) != 1 {
		t.Errorf("%d resources, report %+v", len(resources), report)
	}
}
