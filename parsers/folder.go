package parsers

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// skippedFolders hold nothing that anybody wrote as configuration of a gateway.
var skippedFolders = []string{".git", "node_modules", ".terraform"}

// folder reads all files below a folder. Main files come first, so that what they include is not read again on its own.
func (l *loader) folder(root string) {
	var files []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			l.unread(p, reason(err), "Check the permissions.")
			return nil
		case d.IsDir() && slices.Contains(skippedFolders, d.Name()):
			return filepath.SkipDir
		case d.IsDir():
			return nil
		case len(files) >= maxFiles:
			return errTooManyFiles
		}
		files = append(files, p)
		return nil
	})
	if err != nil {
		l.problem(root, err.Error(), "Give the folders that hold configuration, one by one.")
	}
	l.terraform(root, files)
	l.apiops(files)
	l.parts = &nginxParts{root: root, groups: map[string][]string{}}
	slices.SortStableFunc(files, func(a, b string) int { return mainRank(a) - mainRank(b) })
	for _, f := range withoutComposed(files) {
		if mainRank(f) == 0 || recognizableName(f) {
			l.file(f, root)
		} else if !l.consumed[filepath.Clean(f)] {
			l.passOverName(f)
		}
	}
	l.parts.load(l)
	l.parts = nil
	if len(files) == 0 {
		l.unread(root, "is an empty folder", "Give a folder that holds configuration.")
	}
}

var errTooManyFiles = errors.New("holds more than 100000 files; the rest was not read")

// mainRank puts the files from which others are included before the others.
func mainRank(path string) int {
	if filepath.Base(path) == "nginx.conf" {
		return 0
	}
	return 1
}

// recognizableName leaves out what cannot be configuration, such as pictures and programs; hidden files are nobody's input.
func recognizableName(path string) bool {
	if strings.HasPrefix(filepath.Base(path), ".") {
		return false
	}
	return slices.Contains([]string{"", ".conf", ".json", ".txt", ".inc", ".vhost", ".nginx", ".template", ".tfstate", ".yaml", ".yml", ".bicep"}, filepath.Ext(path))
}
