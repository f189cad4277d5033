package parsers

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/nginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// stdinName stands for standard input in reports.
const stdinName = "<stdin>"

var (
	errNotRead   = errors.New("the file is no part of what was read")
	errAmbiguous = errors.New("several dumps hold a file of that name")
)

// Sources gives the texts that an estate was read from, by the file names of its spans: inputs, what they include, files inside the
// output of nginx -T, and standard input. Other files of the machine are never opened, whatever a configuration calls its files. Secrets
// that were taken out of what was read have asterisks in their places.
func Sources(estate *routing.Estate, stdin []byte) func(file string) (io.ReadCloser, error) {
	s := &sources{inputs: estate.Inputs, stdin: stdin}
	hidden := map[string][]routing.Span{}
	for _, at := range estate.Hidden {
		hidden[at.File] = append(hidden[at.File], at)
	}
	return func(file string) (io.ReadCloser, error) {
		text, err := s.open(file)
		if err != nil || len(hidden[file]) == 0 {
			return text, err
		}
		return newMask(text, hidden[file])
	}
}

type sources struct {
	inputs []routing.Input
	stdin  []byte
	dumps  []string // inputs that nginx -T wrote; found when first needed
	looked bool
}

func (s *sources) open(file string) (io.ReadCloser, error) {
	if slices.ContainsFunc(s.inputs, func(in routing.Input) bool { return in.Name == file }) {
		return s.input(file)
	}
	if slices.ContainsFunc(s.inputs, func(in routing.Input) bool { return slices.Contains(in.Files, file) }) {
		return s.input(file)
	}
	if text, err := s.fromDumps(file); !errors.Is(err, errNotRead) {
		return io.NopCloser(bytes.NewReader(text)), err
	}
	for _, in := range s.inputs {
		if in.Format == nginxFormat.Name && in.Name != stdinName && isBelow(filepath.Dir(in.Name), file) {
			return s.input(file)
		}
	}
	return nil, errNotRead
}

func (s *sources) input(name string) (io.ReadCloser, error) {
	if name == stdinName {
		return io.NopCloser(bytes.NewReader(s.stdin)), nil
	}
	return os.Open(name) //nolint:gosec // the file was read before, as an input or as a part of one
}

// text is the whole of an input.
func (s *sources) text(name string) ([]byte, error) {
	file, err := s.input(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	return io.ReadAll(file)
}

func isBelow(folder, file string) bool {
	rel, err := filepath.Rel(folder, file)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// fromDumps finds a file inside the output of nginx -T.
func (s *sources) fromDumps(file string) ([]byte, error) {
	s.lookForDumps()
	var found []byte
	for _, dump := range s.dumps {
		data, err := s.text(dump)
		if err != nil {
			continue
		}
		text, ok := nginx.DumpFile(string(data), file)
		switch {
		case ok && found != nil:
			return nil, errAmbiguous
		case ok:
			found = []byte(text)
		}
	}
	if found == nil {
		return nil, errNotRead
	}
	return found, nil
}

func (s *sources) lookForDumps() {
	if s.looked {
		return
	}
	s.looked = true
	for _, in := range s.inputs {
		if in.Format != nginxFormat.Name {
			continue
		}
		if data, err := s.text(in.Name); err == nil && nginx.IsDump(head(source{data: data})) {
			s.dumps = append(s.dumps, in.Name)
		}
	}
}
