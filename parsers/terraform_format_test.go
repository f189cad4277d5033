package parsers_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// gateway is the least that is one.
const gateway = `
variable "host" { default = "chat.service.signalr.net" }
resource "azurerm_application_gateway" "gw" {
  name = "gw"
  backend_address_pool {
    name  = "p"
    fqdns = [var.host]
  }
  backend_http_settings {
    name                  = "s"
    port                  = 443
    protocol              = "Https"
    cookie_based_affinity = "Disabled"
  }
  frontend_ip_configuration {
    name                 = "f"
    public_ip_address_id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/a"
  }
  frontend_port {
    name = "https"
    port = 443
  }
  http_listener {
    name                           = "l"
    frontend_ip_configuration_name = "f"
    frontend_port_name             = "https"
    protocol                       = "Https"
  }
  request_routing_rule {
    name                       = "r"
    rule_type                  = "Basic"
    priority                   = 1
    http_listener_name         = "l"
    backend_address_pool_name  = "p"
    backend_http_settings_name = "s"
  }
}
`

// folderOf writes files into a folder.
func folderOf(t testing.TB, texts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// pool is the address of the only pool of the only gateway.
func pool(t *testing.T, e *routing.Estate) string {
	t.Helper()
	if len(e.Gateways) != 1 {
		t.Fatalf("there are %d gateways; problems %+v", len(e.Gateways), e.Problems)
	}
	for _, p := range e.Gateways[0].Pools {
		return strings.TrimSuffix(p.Members[0].Address.Text(), ":443")
	}
	t.Fatal("the gateway has no pool")
	return ""
}

func TestAFolderOfTerraformIsReadByItsRoots(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"env/prod/main.tf": "module \"edge\" {\n  source = \"../../modules/edge\"\n  host   = \"prod.service.signalr.net\"\n}\n", "modules/edge/main.tf": gateway, "README.md": "",
	})
	e := parsers.Load([]string{dir}, parsers.Options{})
	if got := pool(t, e); got != "prod.service.signalr.net" {
		t.Errorf("the pool leads to %q", got)
	}
	if len(e.Inputs) != 1 || e.Inputs[0].Name != filepath.Join(dir, "env", "prod") || e.Inputs[0].Format != "terraform" || len(e.Problems) > 0 {
		t.Errorf("the inputs are %+v, the problems %+v", e.Inputs, e.Problems)
	}
	module := filepath.ToSlash(filepath.Join(dir, "modules", "edge", "main.tf"))
	if text, err := texts(parsers.Sources(e, nil))(module); err != nil || string(text) != gateway {
		t.Errorf("the source of the module cannot be shown: %v", err)
	}
}

func TestAFileOfTerraformStandsForItsFolder(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.tf": gateway, "terraform.tfvars": "host = \"a.service.signalr.net\"\n"})
	e := parsers.Load([]string{filepath.Join(dir, "a.tf")}, parsers.Options{})
	if got := pool(t, e); got != "a.service.signalr.net" || e.Inputs[0].Note != "with the folder that it lies in" {
		t.Errorf("the pool leads to %q, the input is %+v", got, e.Inputs[0])
	}
}

func TestGivenFilesOfValuesCountMost(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.tf": gateway, "terraform.tfvars": "host = \"a.service.signalr.net\"\n", "prod.tfvars": "host = \"b.service.signalr.net\"\n"})
	o := parsers.Options{VarFiles: []string{filepath.Join(dir, "prod.tfvars")}}
	if got := pool(t, parsers.Load([]string{dir}, o)); got != "b.service.signalr.net" {
		t.Errorf("the pool leads to %q", got)
	}
	o.VarFiles[0] += "x"
	if e := parsers.Load([]string{dir}, o); len(e.Problems) != 1 || e.Problems[0].Kind != routing.Unread {
		t.Errorf("a file of values that is not there gives the problems %+v", e.Problems)
	}
}

func TestTerraformReadsNothingOutsideOfTheFolder(t *testing.T) {
	outside := folderOf(t, map[string]string{"secret.txt": "s", "main.tf": gateway})
	dir := folderOf(t, map[string]string{"main.tf": strings.Replace(gateway, "[var.host]", `["${file("link/secret.txt")}", "${file("../secret.txt")}"]`, 1) + "module \"m\" { source = \"./link\" }\n"})
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Skip("links cannot be made here")
	}
	e := parsers.Load([]string{dir}, parsers.Options{})
	if got := pool(t, e); got != "" {
		t.Errorf("the pool leads to %q", got)
	}
	var all []string
	for _, p := range e.Gateways[0].Problems {
		all = append(all, p.Message)
	}
	for _, want := range []string{"link/secret.txt cannot be read", "the file lies outside of what was given", "module m was not found"} {
		if !strings.Contains(strings.Join(all, "\n"), want) {
			t.Errorf("no problem says %q: %q", want, all)
		}
	}
}
