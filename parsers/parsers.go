// Package parsers is the table of formats that asrscheck reads, and the way from paths to an estate.
package parsers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Options are what reading is told beside the paths.
type Options struct {
	As           string    // a format's name, instead of detection
	NginxVersion string    // "1.26.3"; empty when it is not known
	Prefix       string    // the absolute path that the folder given has where NGINX runs ("/etc/nginx"); empty when it is not known
	Stdin        io.Reader // what the path "-" stands for
	VarFiles     []string  // files with values of Terraform's variables, beside those that terraform finds on its own
	Includes     []string  // rule trees of includes of Akamai properties: FILE, or ID=FILE
	// Environment gives variables of the environment (os.Getenv): TF_VAR_… and TF_WORKSPACE count for Terraform. It may be nil.
	Environment func(string) string
	// LongFrom is the length in bytes from which lists of resources are read piece by piece; 0 means 8 MiB.
	LongFrom int64
	// Items asks for what inputs hold, beside what is judged, and for the files that were skipped.
	Items bool

	named  []string          // paths that the user gave
	isRead func(string) bool // whether a file has been read as an input
	azure  *azureInputs
}

// maxFile bounds a single input: 512 MiB hold a Resource Graph answer with more than 10,000 gateways.
const maxFile = 512 << 20

// maxFiles bounds how many files of a folder are looked at.
const maxFiles = 100_000

// Load reads files, folders and "-" into one estate. What cannot be read becomes a problem of the estate that says where and what to
// do; the other inputs are still read.
func Load(paths []string, o Options) *routing.Estate {
	o.azure = newAzureInputs(o.Items)
	l := &loader{options: o, estate: &routing.Estate{}, consumed: map[string]bool{}, waiting: map[string][]source{}}
	l.options.named, l.options.isRead = paths, l.isRead
	for _, p := range paths {
		l.path(p)
	}
	l.loadTogether()
	o.azure.close(l.estate)
	l.follow()
	l.estate.Connect()
	return l.estate
}

type loader struct {
	options  Options
	estate   *routing.Estate
	consumed map[string]bool     // files that were read as a part of another
	parts    *nginxParts         // of the folder that is being read
	waiting  map[string][]source // inputs that are read together, by format
	leads    []routing.Problem   // files of no known format that speak of gateways
}

func (l *loader) path(p string) {
	if p == "-" {
		l.stdin()
		return
	}
	info, err := os.Stat(p)
	switch {
	case err != nil:
		l.unread(p, reason(err), "Check the path.")
	case info.IsDir():
		l.folder(p)
	case !info.Mode().IsRegular():
		l.unread(p, "is not a regular file", "Give a file, a folder, or - for standard input.")
	default:
		l.file(p, "")
	}
}

// reason is an error without the path, which the report shows anyway.
func reason(err error) string {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err.Error()
	}
	return err.Error()
}

func (l *loader) unread(name, message, fix string) {
	l.estate.Inputs = append(l.estate.Inputs, routing.Input{Name: name})
	l.problem(name, message, fix)
}

func (l *loader) problem(name, message, fix string) {
	l.estate.Problems = append(l.estate.Problems, routing.Problem{Span: routing.Span{File: name}, Message: message, Fix: fix, Kind: routing.Unread})
}

func (l *loader) stdin() {
	const name = stdinName
	if l.options.Stdin == nil {
		l.unread(name, "there is no standard input", "Give a path.")
		return
	}
	data, err := io.ReadAll(io.LimitReader(l.options.Stdin, maxFile+1))
	if err != nil {
		l.unread(name, "cannot be read: "+err.Error(), "Check what writes to standard input.")
		return
	}
	s := source{name: name, data: data}
	if long, ok := l.options.asLong(s, bytes.NewReader(data), int64(len(data))); ok {
		s = long
	}
	l.text(s, true)
}

// file reads one file. A file that the user named, without a root, must be of a known format; one that was found in the folder root
// may be anything.
func (l *loader) file(name, root string) {
	if l.consumed[filepath.Clean(name)] {
		return
	}
	info, err := os.Stat(name)
	if err == nil && info.Size() > maxFile {
		l.unread(name, fmt.Sprintf("is larger than %d MiB", maxFile>>20), "Split it, or export less at a time.")
		return
	}
	if err == nil && root != "" && leadsOutside(root, name) {
		l.unread(name, "is a link that leads outside of the folder that was given", "Give what it leads to by its own path too.")
		return
	}
	s := source{name: name, path: name, root: root}
	if err == nil {
		if long, ok := l.options.asLong(s, longFile(name), info.Size()); ok {
			l.text(long, root == "")
			return
		}
	}
	s.data, err = os.ReadFile(name) //nolint:gosec // reading the files that the user names is what the program is for
	if err != nil {
		l.unread(name, reason(err), "Check the permissions.")
		return
	}
	l.text(s, root == "")
}

