package akamai

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
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

// nameList are the hostnames of one version of a property, where the API was asked for them alone.
type nameList struct {
	property, version routing.Value
	names             []Hostname
}

// AddNames takes a document with the hostnames of a property.
func (in *Inputs) AddNames(root *jsontree.Node) {
	in.lists = append(in.lists, nameList{text(root.Get("propertyId")), text(root.Get("propertyVersion")), hostnames(root.Get("hostnames"))})
}

// Join gives the lists of hostnames to the properties that they are of, by number and version. It tells which belong to none.
func (in *Inputs) Join() []routing.Problem {
	var out []routing.Problem
	for _, l := range in.lists {
		if found, editions := in.join(l); !found {
			out = append(out, l.alone(editions))
		}
	}
	return out
}

// join gives a list to its property. Where only other versions of it were read, it tells which.
func (in *Inputs) join(l nameList) (found bool, editions []string) {
	for _, p := range in.properties {
		switch {
		case p.ID == "" || p.ID != l.property.Text():
		case p.Edition != l.version.Text():
			editions = append(editions, p.Edition)
		default:
			found = true
			if p.Hostnames == nil {
				p.Hostnames = l.names
			}
		}
	}
	return found, editions
}

// alone says that the rules that go with a list were not read.
func (l nameList) alone(editions []string) routing.Problem {
	message := fmt.Sprintf("these hostnames are those of version %.20q of the property %.40q, whose rules were not read", l.version.Text(), l.property.Text())
	if len(editions) > 0 {
		message += fmt.Sprintf(": those that were read are of version %.60q", strings.Join(editions, ", "))
	}
	return routing.Problem{Kind: routing.NotWhole, Span: l.property.Span, Message: message, Fix: "give the rule tree of that version too (PAPI: GET /papi/v1/properties/ID/versions/VERSION/rules)"}
}
