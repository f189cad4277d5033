package realnginx

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// compiledLog is where requests are logged unless access_log says otherwise, in what nginx -V says.
var compiledLog = regexp.MustCompile(`--http-log-path=(\S+)`)

// usualLog is that place where NGINX was compiled without one (NGINX auto/options).
const usualLog = "logs/access.log"

// Written is what stands in an access log, named as access_log names it; ok is false for one that is no file of a fixed name.
func (s *Server) Written(log string) (text string, ok bool) {
	switch {
	case strings.HasPrefix(log, "syslog:"), strings.HasPrefix(log, "/dev/"), strings.Contains(log, "$"):
		return "", false
	case strings.HasPrefix(log, usualLog+" "):
		log = usualLog
		out, _ := exec.Command(s.cmd.Path, "-V").CombinedOutput() //nolint:gosec,noctx // the nginx that runs; it answers at once
		if m := compiledLog.FindSubmatch(out); m != nil {
			log = string(m[1])
		}
	}
	if !filepath.IsAbs(log) {
		log = filepath.Join(s.prefix, log)
	}
	b, err := os.ReadFile(log) //nolint:gosec // a log of the NGINX that was started here
	return string(b), err == nil
}
