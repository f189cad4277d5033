package akamai

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// hostnames are what the API lists for a property ({"items": [{"cnameFrom": …}]}) or Terraform's blocks hold; nil where nothing is said.
func hostnames(n *jsontree.Node) []Hostname {
	if items := n.Get("items"); items != nil {
		n = items
	}
	var out []Hostname
	for item := range n.All() {
		h := Hostname{From: text(first(item, "cnameFrom", "cname_from")), Edge: text(first(item, "cnameTo", "cname_to", "edgeHostnameId"))}
		if item.Kind() == jsontree.String || item.Kind() == jsontree.Unknown {
			h.From = text(item)
		}
		if h.From.IsSet() {
			out = append(out, h)
		}
	}
	if n.Kind() == jsontree.Unknown {
		out = append(out, Hostname{From: text(n)})
	}
	return out
}

func first(n *jsontree.Node, names ...string) *jsontree.Node {
	for _, name := range names {
		if m := n.Get(name); m != nil {
			return m
		}
	}
	return nil
}

// Format is a rule format as the API writes it: Terraform's builder has rules_v2023_01_05.
func Format(s string) string {
	s = strings.TrimPrefix(s, "rules_")
	return strings.ReplaceAll(s, "_", "-")
}
