package terraform

import (
	"crypto/md5"  //nolint:gosec // configurations call it
	"crypto/sha1" //nolint:gosec // configurations call it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// fileFunctions read files of the configuration. Paths count from the root module's folder, in which terraform runs; abspath leaves them so,
// because where that folder lies is not known, and a path is there to name a file.
func (r *run) fileFunctions() map[string]function.Function {
	hex64 := func(sum func([]byte) []byte, encode func([]byte) string) function.Function {
		return r.onFile(func(text []byte) (string, error) { return encode(sum(text)), nil })
	}
	sha256Of := func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }
	sha512Of := func(b []byte) []byte { s := sha512.Sum512(b); return s[:] }
	return map[string]function.Function{
		"file":             r.onFile(asUTF8),
		"filebase64":       r.onFile(func(text []byte) (string, error) { return base64.StdEncoding.EncodeToString(text), nil }),
		"filemd5":          hex64(func(b []byte) []byte { s := md5.Sum(b); return s[:] }, hex.EncodeToString),  //nolint:gosec // configurations call it
		"filesha1":         hex64(func(b []byte) []byte { s := sha1.Sum(b); return s[:] }, hex.EncodeToString), //nolint:gosec // configurations call it
		"filesha256":       hex64(sha256Of, hex.EncodeToString),
		"filesha512":       hex64(sha512Of, hex.EncodeToString),
		"filebase64sha256": hex64(sha256Of, base64.StdEncoding.EncodeToString),
		"filebase64sha512": hex64(sha512Of, base64.StdEncoding.EncodeToString),
		"abspath":          onText(cty.String, 1, func(args []string) (cty.Value, error) { return cty.StringVal(path.Clean(args[0])), nil }),
		"fileexists":       onText(cty.Bool, 1, r.fileexists),
		"fileset":          onText(cty.Set(cty.String), 2, r.fileset),
		"templatefile":     r.templateFunc(r.templateFromFile),
		"templatestring":   r.templateFunc(func(text string) ([]byte, string, error) { return []byte(text), "", nil }),
	}
}

func asUTF8(text []byte) (string, error) {
	if !utf8.Valid(text) {
		return "", errors.New("the file is no UTF-8")
	}
	return string(text), nil
}

var errOutside = errors.New("the file lies outside of what was given")

// inside is a path within what may be read.
func (r *run) inside(name string) (string, error) {
	at := path.Join(r.dir, name)
	if path.IsAbs(name) || strings.HasPrefix(name, "~") || at == ".." || strings.HasPrefix(at, "../") {
		return "", errOutside
	}
	return at, nil
}

// fileText reads a file that the configuration names.
func (r *run) fileText(name string) ([]byte, error) {
	at, err := r.inside(name)
	if err != nil {
		return nil, err
	}
	text, err := r.text(at)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %s", name, reason(err))
	}
	if !r.meter.spend(len(text)) {
		return nil, errTooLarge
	}
	r.files[r.shown(at)] = true
	return text, nil
}

// open reads a file for whoever reads the module.
func (r *run) open(name string) (shown string, text []byte, err error) {
	at, err := r.inside(name)
	if err != nil {
		return "", nil, err
	}
	text, err = r.fileText(name)
	return r.shown(at), text, err
}

func (r *run) onFile(f func([]byte) (string, error)) function.Function {
	return onText(cty.String, 1, func(args []string) (cty.Value, error) {
		text, err := r.fileText(args[0])
		if err != nil {
			return cty.DynamicVal, err
		}
		out, err := f(text)
		return cty.StringVal(out), err
	})
}

func (r *run) fileexists(args []string) (cty.Value, error) {
	at, err := r.inside(args[0])
	if err != nil {
		return cty.DynamicVal, err
	}
	info, err := fs.Stat(r.in.Files, at)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cty.DynamicVal, fmt.Errorf("%s cannot be looked at: %s", args[0], reason(err))
	}
	if err == nil && !info.Mode().IsRegular() {
		return cty.DynamicVal, fmt.Errorf("%s is no file", args[0])
	}
	return cty.BoolVal(err == nil), nil
}