// source is one text to be read.
type source struct {
	name string // as reports show it
	path string // on disk; empty for standard input
	root string // the folder in which it was found; empty for a file that the user named
	data []byte // of a long text the head
	long *longText
}

func (l *loader) text(s source, named bool) {
	if len(s.data) > maxFile {
		l.unread(s.name, fmt.Sprintf("is larger than %d MiB", maxFile>>20), "Split it, or export less at a time.")
		return
	}
	format, why := l.recognize(s)
	if format == nil {
		if p, ok := brokenJSON(s); ok && (named || strings.HasSuffix(s.name, ".json")) {
			l.estate.Inputs = append(l.estate.Inputs, routing.Input{Name: s.name})
			l.estate.Problems = append(l.estate.Problems, p)
			return
		}
		if named {
			l.unrecognized(s, why)
		} else {
			l.passOver(s, why)
		}
		return
	}
	if format.together != nil {
		l.waiting[format.Name] = append(l.waiting[format.Name], s)
		return
	}
	if l.parts != nil && format.Name == nginxFormat.Name && l.parts.take(l, s) {
		return
	}
	got := format.load(s, l.options)
	l.estate.Inputs = append(l.estate.Inputs, routing.Input{
		Name: s.name, Format: format.Name, Gateways: len(got.gateways), Note: got.note, Files: got.along, Form: got.form, Items: l.wanted(got.items),
	})
	l.keep(got)
}

// wanted are the items, if somebody asked for them.
func (l *loader) wanted(items []routing.Item) []routing.Item {
	if !l.options.Items {
		return nil
	}
	return items
}

// skip notes a file that is not read, if somebody asked for that.
func (l *loader) skip(name, why string) {
	if l.options.Items {
		l.estate.Skipped = append(l.estate.Skipped, routing.Skip{Name: name, Why: why})
	}
}

// loadTogether reads the inputs that wait for others.
func (l *loader) loadTogether() {
	for i := range formats {
		all := l.waiting[formats[i].Name]
		if len(all) == 0 {
			continue
		}
		got := formats[i].together(all, l.options)
		for _, s := range all {
			in := routing.Input{Name: s.name, Format: formats[i].Name}
			for _, g := range got.gateways {
				if g.Span.File == s.name {
					in.Gateways++
				}
			}
			for _, p := range l.wanted(got.items) {
				if p.Span.File == s.name {
					in.Items = append(in.Items, p)
				}
			}
			l.estate.Inputs = append(l.estate.Inputs, in)
		}
		l.estate.Inputs[len(l.estate.Inputs)-1].Files = got.along
		l.keep(got)
	}
}

func (l *loader) isRead(path string) bool {
	return slices.ContainsFunc(l.estate.Inputs, func(in routing.Input) bool { return in.Name == path && in.Format != "" })
}

// keep adds what an input gave to the estate.
func (l *loader) keep(got loaded) {
	for _, f := range got.files {
		l.consumed[filepath.Clean(f)] = true
	}
	l.estate.Gateways = append(l.estate.Gateways, got.gateways...)
	l.estate.Services = append(l.estate.Services, got.services...)
	l.estate.Problems = append(l.estate.Problems, got.problems...)
	l.estate.Hidden = append(l.estate.Hidden, got.hidden...)
}

// signalR is how a file says that it may have to do with the service.
var signalR = regexp.MustCompile(`(?i)service\.signalr\.net|proxy_pass|backendHttpSettings|Microsoft\.SignalRService`)

// concernsSignalR reports whether a file of an unknown format may be a part of what is asked about. Others that lie in the same
// folder, such as a license, are nobody's loss.
func concernsSignalR(s source) bool { return signalR.Match(s.data) }

func (l *loader) recognize(s source) (*Format, string) {
	if l.options.As != "" {
		if f := FormatByName(l.options.As); f != nil {
			return f, ""
		}
		return nil, fmt.Sprintf("there is no format %q", l.options.As)
	}
	if len(strings.TrimSpace(string(s.data[:min(len(s.data), 4096)]))) == 0 && len(s.data) <= 4096 {
		return nil, "is empty"
	}
	for i := range formats {
		if formats[i].recognizes(s) {
			return &formats[i], ""
		}
	}
	if slices.Contains(s.data[:min(len(s.data), 8192)], 0) {
		return nil, "looks like a binary file"
	}
	return nil, "is of no format that is known here"
}

func titles() string {
	var list []string
	for _, f := range formats {
		list = append(list, f.Title+" ("+f.Name+")")
	}
	return strings.Join(list, ", ")
}
