package terraform_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/parsers/internal/terraform"
)

// oracle is a module with a local for every expression: its JSON, and whether that is sensitive, or that it fails.
func oracle(expressions []string) map[string]string {
	var locals strings.Builder
	locals.WriteString("locals {\n")
	for i, e := range expressions {
		fmt.Fprintf(&locals, "  e%d = try(issensitive(jsonencode(%s)) ? \"sensitive ${nonsensitive(jsonencode(%s))}\" : jsonencode(%s), \"it fails\")\n", i, e, e, e)
	}
	return map[string]string{
		"main.tf": locals.String() + "}\n", "hello.txt": "hello\n", "sub/t.tpl": "${name}:%{ for x in list }${upper(x)},%{ endfor }\n",
	}
}

// all is an expression that gives every local.
func all(count int) string {
	var out strings.Builder
	for i := range count {
		fmt.Fprintf(&out, "local.e%d, ", i)
	}
	return "base64encode(jsonencode([" + out.String() + "]))"
}

func TestExpressionsAreEvaluatedAsTerraformDoes(t *testing.T) {
	text, err := os.ReadFile("testdata/expressions.txt")
	if err != nil {
		t.Fatal(err)
	}
	expressions := strings.Split(strings.TrimSpace(string(text)), "\n")
	ours := ourAnswers(t, expressions)
	if len(ours) != len(expressions) || len(ours) < 100 {
		t.Fatalf("%d of %d expressions have an answer", len(ours), len(expressions))
	}
	program, err := exec.LookPath("terraform")
	if err != nil {
		t.Log("terraform is not installed, so that nothing is compared with it")
		return
	}
	for i, want := range itsAnswers(t, program, expressions) {
		if ours[i] != want {
			t.Errorf("%s is %s, but terraform says %s", expressions[i], ours[i], want)
		}
	}
}

func ourAnswers(t *testing.T, expressions []string) []string {
	t.Helper()
	texts := oracle(expressions)
	texts["z.tf"] = probe(all(len(expressions)))
	m := terraform.Open(terraform.Input{Files: files(texts)}).Read(".")
	return decoded(t, resource(t, m, "x_y.z").Attributes.Get("v").Text())
}

func itsAnswers(t *testing.T, program string, expressions []string) []string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range oracle(expressions) {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, program, "console")
	run.Dir, run.Stdin = dir, strings.NewReader(all(len(expressions))+"\n")
	run.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_ARGS=", "TF_IN_AUTOMATION=1")
	out, err := run.Output()
	if err != nil {
		t.Fatalf("terraform console: %v\n%s", err, out)
	}
	return decoded(t, strings.Trim(strings.TrimSpace(string(out)), `"`))
}

func decoded(t *testing.T, text string) (answers []string) {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(raw, &answers)
	}
	if err != nil {
		t.Fatalf("the answers cannot be read: %v\n%.200s", err, text)
	}
	return answers
}
