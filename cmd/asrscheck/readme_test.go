package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestTheExampleInREADMEIsReal runs the command of README.md's example and compares the finding that it shows.
func TestTheExampleInREADMEIsReal(t *testing.T) {
	t.Chdir(root)
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(text), "```console\n$ asrscheck ")
	block, after, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatal("README.md holds no example")
	}
	command, shown, _ := strings.Cut(block, "\n")
	seen := firstFinding(t, strings.Fields(command))
	if os.Getenv("UPDATE") != "" {
		text := before + "```console\n$ asrscheck " + command + "\n" + seen + "```\n" + after
		if err := os.WriteFile("README.md", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if shown != seen {
		t.Errorf("README.md shows\n%s\nbut asrscheck %s says\n%s\nRun make docs.", shown, command, seen)
	}
}

// firstFinding is the part of a text report from its first finding to the end of it.
func firstFinding(t *testing.T, args []string) string {
	t.Helper()
	var out, notes bytes.Buffer
	if status := run(args, &session{stdin: strings.NewReader(""), stdout: &out, stderr: &notes, env: func(string) string { return "" }}); status != exitFindings {
		t.Fatalf("asrscheck %s exits with %d: %s", strings.Join(args, " "), status, notes.String())
	}
	_, report, _ := strings.Cut(out.String(), "\n\n")
	_, report, ok := strings.Cut(report, "\n\n")
	if !ok {
		t.Fatalf("there is no finding in\n%s", out.String())
	}
	finding, _, _ := strings.Cut(report, "\n\n")
	return "…\n" + finding + "\n…\n"
}
