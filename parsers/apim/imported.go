package apim

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// methods are the members of a path item that are operations (OpenAPI 3, "Path Item Object").
var methods = map[string]bool{"get": true, "put": true, "post": true, "delete": true, "options": true, "head": true, "patch": true, "trace": true}

// notInName is what API Management replaces in an operation's id when it makes a name of it ("Import an OpenAPI specification").
var notInName = regexp.MustCompile(`[^A-Za-z0-9_]+`)

// unreadOperations says why operations may be missing: an export holds none of them, or a specification lies behind a link, or cannot be read.
func (b *builder) unreadOperations(a *api) routing.Value {
	format, value := strings.ToLower(a.Get("format").Text()), a.Get("value")
	switch {
	case a.kind != "http" && a.kind != "soap":
		return routing.Value{}
	case value.Unset() && len(a.operations) == 0 && (isExport[a.Form] || a.Form == azure.APIOps):
		return routing.UnknownOf("the operations of API "+a.Own()+" were not read: az apim api operation list has them, and in a folder of APIOps the specification", a.span)
	case value.Unset():
		return routing.Value{}
	case value.Kind() == jsontree.Unknown:
		return azure.Text(value)
	case strings.HasSuffix(format, "-link"):
		return routing.UnknownOf("the operations stand in a specification behind a link, which is not read", value.Span())
	case !strings.HasPrefix(format, "openapi") && !strings.HasPrefix(format, "swagger"):
		return routing.UnknownOf("the operations stand in a specification of format "+format+", which is not read", value.Span())
	}
	if _, err := a.specification(); err != nil {
		return routing.UnknownOf("the operations stand in a specification that cannot be read: "+err.Error(), value.Span())
	}
	return routing.Value{}
}

// specification reads OpenAPI, as YAML or as JSON, which is YAML too. It is read once, and forgotten when the operations are known.
func (a *api) specification() (*yaml.Node, error) {
	if a.spec == nil && a.specErr == nil {
		var doc yaml.Node
		if a.specErr = yaml.Unmarshal([]byte(a.Get("value").Text()), &doc); a.specErr == nil {
			a.spec = &yaml.Node{}
			if len(doc.Content) > 0 {
				a.spec = doc.Content[0]
			}
		}
	}
	return a.spec, a.specErr
}

// imported are the operations of the specification that an API was made from: all methods of all paths.
func (b *builder) imported(a *api) []*operation {
	value := a.Get("value")
	if value.Kind() != jsontree.String || b.unreadOperations(a).IsUnknown() {
		return nil
	}
	doc, err := a.specification()
	if err != nil {
		return nil
	}
	defer func() { a.spec = &yaml.Node{} }()
	lines := lineStarts(value.Text())
	var out []*operation
	each(member(doc, "paths"), func(path, item *yaml.Node) {
		each(item, func(method, details *yaml.Node) {
			if !methods[strings.ToLower(method.Value)] {
				return
			}
			o := &operation{method: strings.ToUpper(method.Value), template: path.Value, span: within(value, lines, method)}
			o.name = strings.ToLower(method.Value) + "-" + strings.Trim(notInName.ReplaceAllString(path.Value, "-"), "-")
			if id := member(details, "operationId"); id != nil && id.Value != "" {
				o.name = id.Value
			}
			out = append(out, o)
		})
	})
	return out
}

// each visits the members of a mapping.
func each(mapping *yaml.Node, visit func(key, value *yaml.Node)) {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		visit(mapping.Content[i], mapping.Content[i+1])
	}
}

func member(mapping *yaml.Node, name string) (found *yaml.Node) {
	each(mapping, func(key, value *yaml.Node) {
		if key.Value == name {
			found = value
		}
	})
	return found
}

func lineStarts(text string) []int {
	starts := []int{0}
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// within is where a node of a specification stands that is the value of another node.
func within(value *jsontree.Node, lines []int, n *yaml.Node) routing.Span {
	if n.Line < 1 || n.Line > len(lines) {
		return value.Span()
	}
	start := lines[n.Line-1] + n.Column - 1
	return value.Inside(start, start+len(n.Value)).Span()
}
