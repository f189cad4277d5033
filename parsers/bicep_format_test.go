package parsers_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

const gatewayBicep = "param timeout int\nparam key string\nresource gateway 'Microsoft.Network/applicationGateways@2024-05-01' = { name: 'gw' } // Microsoft.SignalRService\n"

// compiler puts a program on PATH that prints a text and notes how it was called; alone of all programs.
func compiler(t *testing.T, name, script string) (calls func() string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the program is a shell script")
	}
	bin := t.TempDir()
	log := filepath.Join(bin, "calls")
	write(t, filepath.Join(bin, name), "#!/bin/sh\necho \"$@\" >> "+log+"\nenv >> "+log+"\n"+script+"\n")
	if err := os.Chmod(filepath.Join(bin, name), 0o700); err != nil { //nolint:gosec // a program has to be executable
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":/usr/bin:/bin")
	return func() string {
		text, _ := os.ReadFile(log)
		return string(text)
	}
}

func TestBicepIsReadInItsCompiledForm(t *testing.T) {
	t.Chdir(t.TempDir())
	calls := compiler(t, "bicep", "exit 1")
	write(t, "main.bicep", gatewayBicep)
	write(t, "main.json", template(t))
	for _, given := range [][]string{{"main.bicep"}, {"main.json", "main.bicep"}, {"main.bicep", "main.json"}, {"."}} {
		estate := parsers.Load(given, parsers.Options{})
		got := timeout(t, estate)
		if got.Span.File != "main.json" || len(estate.Problems) > 0 {
			t.Errorf("%v: the timeout stands at %s; problems %v", given, got.Span, estate.Problems)
		}
	}
	if estate := parsers.Load([]string{"main.bicep"}, parsers.Options{}); estate.Inputs[0].Note != "read in its compiled form, main.json, whose lines are given" {
		t.Errorf("the note is %q", estate.Inputs[0].Note)
	}
	if got := calls(); got != "" {
		t.Errorf("the compiler was called although a compiled form lies there: %s", got)
	}
}

func TestBicepIsCompiledByTheUsersOwnCompiler(t *testing.T) {
	for name, c := range map[string]struct{ args string }{
		"bicep": {"build ./main.bicep --no-restore --stdout"}, "az": {"bicep build --file ./main.bicep --no-restore --stdout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			t.Setenv("AZURE_CLIENT_SECRET", "do not pass this on")
			write(t, "compiled", template(t))
			calls := compiler(t, name, "cat compiled")
			write(t, "main.bicep", gatewayBicep)
			estate := parsers.Load([]string{"main.bicep"}, parsers.Options{})
			got := timeout(t, estate)
			if got.Text() != "30s" || got.Span.File != "main.bicep (compiled)" || estate.Inputs[0].Note != "compiled; the lines are those of the compiled template" {
				t.Errorf("the timeout is %s at %s, noted %q", got, got.Span, estate.Inputs[0].Note)
			}
			if said := calls(); !strings.HasPrefix(said, c.args+"\n") || strings.Contains(said, "do not pass") {
				t.Errorf("the compiler was called as\n%s", said)
			}
		})
	}
}

func TestBicepParametersAreCompiledWithTheirTemplate(t *testing.T) {
	t.Chdir(t.TempDir())
	both, err := json.Marshal(map[string]string{"templateJson": template(t), "parametersJson": values(`"timeout":{"value":77}`)})
	if err != nil {
		t.Fatal(err)
	}
	write(t, "compiled", string(both))
	write(t, "main.bicep", gatewayBicep)
	write(t, "main.bicepparam", "using './main.bicep'\nparam timeout = 77\n")
	calls := compiler(t, "bicep", "cat compiled")
	for _, given := range []string{"main.bicepparam", "main.bicep"} {
		if got := timeout(t, parsers.Load([]string{given}, parsers.Options{})); got.Text() != "1m17s" {
			t.Errorf("%s: the timeout is %s", given, got)
		}
	}
	if got := calls(); !strings.HasPrefix(got, "build-params ./main.bicepparam --no-restore --stdout\n") {
		t.Errorf("the compiler was called as\n%s", got)
	}
}

func TestBicepThatCannotBeCompiledIsNotRead(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "main.bicep", gatewayBicep)
	check := func(says string) {
		t.Helper()
		estate := parsers.Load([]string{"main.bicep"}, parsers.Options{})
		if len(estate.Gateways) > 0 || len(estate.Problems) != 1 || estate.Problems[0].Kind != routing.Unread || !strings.Contains(estate.Problems[0].Message, says) {
			t.Fatalf("%d gateways, problems %+v; want %q", len(estate.Gateways), estate.Problems, says)
		}
		if fix := estate.Problems[0].Fix; fix != "compile it: az bicep build --file main.bicep, and give main.json" {
			t.Errorf("the fix is %q", fix)
		}
	}
	compiler(t, "bicep", "echo 'main.bicep(3,1) : Error BCP018: AccessKey=abcdefgh12345678=;' >&2; exit 1")
	check("bicep failed: main.bicep(3,1) : Error BCP018: AccessKey=***")
	t.Setenv("PATH", t.TempDir())
	check("neither bicep nor az is on PATH")
}

func TestModulesOfBicepAreNotReadOnTheirOwn(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "compiled", template(t))
	calls := compiler(t, "bicep", "cat compiled")
	write(t, "infra/main.bicep", "module gw './modules/gateway.bicep' = { name: 'gw' }\n")
	write(t, "infra/modules/gateway.bicep", gatewayBicep)
	write(t, "infra/unrelated.bicep", "param x string\n")
	estate := parsers.Load([]string{"infra"}, parsers.Options{})
	if timeout(t, estate); len(estate.Inputs) != 1 || strings.Count(calls(), "--stdout") != 1 {
		t.Errorf("the inputs are %v, the compiler was called %d times", estate.Inputs, strings.Count(calls(), "--stdout"))
	}
}