// fileset finds files by a pattern with *, **, ? and {a,b}.
func (r *run) fileset(args []string) (cty.Value, error) {
	root, err := r.inside(args[0])
	if err != nil {
		return cty.DynamicVal, err
	}
	pattern, err := patternOf(args[1])
	if err != nil {
		return cty.DynamicVal, err
	}
	var found []cty.Value
	left := maxFiles
	err = fs.WalkDir(r.in.Files, root, func(name string, d fs.DirEntry, err error) error {
		if left--; left < 0 {
			return errTooLarge
		}
		rel := strings.TrimPrefix(strings.TrimPrefix(name, root), "/")
		if err == nil && d.Type().IsRegular() && pattern.MatchString(rel) {
			found = append(found, cty.StringVal(rel))
		}
		return nil
	})
	switch {
	case err != nil:
		return cty.DynamicVal, err
	case len(found) == 0:
		return cty.SetValEmpty(cty.String), nil
	}
	return cty.SetVal(found), nil
}

func patternOf(pattern string) (*regexp.Regexp, error) {
	text := regexp.QuoteMeta(path.Clean(pattern))
	text = strings.NewReplacer(`\*\*/`, `(?:.*/)?`, `\*\*`, `.*`, `\*`, `[^/]*`, `\?`, `[^/]`, `\{`, `(?:`, `\}`, `)`, `,`, `|`).Replace(text)
	re, err := regexp.Compile("^" + text + "$")
	if err != nil {
		return nil, errors.New("this is no pattern of files")
	}
	return re, nil
}

// wholeFile is the place of all that stands in a file.
func (r *run) wholeFile(name string) (jsontree.Place, bool) {
	at, err := r.inside(name)
	if err != nil {
		return jsontree.Place{}, false
	}
	shown := r.shown(at)
	if r.sources[shown] == nil {
		text, err := r.fileText(name)
		if err != nil {
			return jsontree.Place{}, false
		}
		r.sources[shown] = jsontree.NewKeptSource(shown, text)
	}
	return r.sources[shown].Whole(), true
}

func (r *run) templateFromFile(name string) ([]byte, string, error) {
	text, err := r.fileText(name)
	at, _ := r.inside(name) // else there is no text
	r.sources[r.shown(at)] = jsontree.NewKeptSource(r.shown(at), text)
	return text, r.shown(at), err
}

// templateFunc renders a template with the variables that it is given, and no others.
func (r *run) templateFunc(load func(string) (text []byte, name string, err error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "template", Type: cty.String}, {Name: "vars", Type: cty.DynamicPseudoType}},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			text, name, err := load(args[0].AsString())
			if err != nil {
				return cty.DynamicVal, err
			}
			return r.render(text, name, args[1])
		},
	})
}

func (r *run) render(text []byte, name string, vars cty.Value) (cty.Value, error) {
	if !vars.Type().IsObjectType() && !vars.Type().IsMapType() {
		return cty.DynamicVal, errors.New("the variables of a template must be a map")
	}
	if over := scanTemplate(text); over != nil {
		return cty.DynamicVal, errors.New(over.message)
	}
	parsed, diags := hclsyntax.ParseTemplate(text, name, hcl.InitialPos)
	if diags.HasErrors() {
		return cty.DynamicVal, fmt.Errorf("the template is wrong: %s", sentence(diags[0]))
	}
	v, diags := bound(parsed).Value(r.templateScope(vars))
	if diags.HasErrors() {
		return cty.DynamicVal, fmt.Errorf("the template cannot be rendered: %s", sentence(diags[0]))
	}
	return v, nil
}

func (r *run) templateScope(vars cty.Value) *hcl.EvalContext {
	scope := &hcl.EvalContext{Variables: maps.Clone(vars.AsValueMap()), Functions: map[string]function.Function{}}
	if scope.Variables == nil {
		scope.Variables = map[string]cty.Value{}
	}
	scope.Variables[runVariable] = cty.CapsuleVal(runType, r)
	for name, f := range r.functions {
		if !slices.Contains([]string{"templatefile", "templatestring"}, name) {
			scope.Functions[name] = f
		}
	}
	return scope
}
