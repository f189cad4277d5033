package parsers

import (
	"errors"
	"os"
	"path/filepath"
)

var errElsewhere = errors.New("it lies outside of what was given")

// openBelow opens a file inside of a folder, and nothing outside of it that a path or a symbolic link leads to.
func openBelow(root, name string) (*os.File, error) {
	return below(root, name, (*os.Root).Open)
}

// leadsOutside reports whether a file that is there lies outside of a folder, as what symbolic links lead to may.
func leadsOutside(root, name string) bool {
	_, err := below(root, name, (*os.Root).Stat)
	return err != nil
}

func below[T any](root, name string, do func(*os.Root, string) (T, error)) (out T, err error) {
	rel, err := filepath.Rel(absolutePath(root), absolutePath(name))
	if err != nil || !filepath.IsLocal(rel) {
		return out, errElsewhere
	}
	folder, err := os.OpenRoot(root)
	if err != nil {
		return out, err
	}
	defer folder.Close() //nolint:errcheck // it was only read
	return do(folder, rel)
}
