package realnginx

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// suiteLines are the suites of Debian whose NGINX is run beside the one of this machine; .ci/setup reads them too.
//
//go:embed suites.txt
var suiteLines string

// Installation is an NGINX that can be run.
type Installation struct {
	Version string // such as "1.26.3"
	program string
	modules []string // files of the modules that it is run with
}

// Program is its path.
func (i Installation) Program() string { return i.program }

// HasStream reports whether it is run with the module for stream{}.
func (i Installation) HasStream() bool {
	return slices.ContainsFunc(i.modules, func(m string) bool { return filepath.Base(m) == streamModule })
}

// String is how tests and reports name it.
func (i Installation) String() string { return i.Version }

// Find is the path of the NGINX of this machine; the error is an *UnavailableError when there is none.
func Find() (string, error) {
	for _, name := range []string{"nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/nginx/sbin/nginx"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", &UnavailableError{"no nginx is installed"}
}

// Installed is the NGINX of this machine.
func Installed(ctx context.Context) (Installation, error) {
	program, err := Find()
	if err != nil {
		return Installation{}, err
	}
	return installation(ctx, program)
}

// At is the NGINX at a path, or of that name where programs are looked for. It is run without modules but those that its configuration
// loads.
func At(ctx context.Context, program string) (Installation, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return Installation{}, &UnavailableError{"there is no program " + program}
	}
	i, err := installation(ctx, path)
	i.modules = nil
	return i, err
}

// Installations are the NGINX of this machine and those of folders beside each other, one of each version: a folder
// has the program nginx, which may be a script that runs it with libraries of its own, and perhaps modules/*.so. .ci/nginx makes such
// folders, named like suites of Debian; one with an NGINX that was compiled by hand is taken as well. missing are the suites
// without one.
func Installations(ctx context.Context) (found []Installation, missing []string, err error) {
	own, err := Installed(ctx)
	if err != nil {
		return nil, nil, err
	}
	found = append(found, own)
	shelf := unpacked()
	programs, _ := filepath.Glob(filepath.Join(shelf, "*", "nginx")) // the pattern is sound
	for _, program := range programs {
		i, err := installation(ctx, program)
		if err != nil {
			return nil, nil, err
		}
		if !slices.ContainsFunc(found, func(o Installation) bool { return o.Version == i.Version }) {
			found = append(found, i)
		}
	}
	for suite := range strings.FieldsSeq(suiteLines) {
		if !slices.Contains(programs, filepath.Join(shelf, suite, "nginx")) {
			missing = append(missing, suite)
		}
	}
	return found, missing, nil
}

// unpacked is the folder in which .ci/nginx unpacks.
func unpacked() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "" // neither HOME nor XDG_CACHE_HOME is set: nothing was unpacked
	}
	return filepath.Join(cache, "asrscheck", "nginx")
}

var version = regexp.MustCompile(`nginx version: \S+/(\d+\.\d+\.\d+)`)

// installation asks an NGINX for its version, and where its modules are.
func installation(ctx context.Context, program string) (Installation, error) {
	out, err := exec.CommandContext(ctx, program, "-V").CombinedOutput()
	if err != nil {
		return Installation{}, fmt.Errorf("ask %s for its version: %w: %s", program, err, bytes.TrimSpace(out))
	}
	m := version.FindSubmatch(out)
	if m == nil {
		return Installation{}, fmt.Errorf("ask %s for its version: it says %q", program, bytes.TrimSpace(out))
	}
	modules, _ := filepath.Glob(filepath.Join(filepath.Dir(program), "modules", "*.so")) // the pattern is sound
	if at := modulesPath.FindSubmatch(out); len(modules) == 0 && at != nil {
		modules, _ = filepath.Glob(filepath.Join(string(at[1]), streamModule)) // others may be there, with which not every configuration gets on
	}
	return Installation{Version: string(m[1]), program: program, modules: modules}, nil
}

// streamModule is the file of the module for stream{}.
const streamModule = "ngx_stream_module.so"

var modulesPath = regexp.MustCompile(`--modules-path=(\S+)`)
