// Package bicep has Bicep files compiled by the user's own compiler. There is none in Go, and half a reading would be worse than none.
package bicep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/parsers/internal/redact"
)

// IsName reports whether a file is one of Bicep's by its name.
func IsName(path string) bool {
	ext := filepath.Ext(path)
	return ext == ".bicep" || ext == ".bicepparam"
}

const (
	patience  = 2 * time.Minute // az takes half a minute when it starts for the first time
	maxOutput = 64 << 20
)

var errNoCompiler = errors.New("neither bicep nor az is on PATH")

// Compile runs bicep or az, and returns what it prints: a template in JSON; for a .bicepparam file, JSON that holds a template and its
// values as texts. Nothing is fetched: modules that lie in a registry must have been restored before (learn.microsoft.com, "Bicep CLI
// commands": --no-restore).
func Compile(path string) ([]byte, error) {
	name, args, err := command(path)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // the compiler on the user's PATH, with a file that the user named
	cmd.Env = environment()
	cmd.WaitDelay = time.Second
	out, said := &bounded{most: maxOutput}, &bounded{most: 4 << 10}
	cmd.Stdout, cmd.Stderr = out, said
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s took longer than %v", name, patience)
	case err != nil:
		return nil, fmt.Errorf("%s failed: %s", filepath.Base(name), firstLine(said.String(), err))
	case out.cut:
		return nil, fmt.Errorf("%s printed more than %d MiB", name, maxOutput>>20)
	}
	return out.Bytes(), nil
}

// command is the compiler that is there, and how it is told to compile a file.
func command(path string) (string, []string, error) {
	verb := "build"
	if filepath.Ext(path) == ".bicepparam" {
		verb = "build-params"
	}
	if !filepath.IsAbs(path) { // so that no name looks like a flag
		path = "." + string(filepath.Separator) + path
	}
	if name, err := exec.LookPath("bicep"); err == nil {
		return name, []string{verb, path, "--no-restore", "--stdout"}, nil
	}
	if name, err := exec.LookPath("az"); err == nil {
		return name, []string{"bicep", verb, "--file", path, "--no-restore", "--stdout"}, nil
	}
	return "", nil, errNoCompiler
}

// passed are the variables that a compiler needs: where programs, its own files and temporary ones are. Credentials are not among them.
var passed = []string{"PATH", "HOME", "TMPDIR", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "SYSTEMROOT", "LANG", "AZURE_CONFIG_DIR", "DOTNET_ROOT"}

func environment() []string {
	env := []string{"AZURE_BICEP_CHECK_VERSION=false", "AZURE_CORE_COLLECT_TELEMETRY=false", "DOTNET_CLI_TELEMETRY_OPTOUT=1"}
	for _, name := range passed {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// bounded keeps the beginning of what is written to it.
type bounded struct {
	bytes.Buffer
	most int
	cut  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	keep := p[:min(len(p), max(0, b.most-b.Len()))]
	b.cut = b.cut || len(keep) < len(p)
	_, _ = b.Buffer.Write(keep)
	return len(p), nil
}

// firstLine is what a compiler says about an error, or else the error.
func firstLine(said string, err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
	if line == "" {
		line = err.Error()
	}
	clean, _ := redact.String(line)
	return fmt.Sprintf("%.300s", clean)
}

// module is a reference to another file of the same folder.
var module = regexp.MustCompile(`(?m)^\s*module\s+\w+\s+'([^':]+\.bicep)'`)

// Modules are the files that a Bicep file is composed of, by their paths relative to it.
func Modules(text []byte) (paths []string) {
	for _, m := range module.FindAllSubmatch(text, -1) {
		paths = append(paths, string(m[1]))
	}
	return paths
}
