package realnginx

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Refusal is why NGINX does not take a configuration: the first error that it finds.
type Refusal struct {
	Message string // "unknown directive \"x\""
	File    string // empty where NGINX names no place
	Line    int    // that of the token which ends the directive
}

// String is the refusal as NGINX writes it.
func (r *Refusal) String() string {
	if r.File == "" {
		return r.Message
	}
	return fmt.Sprintf("%s in %s:%d", r.Message, r.File, r.Line)
}

// emergency is an error of nginx -t. One that it meets while it reads a file is critical.
var emergency = regexp.MustCompile(`(?s)\[(?:emerg|crit)\] (?:\d+#\d+: )?(.*?)(?: in (\S+):(\d+))?\n`)

// Test has NGINX read the configuration PREFIX/nginx.conf (nginx -t). The refusal is nil where NGINX takes it.
func (r *Rig) Test(ctx context.Context, nginx Installation, prefix string) (*Refusal, error) {
	if err := os.MkdirAll(filepath.Join(prefix, "logs"), 0o755); err != nil { //nolint:gosec // as NGINX's own make install makes it
		return nil, fmt.Errorf("test configuration: %w", err)
	}
	args := []string{"-t", "-p", prefix, "-c", filepath.Join(prefix, "nginx.conf")}
	if len(nginx.modules) > 0 {
		args = append(args, "-g", "load_module "+strings.Join(nginx.modules, "; load_module ")+";")
	}
	cmd := exec.CommandContext(ctx, nginx.program, args...)  //nolint:gosec // an nginx that was found
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"} // the variable NGINX would hold inherited sockets
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil, nil //nolint:nilnil // there is no refusal
	}
	m := emergency.FindSubmatch(out)
	if m == nil {
		return nil, fmt.Errorf("test configuration: %w: %s", err, out)
	}
	line, _ := strconv.Atoi(string(m[3])) // 0 without a place
	return &Refusal{string(m[1]), string(m[2]), line}, nil
}
