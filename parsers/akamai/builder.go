package akamai

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// built is what akamai_property_rules_builder makes: a rule in blocks of HCL, whose names are those of the API with underscores
// (terraform-provider-akamai, ruleformats/builder.go).
func (m *Module) built(d Block) *jsontree.Node {
	for member := range d.Attributes.All() {
		if strings.HasPrefix(member.Name(), "rules_v") {
			if member.Kind() == jsontree.Unknown {
				return member
			}
			format := jsontree.NewString(d.Attributes.Place(), Format(member.Name()))
			return jsontree.NewObject(d.Attributes.Place(),
				jsontree.Member{Name: "_ruleFormat_", Value: format}, jsontree.Member{Name: "rules", Value: m.builtRule(member.At(0))})
		}
	}
	return m.missing(d.Attributes, "the rules builder holds no rules")
}

// plain are arguments of a rule that only change their names.
var plain = map[string]string{"name": "name", "comments": "comments", "criteria_must_satisfy": "criteriaMustSatisfy", "advanced_override": "advancedOverride", "uuid": "uuid"}

func (m *Module) builtRule(r *jsontree.Node) *jsontree.Node {
	var members []jsontree.Member
	add := func(name string, of, value *jsontree.Node) {
		members = append(members, jsontree.Member{Name: name, Value: value, At: of.NamePlace()})
	}
	for n := range r.All() {
		switch n.Name() {
		case "criterion":
			add("criteria", n, m.parts(n))
		case "behavior":
			add("behaviors", n, m.parts(n))
		case "children":
			add("children", n, m.children(n))
		case "variable":
			add("variables", n, n)
		case "is_secure":
			add("options", n, jsontree.NewObject(n.Place(), jsontree.Member{Name: "is_secure", Value: n}))
		case "custom_override":
			add("customOverride", n, only(n))
		default:
			if name, ok := plain[n.Name()]; ok {
				add(name, n, n)
			}
		}
	}
	return jsontree.NewObject(r.Place(), members...)
}

// only is the one object of a block that may stand once.
func only(n *jsontree.Node) *jsontree.Node {
	if n.Kind() == jsontree.List {
		return n.At(0)
	}
	return n
}

// parts are criteria or behaviors: blocks with one block each, which has the name.
func (m *Module) parts(list *jsontree.Node) *jsontree.Node {
	if list.Kind() != jsontree.List {
		return list
	}
	var items []*jsontree.Node
	for block := range list.All() {
		for n := range block.All() {
			if n.Unset() || n.Kind() == jsontree.List && n.Len() == 0 {
				continue
			}
			at := n.NamePlace()
			if at == (jsontree.Place{}) {
				at = n.Place()
			}
			options := only(n)
			if options.Kind() == jsontree.Object {
				options = camelled(options)
			}
			items = append(items, jsontree.NewObject(n.Place(),
				jsontree.Member{Name: "name", Value: jsontree.NewString(at, apiName(n.Name()))}, jsontree.Member{Name: "options", Value: options}))
		}
	}
	return jsontree.NewList(list.Place(), items...)
}

// camelled is an object with the names of the API. Objects that may stand once are lists in Terraform.
func camelled(n *jsontree.Node) *jsontree.Node {
	var members []jsontree.Member
	for option := range n.All() {
		value := option
		if id := includeOf(option); id != nil {
			value = id
		}
		name := apiName(option.Name())
		if flattened[name] {
			value = only(option)
		}
		members = append(members, jsontree.Member{Name: name, Value: value, At: option.NamePlace()})
	}
	return jsontree.NewObject(n.Place(), members...)
}

// flattened are options that the API has as one object, as far as they are looked at.
var flattened = map[string]bool{"cloudletPolicy": true, "netStorage": true}

// children are rules of data sources of their own.
func (m *Module) children(list *jsontree.Node) *jsontree.Node {
	if list.Kind() != jsontree.List {
		return list
	}
	var items []*jsontree.Node
	for n := range list.All() {
		root := m.rules(n, list)
		if rules := root.Get("rules"); rules != nil {
			root = rules
		}
		items = append(items, root)
	}
	return jsontree.NewList(list.Place(), items...)
}

// irregular are names whose capitals do not follow from the underscores (nameMappings of the provider), as far as they are looked at.
var irregular = map[string]string{
	"allowHttpsDowngrade": "allowHTTPSDowngrade", "allowHttpsUpgrade": "allowHTTPSUpgrade", "allowHttpsCacheKeySharing": "allowHTTPSCacheKeySharing",
	"contentCharacteristicsAmd": "contentCharacteristicsAMD", "contentCharacteristicsDd": "contentCharacteristicsDD", "g2Oheader": "g2oheader",
	"standardTlsMigration": "standardTLSMigration", "standardTlsMigrationOverride": "standardTLSMigrationOverride",
}

// apiName is a name of Terraform's as the API writes it: a letter behind an underscore, or behind a digit, is a capital.
func apiName(snake string) string {
	var out strings.Builder
	capital := false
	for _, r := range snake {
		switch {
		case r == '_':
			capital = true
			continue
		case capital && r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		}
		out.WriteRune(r)
		capital = r >= '0' && r <= '9'
	}
	if name, ok := irregular[out.String()]; ok {
		return name
	}
	return out.String()
}
