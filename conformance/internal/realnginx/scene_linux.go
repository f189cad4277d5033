package realnginx

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// stage is where the layers in memory are kept. /run itself is covered, so that nothing is left behind anywhere.
const stage = "/run/asrscheck"

// scene is the file system as NGINX sees it: the machine's own, with layers in memory over the folders that are written to.
type scene struct {
	covered map[string]bool
}

// newScene covers what every run needs: /run for pid files and sockets, /var for logs and spools, /etc for names.
func newScene() (*scene, error) {
	s := &scene{covered: map[string]bool{"/run": true}}
	if err := syscall.Mount("tmpfs", "/run", "tmpfs", 0, "mode=755"); err != nil {
		return nil, &UnavailableError{"the system refuses to mount over /run: " + err.Error()}
	}
	for path, text := range map[string]string{
		"/etc/hosts":       "127.0.0.1 localhost\n::1 localhost\n",
		"/etc/resolv.conf": "nameserver 127.0.0.53\noptions timeout:1 attempts:1\n",
	} {
		if err := s.write(path, []byte(text)); err != nil {
			return nil, err
		}
	}
	if err := s.cover("/var"); err != nil {
		return nil, err
	}
	return s, os.MkdirAll("/var/log/nginx", 0o755) //nolint:gosec // as packages make it
}

// write puts a file in place, in memory.
func (s *scene) write(path string, data []byte) error {
	if err := s.cover(topOf(path)); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // NGINX's workers run as another user
		return fmt.Errorf("make folder: %w", err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) { // a link would lead out of the layer
		return fmt.Errorf("replace file: %w", err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil { //nolint:gosec // as above
		return fmt.Errorf("write file: %w", err)
	}
	return nil
}

// clear removes what lies in a folder, in memory.
func (s *scene) clear(folder string) error {
	if err := s.cover(topOf(folder)); err != nil {
		return err
	}
	return os.RemoveAll(folder)
}

// topOf is the folder at the top of the file system that a path lies in.
func topOf(path string) string {
	return "/" + strings.SplitN(strings.TrimPrefix(filepath.Clean(path), "/"), "/", 2)[0]
}

// cover lays a folder in memory over one of the file system's top folders.
func (s *scene) cover(top string) error {
	if s.covered[top] {
		return nil
	}
	upper, work := filepath.Join(stage, top, "upper"), filepath.Join(stage, top, "work")
	for _, dir := range []string{upper, work} {
		if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // it stands for a public folder
			return fmt.Errorf("make layer: %w", err)
		}
	}
	options := "lowerdir=" + top + ",upperdir=" + upper + ",workdir=" + work
	if err := syscall.Mount("overlay", top, "overlay", 0, options); err != nil {
		return &UnavailableError{"the system refuses to lay a private folder over " + top + ": " + err.Error()}
	}
	s.covered[top] = true
	return nil
}
