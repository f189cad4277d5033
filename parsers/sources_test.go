package parsers_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSourcesAreTheTextsThatWereRead(t *testing.T) {
	dir := t.TempDir()
	dump := "# configuration file /etc/nginx/nginx.conf:\nevents {}\n\n# configuration file /etc/passwd:\n# of the dump\n"
	main := write(t, filepath.Join(dir, "web", "nginx.conf"), "events {}\nhttp { include conf.d/*.conf; }\n")
	write(t, filepath.Join(dir, "web", "conf.d", "a.conf"), "# included\n")
	dumped := write(t, filepath.Join(dir, "dump.txt"), dump)
	write(t, filepath.Join(dir, "secret.txt"), "nobody named this\n")
	estate := parsers.Load([]string{main, dumped, "-"}, parsers.Options{Stdin: strings.NewReader("server { listen 80; }\n")})
	read := texts(parsers.Sources(estate, []byte("server { listen 80; }\n")))
	for file, want := range map[string]string{
		main: "http {", filepath.Join(dir, "web", "conf.d", "a.conf"): "# included", dumped: "# configuration file",
		"/etc/nginx/nginx.conf": "events {}", "/etc/passwd": "# of the dump", "<stdin>": "server {",
	} {
		if text, err := read(file); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("the text of %s is %q, %v; it should hold %q", file, text, err, want)
		}
	}
	for _, file := range []string{"/etc/hostname", "/etc/nginx/other.conf", filepath.Join(dir, "web", "..", "..", "secret.txt")} {
		if text, err := read(file); err == nil {
			t.Errorf("%s was never read, but its text is given as %q", file, text)
		}
	}
}

// TestSourcesHaveAsterisksForSecrets: whatever shows a line that a report points at, a secret beside it is not shown.
func TestSourcesHaveAsterisksForSecrets(t *testing.T) {
	t.Chdir(t.TempDir())
	const gateway = `{"id":"/s/providers/Microsoft.Network/applicationGateways/gw","name":"gw","properties":{"sslCertificates":[{"name":"c","properties":{"password":"Pl4nted"}}]}}`
	write(t, "gw.json", gateway)
	write(t, "mark.json", "\xef\xbb\xbf"+gateway)
	write(t, "wide.json", "\xff\xfe"+strings.Join(strings.Split(gateway, ""), "\x00")+"\x00")
	write(t, "tf/main.tf", "variable \"key\" {\n  sensitive = true\n  default = <<EOT\nPl4nted\n  Pl4nted\nEOT\n}\nvariable \"other\" {\n  sensitive = true\n}\n"+
		"resource \"azurerm_application_gateway\" \"gw\" {\n  name = \"gw\"\n}\n")
	write(t, "tf/terraform.tfvars", "other = \"Pl4nted\" # kept\n")
	estate := parsers.Load([]string{"gw.json", "mark.json", "wide.json", "tf"}, parsers.Options{})
	read := texts(parsers.Sources(estate, nil))
	for file, want := range map[string]string{
		"gw.json": `{"name":"c","properties":{"password":"*******"}}`, "mark.json": `"password":"*******"`, "tf/main.tf": `resource "azurerm_application_gateway" "gw"`,
		"tf/terraform.tfvars": `other = "*******" # kept`,
	} {
		if text, err := read(file); err != nil || !strings.Contains(string(text), want) || strings.Contains(string(text), "Pl4nted") {
			t.Errorf("the text of %s is %q, %v; it should hold %q and no secret", file, text, err, want)
		}
	}
	if text, err := read("wide.json"); err == nil {
		t.Errorf("UTF-16 with a secret is given as %q", text)
	}
}

// texts reads what is opened.
func texts(open func(string) (io.ReadCloser, error)) func(string) ([]byte, error) {
	return func(file string) ([]byte, error) {
		f, err := open(file)
		if err != nil {
			return nil, err
		}
		return io.ReadAll(f)
	}
}

func TestAFileThatTwoDumpsHoldIsNotGuessed(t *testing.T) {
	dir := t.TempDir()
	one := write(t, filepath.Join(dir, "one.txt"), "# configuration file /etc/nginx/nginx.conf:\nevents {}\n")
	two := write(t, filepath.Join(dir, "two.txt"), "# configuration file /etc/nginx/nginx.conf:\nhttp {}\n")
	read := texts(parsers.Sources(parsers.Load([]string{one, two}, parsers.Options{}), nil))
	if text, err := read("/etc/nginx/nginx.conf"); err == nil {
		t.Errorf("of two files of that name, %q was taken", text)
	}
}
