package nginx

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Include is what one include statement led to. One whose pattern matched nothing is an Include without Files: NGINX does not mind.
type Include struct {
	At Directive
	// Pattern is the name as it was written, Glob whether NGINX takes it for a pattern.
	Pattern string
	Glob    bool
	// Files are the files read, in NGINX's order.
	Files []*File
	// Skipped are files that begin with a dot, which glob(3) leaves out, although the pattern matches them otherwise.
	Skipped []string
	// Unread are files that could not be read, and why.
	Unread []Unread
}

// Unread is a file that an include names and that could not be read.
type Unread struct {
	Name string
	Why  string
	// Stock is set where the name is that of a file which comes with NGINX and says nothing about proxying (mime.types).
	Stock bool
}

// stockFiles come with NGINX (conf/ of its sources) and hold nothing that decides where a request goes.
var stockFiles = []string{"mime.types", "fastcgi_params", "fastcgi.conf", "scgi_params", "uwsgi_params", "koi-utf", "koi-win", "win-utf"}

var (
	errCycle   = errors.New("the file includes itself, directly or by way of others; NGINX fails with too many open files")
	errTooMany = errors.New("more files or statements than asrscheck reads")
	errAlone   = errors.New("only this one file was given")
	errNotHere = errors.New("the dump does not hold it: it was cut off or edited")
	errOutside = errors.New("it is outside of the folder that was given")
	errTooDeep = errors.New("blocks and includes nested deeper than asrscheck reads")
	errTooLong = errors.New("more text than asrscheck reads")
	errBinary  = errors.New("not a text file")
	errNoFile  = errors.New("not a regular file")
)

// include follows an include statement (ngx_conf_include): relative names start at the folder of the main file.
func (p *fileParser) include(d Directive) {
	r := p.reader
	if d.Len() != 2 {
		r.refuseInclude(d, `invalid number of arguments in "include" directive`)
		return
	}
	inc := &Include{At: d, Pattern: d.Value(1), Glob: strings.ContainsAny(d.Value(1), "*?[")}
	r.tree.Includes = append(r.tree.Includes, inc)
	d.file.includes[d.at] = inc
	for _, name := range r.targets(inc) {
		f, err := r.included(name, p.depth+len(p.open)+1)
		if err != nil {
			r.unread(inc, r.from.show(name), err)
			continue
		}
		inc.Files = append(inc.Files, f)
		p.file.size += f.size
		p.file.depth = max(p.file.depth, len(p.open)+1+f.depth)
	}
}

func (r *reader) refuseInclude(d Directive, message string) {
	d.node().kind |= isBroken
	r.refuse(d.Span(), message)
}

// targets are the names that an include leads to.
func (r *reader) targets(inc *Include) []string {
	name, err := r.from.locate(inc.Pattern)
	if err != nil {
		r.unread(inc, inc.Pattern, err)
		return nil
	}
	if !inc.Glob {
		return []string{name}
	}
	matched, hidden, err := glob(r.from, name)
	if err != nil {
		r.unread(inc, inc.Pattern, err)
	}
	for _, h := range hidden {
		inc.Skipped = append(inc.Skipped, r.from.show(h))
	}
	return matched
}

// included is a file at a depth of nesting: read now, or shared with an include before.
func (r *reader) included(name string, depth int) (*File, error) {
	f := r.files[name]
	switch {
	case slices.Contains(r.stack, name):
		return nil, errCycle
	case f == nil && depth <= maxNesting:
		src, err := r.load(name)
		if err != nil {
			return nil, err
		}
		return r.parse(name, src, depth), nil
	case f == nil || depth+f.depth > maxNesting:
		return nil, errTooDeep
	case r.statements+f.size > maxStatements:
		return nil, errTooMany
	}
	r.statements += f.size
	return f, nil
}

// load reads the text of one file within the bounds.
func (r *reader) load(name string) (string, error) {
	if len(r.files) >= maxFiles {
		return "", errTooMany
	}
	src, err := r.from.read(name, maxBytes-r.bytes)
	if err != nil {
		return "", err
	}
	r.bytes += len(src)
	return src, nil
}

func (r *reader) unread(inc *Include, name string, err error) {
	stock := slices.Contains(stockFiles, path.Base(name))
	inc.Unread = append(inc.Unread, Unread{Name: name, Why: reason(err), Stock: stock})
	kind := routing.NotWhole
	switch {
	case errors.Is(err, errCycle), errors.Is(err, errDirectory):
		kind = routing.Refused
	case stock:
		return
	}
	d := inc.At
	d.file.gap(d.at, fmt.Sprintf("%s was not read: %v", name, err))
	r.problem(routing.Problem{Span: d.Word(1).Span, Message: describe(name, err), Fix: "give the output of nginx -T, which holds every file", Kind: kind})
}

// reason is an error without the name of the file, which stands beside it.
func reason(err error) string {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err.Error()
	}
	return err.Error()
}

// describe words a failure as NGINX does where it has words for it.
func describe(name string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("open() %q failed (2: No such file or directory)", name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("open() %q failed (13: Permission denied)", name)
	case errors.Is(err, errDirectory):
		return fmt.Sprintf("pread() %q failed (21: Is a directory)", name)
	}
	return fmt.Sprintf("%s was not read: %v", name, err)
}
