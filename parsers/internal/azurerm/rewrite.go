package azurerm

import "github.com/asrscheck/asrscheck/parsers/internal/jsontree"

var rewriteRule = table{
	{from: "name", to: "name"},
	{from: "rule_sequence", to: "ruleSequence"},
	{from: "condition", to: "conditions", as: each(table{
		{from: "variable", to: "variable"}, {from: "pattern", to: "pattern"}, {from: "ignore_case", to: "ignoreCase"}, {from: "negate", to: "negate"},
	})},
	{from: "request_header_configuration", to: "actionSet.requestHeaderConfigurations", as: each(headerAction)},
	{from: "response_header_configuration", to: "actionSet.responseHeaderConfigurations", as: each(headerAction)},
	{from: "url", to: "actionSet.urlConfiguration", as: rewrittenURL},
}

var headerAction = table{{from: "header_name", to: "headerName"}, {from: "header_value", to: "headerValue"}}

// rewrittenURL: without components the provider sends both the path and the query string, and what is not given of the two is sent as
// empty (registry.terraform.io, azurerm_application_gateway: url). With components = "path_only" the query string stays as it is.
func rewrittenURL(n *jsontree.Node) *jsontree.Node {
	if n.Kind() == jsontree.List {
		n = n.At(0)
	}
	if n.Kind() != jsontree.Object {
		return n
	}
	path, query := n.Get("path"), n.Get("query_string")
	switch components := n.Get("components"); {
	case components.Kind() == jsontree.Unknown:
		return unknownLike(components, components.Text())
	case components.Text() == "path_only":
		query = nil
	case components.Text() == "query_string_only":
		path = nil
	default:
		path, query = orEmptied(path, n), orEmptied(query, n)
	}
	return jsontree.NewObject(
		n.Place(), jsontree.Member{Name: "modifiedPath", Value: path}, jsontree.Member{Name: "modifiedQueryString", Value: query},
		jsontree.Member{Name: "reroute", Value: n.Get("reroute")},
	)
}

func orEmptied(n, block *jsontree.Node) *jsontree.Node {
	if !n.Unset() {
		return n
	}
	made := jsontree.NewString(block.Place(), "")
	made.AddOrigins(&jsontree.Origin{What: "the provider empties what is not given here, because components does not say otherwise", At: block.Place()})
	return made
}
