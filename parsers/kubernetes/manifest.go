package kubernetes

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Bounds of what is read. Manifests are written by hand; what kubectl prints of a whole cluster has some ten thousand objects.
const (
	maxBytes   = 32 << 20 // of one file: the tree of YAML takes about thirty times as much memory
	maxObjects = 100_000
	maxAliases = 10  // that lead to one value
	maxLists   = 3   // Lists inside of Lists
	maxLine    = 400 // bytes of a line that are pointed at
	maxPaths   = 50_000
)

// object is one object of a manifest.
type object struct {
	value
	kind, group, name, namespace string
}

// File is one file of manifests.
type File struct {
	Name string
	Data []byte
}

// annotations are those of an object.
func (o object) annotations() value { return o.get("metadata", "annotations") }

// reader reads manifests into objects.
type reader struct {
	objects  []object
	problems []routing.Problem
}

func (r *reader) problem(at routing.Span, kind routing.ProblemKind, message, fix string) {
	r.problems = append(r.problems, routing.Problem{Span: at, Message: message, Fix: fix, Kind: kind})
}

// helm are the ways in which Helm's templates begin what they fill in.
var helm = regexp.MustCompile(`\{\{-?\s*(?:\.Values|\.Release|\.Chart|\.Capabilities|\.Files|\$|include|template|toYaml|tpl|if|range|with|define|end|else|default|quote|lookup|required)\b?[^\n]*`)

func (r *reader) file(f File) {
	t := newText(f.Name, f.Data)
	if len(f.Data) > maxBytes {
		r.problem(routing.Span{File: f.Name}, routing.Unread, fmt.Sprintf("is larger than %d MiB", maxBytes>>20), "Give the objects that matter: Ingress, Service, ConfigMap, HTTPRoute.")
		return
	}
	before := len(r.objects)
	err := r.documents(t)
	if at := helm.FindIndex(f.Data); at != nil && (err != nil || r.templated(t, before)) {
		r.objects = r.objects[:before]
		r.problem(t.span(at[0], at[1]), routing.Unread, "this is a template of Helm, not yet a manifest", "Render it with helm template RELEASE CHART, and give what comes out.")
		return
	}
	if err != nil {
		r.syntax(t, err)
	}
}

// templated reports whether something is still to be filled in outside of the configuration files that ConfigMaps hold.
func (r *reader) templated(t *text, from int) bool {
	data := t.data
	for _, o := range r.objects[from:] {
		if o.kind != "ConfigMap" {
			continue
		}
		for _, v := range o.get("data").members() {
			if offsets := t.align(v.node); v.node.Kind == yaml.ScalarNode && len(offsets) > 1 {
				data = bytes.Clone(data)
				clear(data[offsets[0]:offsets[len(offsets)-1]])
			}
		}
	}
	return helm.Match(data)
}

// documents reads the documents of a file. The error is for the first that cannot be read; those before it are kept.
func (r *reader) documents(t *text) error {
	if isJSON(t.data) {
		root, err := t.json()
		if err == nil {
			r.object(value{in: t, node: root}, maxLists)
		}
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(t.data))
	for {
		var doc yaml.Node
		err := d.Decode(&doc)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read YAML: %w", err)
		case len(doc.Content) > 0:
			r.object(value{in: t, node: resolved(doc.Content[0])}, maxLists)
		}
	}
}

// object keeps an object, or those of a List, as kubectl prints several.
func (r *reader) object(v value, lists int) {
	kind := v.get("kind").text()
	if items := v.get("items"); strings.HasSuffix(kind, "List") && items.node != nil {
		for item := range items.items() {
			if lists > 0 {
				r.object(item, lists-1)
			}
		}
		return
	}
	if kind == "" || v.get("apiVersion").text() == "" {
		return
	}
	if len(r.objects) == maxObjects {
		r.problem(v.span(), routing.Unread, "nothing behind this is read: there are more objects than asrscheck reads", "Give the objects that matter: Ingress, Service, ConfigMap, HTTPRoute.")
	}
	if len(r.objects) > maxObjects {
		return
	}
	group, _, ok := strings.Cut(v.get("apiVersion").text(), "/")
	if !ok {
		group = ""
	}
	namespace := v.get("metadata", "namespace").text()
	if namespace == "" {
		namespace = "default"
	}
	r.objects = append(r.objects, object{v, kind, group, v.get("metadata", "name").text(), namespace})
}

var lineOfError = regexp.MustCompile(`yaml: (?:[a-z ]*: )?line (\d+): (.*)`)

// syntax tells what is wrong with a text, in its place.
func (r *reader) syntax(t *text, err error) {
	p := routing.Problem{Span: routing.Span{File: t.name}, Message: err.Error(), Kind: routing.Unread, Fix: "Correct it, or export the object again with kubectl get KIND NAME -o yaml."}
	if broken, ok := errors.AsType[*jsontree.SyntaxError](err); ok {
		p.Span, p.Message = broken.Span, broken.Message
	}
	if m := lineOfError.FindStringSubmatch(err.Error()); m != nil {
		if line, err := strconv.Atoi(m[1]); err == nil && line >= 1 && line <= len(t.lines) {
			start := t.lines[line-1]
			p.Span, p.Message = t.span(start, start), m[2]
		}
	}
	r.problems = append(r.problems, p)
}
