package realnginx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// startTime and stopTime bound how long NGINX may take to come up and to go away.
const (
	startTime = 10 * time.Second
	stopTime  = 5 * time.Second
)

// Folders say where an NGINX that is started finds and leaves its files.
type Folders struct {
	Conf    string // path of the configuration
	Prefix  string // what relative paths of logs and pages begin at; what NGINX was compiled with when empty
	Scratch string // takes files of the run: an error log that is added, and the id of the process
}

// Server is an NGINX that runs.
type Server struct {
	cmd    *exec.Cmd
	log    string // path of the error log that was added
	prefix string
	output bytes.Buffer
	ended  chan struct{}
}

// Start runs NGINX with the configuration PREFIX/nginx.conf and waits until it listens. The error holds what NGINX complains of.
func (r *Rig) Start(ctx context.Context, nginx Installation, prefix string) (*Server, error) {
	logs := os.MkdirAll(filepath.Join(prefix, "logs"), 0o755)          //nolint:gosec // as NGINX's own make install makes it
	if err := errors.Join(logs, os.Chmod(prefix, 0o755)); err != nil { //nolint:gosec // NGINX's workers run as another user
		return nil, fmt.Errorf("start nginx: %w", err)
	}
	return r.StartIn(ctx, nginx, Folders{Conf: filepath.Join(prefix, "nginx.conf"), Prefix: prefix, Scratch: prefix})
}

// StartIn is Start for files that lie elsewhere. Some directives are given on the command line; where the configuration has one of its
// own, that one stands.
func (*Rig) StartIn(ctx context.Context, nginx Installation, in Folders) (*Server, error) {
	added := map[string]string{"daemon": "off", "pid": filepath.Join(in.Scratch, "asrscheck.pid")}
	for {
		s, err := start(ctx, nginx, in, added)
		if err == nil {
			return s, nil
		}
		m := duplicate.FindStringSubmatch(err.Error())
		if m == nil || added[m[1]] == "" {
			return nil, fmt.Errorf("start nginx: %w", err)
		}
		delete(added, m[1])
	}
}

var duplicate = regexp.MustCompile(`"(daemon|pid)" directive is duplicate`)

func start(ctx context.Context, nginx Installation, in Folders, added map[string]string) (*Server, error) {
	s := &Server{prefix: in.Prefix, log: filepath.Join(in.Scratch, "asrscheck.log"), ended: make(chan struct{})}
	_ = os.Remove(s.log) // of an earlier start
	var global strings.Builder
	for _, m := range nginx.modules { // NGINX wants them first
		global.WriteString("load_module " + m + "; ")
	}
	global.WriteString("error_log " + s.log + " notice;")
	for name, value := range added {
		global.WriteString(" " + name + " " + value + ";")
	}
	args := []string{"-c", in.Conf, "-g", global.String()}
	if in.Prefix != "" {
		args = append(args, "-p", in.Prefix)
	}
	s.cmd = exec.CommandContext(ctx, nginx.program, args...)   //nolint:gosec // an nginx that was found
	s.cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"} // the variable NGINX would hold inherited sockets
	s.cmd.Stdout, s.cmd.Stderr = &s.output, &s.output
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) } // a master that is killed leaves its workers behind
	s.cmd.WaitDelay = stopTime
	dieWithParent(s.cmd)
	if err := s.cmd.Start(); err != nil {
		return nil, err //nolint:wrapcheck // Start wraps it
	}
	go func() {
		_ = s.cmd.Wait() // its complaints are in the output
		close(s.ended)
	}()
	return s, s.ready()
}

// started is the line that the master process writes when the sockets listen (nginx src/os/unix/ngx_process_cycle.c).
var started = regexp.MustCompile(`\[notice\] (\d+)#\d+: start worker process`)

// ready waits until NGINX listens, or ends.
func (s *Server) ready() error {
	deadline, ended := time.After(startTime), s.ended
	for {
		if m := started.FindStringSubmatch(s.Log()); m != nil {
			return s.foreground(m[1])
		}
		select {
		case <-ended:
			if strings.Contains(s.output.String(), "[emerg]") {
				return s.complaint()
			}
			ended = nil // it may have gone into the background; the log will tell
		case <-deadline:
			s.Stop()
			return fmt.Errorf("it does not begin to listen: %s", strings.TrimSpace(s.output.String()))
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// foreground ends an NGINX whose master process is another than the one that was started: nobody would wait for it.
func (s *Server) foreground(master string) error {
	pid, err := strconv.Atoi(master)
	if err != nil || pid == s.cmd.Process.Pid {
		return nil //nolint:nilerr // the expression matches numbers only
	}
	if p, err := os.FindProcess(pid); err == nil {
		_ = p.Signal(syscall.SIGTERM) // one that ended already is what is wanted
	}
	return errors.New(`it went into the background: remove "daemon on" from the configuration`)
}

// complaint is why NGINX ended by itself.
func (s *Server) complaint() error {
	var lines []string
	for line := range strings.Lines(s.output.String()) {
		if _, message, ok := strings.Cut(line, "[emerg] "); ok {
			_, message, _ = strings.Cut(message, ": ") // the number of the process
			lines = append(lines, strings.TrimSpace(message))
		}
	}
	return errors.New(strings.Join(lines, "; "))
}

// Log is what NGINX wrote into its error log so far, level notice and above, unless the configuration has logs of its own.
func (s *Server) Log() string {
	b, _ := os.ReadFile(s.log) // not there yet: nothing was written
	return string(b)
}

// Reload has NGINX load its configuration again. It takes no longer than a signal, and what comes of it is in the log.
func (s *Server) Reload() error {
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		return fmt.Errorf("reload nginx: %w", err)
	}
	return nil
}

// Stop ends NGINX, with the connections that are open.
func (s *Server) Stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // one that ended already is what is wanted
	select {
	case <-s.ended:
	case <-time.After(stopTime):
		_ = s.cmd.Process.Kill() // as above
		<-s.ended
	}
}
