package parsers

import (
	"fmt"
	"os"
	"path"
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
	tree, err := parseNGINX(s, o)
	if err != nil {
		return loaded{problems: []routing.Problem{unreadable(s, err)}}
	}
	return lowerNGINX(s, tree, o)
}

func lowerNGINX(s source, tree *nginx.Tree, o Options) loaded {
	g, err := nginx.Lower(tree, o.NginxVersion)
	if err != nil {
		return loaded{problems: []routing.Problem{unreadable(s, fmt.Errorf("use --nginx-version: %w", err))}}
	}
	out := loaded{gateways: []*routing.Gateway{g}}
	for _, f := range tree.Files {
		out.files = append(out.files, f.Name)
	}
	if o.Items {
		out.items = nginx.Inventory(tree)
	}
	return out
}

// parseNGINX reads a main file with what it includes from the folder that was given, or from its own, and nothing from outside of it.
func parseNGINX(s source, o Options) (*nginx.Tree, error) {
	if s.path == "" || nginx.IsDump(head(s)) {
		return nginx.ParseText(s.name, string(s.data))
	}
	if s.root == "" {
		s.root = filepath.Dir(s.path)
	}
	name, err := filepath.Rel(s.root, s.path)
	if err != nil {
		return nil, fmt.Errorf("find file in its folder: %w", err)
	}
	var tree *nginx.Tree
	err = inFolder(s.root, filepath.ToSlash(name), o, func(f nginx.Folder) (err error) {
		tree, err = nginx.Parse(f)
		return err
	})
	return tree, err
}

// inFolder opens the folder that was given for reading a main file in it.
func inFolder(root, main string, o Options, read func(nginx.Folder) error) error {
	folder, err := os.OpenRoot(root)
	if err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	defer folder.Close() //nolint:errcheck // it was only read
	f := nginx.Folder{Files: folder.FS(), Main: main, Shown: strings.TrimSuffix(filepath.ToSlash(root), "/")}
	if root == "." {
		f.Shown = ""
	}
	if o.Prefix != "" {
		f.Prefix = path.Join(o.Prefix, path.Dir(main))
	}
	return read(f)
}
