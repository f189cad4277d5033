package nginx

import (
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// maxItems bounds an inventory.
const maxItems = 100_000

// Inventory are the parts of a configuration that say where requests go: servers, upstreams, variables, and what it includes.
func Inventory(tree *Tree) []routing.Item {
	in := &inventory{}
	for _, inc := range tree.Includes {
		in.include(inc)
	}
	in.block(tree.Main.Body())
	return in.items
}

type inventory struct{ items []routing.Item }

func (in *inventory) add(p routing.Item) {
	if len(in.items) < maxItems {
		in.items = append(in.items, p)
	}
}

// include tells which files an include led to, or why it led to none.
func (in *inventory) include(inc *Include) {
	names := make([]string, 0, len(inc.Files))
	for _, f := range inc.Files {
		names = append(names, f.Name)
	}
	for _, u := range inc.Unread {
		names = append(names, u.Name+" was not read: "+u.Why)
	}
	for _, name := range inc.Skipped {
		names = append(names, name+" is left out, because it begins with a dot")
	}
	if len(names) == 0 {
		names = []string{"no file has such a name"}
	}
	in.add(routing.Item{Kind: "include", Name: inc.Pattern, Span: inc.At.Span(), Detail: strings.Join(names, ", ")})
}

// block goes through the statements of a block and those inside of it.
func (in *inventory) block(statements func(func(Directive) bool)) {
	for d := range statements {
		switch d.Name() {
		case "server":
			if d.HasBlock() {
				in.server(d)
			}
		case "upstream":
			in.add(routing.Item{Kind: "upstream", Name: d.Value(1), Span: d.Span(), Detail: argumentsIn(d, "server")})
		case "map", "geo", "split_clients":
			in.add(routing.Item{Kind: d.Name(), Name: d.Value(d.Len() - 1), Span: d.Span()})
			continue
		case "set":
			in.add(routing.Item{Kind: "variable", Name: d.Value(1), Span: d.Span(), Value: routing.Of(d.Value(2), d.Word(2).Span)})
		}
		if d.HasBlock() {
			in.block(d.Body())
		}
	}
}

func (in *inventory) server(d Directive) {
	locations := 0
	for x := range d.Body() {
		if x.Name() == "location" {
			locations++
		}
	}
	detail := "listen " + argumentsIn(d, "listen")
	if locations > 0 {
		detail += ", locations: " + strconv.Itoa(locations)
	}
	name := strings.ReplaceAll(argumentsIn(d, "server_name"), ", ", " ")
	if name == "" {
		name = "without a name"
	}
	in.add(routing.Item{Kind: "server", Name: name, Span: d.Span(), Detail: strings.TrimPrefix(detail, "listen , ")})
}

// argumentsIn are the arguments of all directives of a name in a block.
func argumentsIn(block Directive, name string) string {
	var all []string
	for d := range block.Body() {
		if d.Name() == name {
			all = append(all, strings.Join(d.Args(), " "))
		}
	}
	return strings.Join(all, ", ")
}
