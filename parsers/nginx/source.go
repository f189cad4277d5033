package nginx

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// source is where the files of a configuration come from.
type source interface {
	// locate turns a name as the configuration writes it into a name of the source. It fails for what lies outside.
	locate(name string) (string, error)
	// read is the text of a file, of at most limit bytes.
	read(name string, limit int) (string, error)
	// list are the names in a folder; none when it is not there.
	list(dir string) []string
	// show is a name as reports show it.
	show(name string) string
	// origin tells where stretches of a file were written; nil where that is the file itself.
	origin(name string) func(start, end int) routing.Span
}

var errDirectory = errors.New("is a folder")

// folder reads from a file system that holds the configuration. What lies outside of it is never touched, as far as the file system
// itself keeps links from leading out (os.Root does, os.DirFS does not).
type folder struct {
	files fs.FS
	// base is the folder of the main file: relative includes start there (ngx_conf_full_name).
	base string
	// prefix is the absolute path that base has where NGINX runs; empty when it is not known.
	prefix string
	// shown goes before the names.
	shown string
	// guess is set while prefix may be taken from the first include that names a usual place.
	guess bool
}

// usualPrefixes are the folders of nginx.conf in the packages of NGINX, Debian, FreeBSD, Homebrew, OpenResty and the sources.
var usualPrefixes = []string{
	"/etc/nginx", "/usr/local/nginx/conf", "/usr/local/etc/nginx", "/usr/local/openresty/nginx/conf", "/opt/homebrew/etc/nginx",
	"/etc/openresty", "/opt/nginx/conf",
}

func (s *folder) locate(name string) (string, error) {
	if path.IsAbs(name) {
		rel, ok := s.below(path.Clean(name))
		if !ok {
			return "", errOutside
		}
		name = rel
	}
	name = path.Join(s.base, name)
	if name == ".." || strings.HasPrefix(name, "../") {
		return "", errOutside
	}
	return name, nil
}

// below is an absolute name seen from the folder of the main file. It goes up as long as the folders have the same names, so that
// with rootfs/etc/nginx for /etc/nginx, rootfs stands for the root.
func (s *folder) below(name string) (string, bool) {
	if s.prefix == "" && s.guess {
		for _, usual := range usualPrefixes {
			if strings.HasPrefix(name, usual+"/") {
				s.prefix = usual
			}
		}
	}
	if s.prefix == "" {
		return "", false
	}
	up := ""
	for dir, here := s.prefix, s.base; ; dir, here = path.Dir(dir), path.Dir(here) {
		if rest, ok := strings.CutPrefix(name, strings.TrimSuffix(dir, "/")+"/"); ok {
			return up + rest, true
		}
		if dir == "/" || path.Base(dir) != path.Base(here) {
			return "", false
		}
		up += "../"
	}
}

func (s *folder) read(name string, limit int) (string, error) {
	for range maxLinks {
		text, err := s.readFile(name, limit)
		if err == nil || errors.Is(err, errDirectory) || errors.Is(err, errTooLong) {
			return text, err
		}
		target, linkErr := fs.ReadLink(s.files, name)
		if linkErr != nil {
			return "", err
		}
		// A link that the file system will not follow, such as Debian's sites-enabled/x -> /etc/nginx/sites-available/x.
		if !path.IsAbs(target) {
			return "", err
		}
		if name, err = s.locate(target); err != nil {
			return "", fmt.Errorf("follow link: %w", err)
		}
	}
	return "", errors.New("too many links")
}

func (s *folder) readFile(name string, limit int) (string, error) {
	info, err := fs.Stat(s.files, name)
	switch {
	case err != nil:
		return "", err
	case info.IsDir():
		return "", errDirectory
	case !info.Mode().IsRegular():
		return "", errNoFile
	case info.Size() > int64(limit):
		return "", errTooLong
	}
	f, err := s.files.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read from
	var b strings.Builder
	b.Grow(int(info.Size()))
	if _, err = io.Copy(&b, io.LimitReader(f, int64(limit)+1)); err != nil {
		return "", err
	}
	if b.Len() > limit {
		return "", errTooLong
	}
	return b.String(), nil
}

func (s *folder) list(dir string) []string {
	entries, err := fs.ReadDir(s.files, dir)
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func (*folder) origin(string) func(start, end int) routing.Span { return nil }

func (s *folder) show(name string) string { return path.Join(s.shown, name) }
