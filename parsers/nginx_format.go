package parsers

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/nginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var nginxFormat = Format{
	Name: "nginx", Title: "NGINX configuration, or what nginx -T prints",
	recognizes: func(s source) bool { return nginx.Detect(head(s)) },
	load:       loadNGINX,
}

// head is enough of a text to tell its format.
func head(s source) string { return string(s.data[:min(len(s.data), 1<<20)]) }

func loadNGINX(s source, o Options) loaded {
	tree, err := parseNGINX(s)
	if err != nil {
		return loaded{problems: []routing.Problem{unreadable(s, err)}}
	}
	g, err := nginx.Lower(tree, o.NginxVersion)
	if err != nil {
		return loaded{problems: []routing.Problem{unreadable(s, fmt.Errorf("use --nginx-version: %w", err))}}
	}
	out := loaded{gateways: []*routing.Gateway{g}}
	for _, f := range tree.Files {
		out.files = append(out.files, f.Name)
	}
	return out
}

// parseNGINX reads a main file with what it includes from its folder, and nothing from outside of it.
func parseNGINX(s source) (*nginx.Tree, error) {
	if s.path == "" || nginx.IsDump(head(s)) {
		return nginx.ParseText(s.name, string(s.data))
	}
	dir, main := filepath.Split(s.path)
	if dir == "" {
		dir = "."
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	defer root.Close() //nolint:errcheck // it was only read
	shown := strings.TrimSuffix(s.name, main)
	return nginx.Parse(nginx.Folder{Files: root.FS(), Main: main, Shown: shown})
}
