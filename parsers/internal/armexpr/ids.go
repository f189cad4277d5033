package armexpr

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// A part of a resource id that is not known stands in these quotes, with the reason. No id holds them.
const opening, closing = "‹", "›"

var unquoted = strings.NewReplacer(opening, "", closing, "", "/", " ")

// hole stands for an unknown part of an id.
func hole(why string) string { return opening + unquoted.Replace(why) + closing }

// Name is the name of a resource. A part of it that is not known stands in quotes that no name holds, with the reason, so that the resources below one
// of unknown name are still told apart, and found by what is known of their names.
func (s *Scope) Name(n *jsontree.Node, turns *Turn) string {
	value := s.Value(n, turns)
	if value.Kind() != jsontree.Unknown {
		return value.Text()
	}
	if s.shared.naming {
		return hole(value.Text())
	}
	s.shared.naming = true // all that it refers to is evaluated by now, and kept as it is
	defer func() { s.shared.naming = false }()
	if value = s.Value(n, turns); value.Kind() != jsontree.Unknown {
		return value.Text()
	}
	return hole(value.Text())
}

// isPartial reports whether a value is an id of which a part is unknown.
func isPartial(n *jsontree.Node) bool {
	return n.Kind() == jsontree.String && strings.Contains(n.Text(), opening)
}

// holeIn is the reason for the last unknown part.
func holeIn(s string) string {
	s = s[strings.LastIndex(s, opening)+len(opening):]
	why, _, _ := strings.Cut(s, closing)
	return why
}

// sealed is a value without ids that end in an unknown part: what they name is not known.
func (r *run) sealed(n *jsontree.Node) *jsontree.Node {
	if !r.scope.step() {
		return r.unknown(tooMuch)
	}
	if isPartial(n) && strings.Contains(n.Text()[strings.LastIndexByte(n.Text(), '/')+1:], opening) {
		return came(jsontree.NewUnknown(n.Place(), holeIn(n.Text())), []*jsontree.Node{n})
	}
	return n.Replaced(r.sealed)
}

// unknownSubscription and unknownGroup stand in ids for where the template is deployed.
var (
	unknownSubscription = hole("the subscription")
	unknownGroup        = hole("the resource group")
)

func resourceID(r *run, args []*jsontree.Node) *jsontree.Node {
	i := typeAt(args)
	subscription, group := unknownSubscription, unknownGroup
	switch i {
	case 0:
	case 1:
		group = part(args[0])
	case 2:
		subscription, group = part(args[0]), part(args[1])
	default:
		return r.noType(args)
	}
	return r.id("/subscriptions/"+subscription+"/resourceGroups/"+group, args[i:], args)
}

func subscriptionResourceID(r *run, args []*jsontree.Node) *jsontree.Node {
	i := typeAt(args)
	subscription := unknownSubscription
	switch i {
	case 0:
	case 1:
		subscription = part(args[0])
	default:
		return r.noType(args)
	}
	return r.id("/subscriptions/"+subscription, args[i:], args)
}

func tenantResourceID(r *run, args []*jsontree.Node) *jsontree.Node {
	if typeAt(args) != 0 {
		return r.noType(args)
	}
	return r.id("", args, args)
}

func extensionResourceID(r *run, args []*jsontree.Node) *jsontree.Node {
	if typeAt(args[1:]) != 0 {
		return r.noType(args)
	}
	return r.id(strings.TrimRight(idPart(args[0]), "/"), args[1:], args)
}

func managementGroupResourceID(r *run, args []*jsontree.Node) *jsontree.Node {
	i := typeAt(args)
	group := hole("the management group")
	switch i {
	case 0:
	case 1:
		group = part(args[0])
	default:
		return r.noType(args)
	}
	return r.id("/providers/Microsoft.Management/managementGroups/"+group, args[i:], args)
}

// typeAt finds the argument that is a type: it holds a slash.
func typeAt(args []*jsontree.Node) int {
	for i, a := range args {
		if a.Kind() == jsontree.String && strings.Contains(a.Text(), "/") {
			return i
		}
	}
	return -1
}

func (r *run) noType(args []*jsontree.Node) *jsontree.Node {
	for _, a := range args {
		if a.Kind() == jsontree.Unknown {
			return r.unknown(a.Text(), args...)
		}
	}
	return nil
}

// id puts types and names together in turn. A name may hold slashes, when it is that of a child. Types with a slash at their end, which
// templates in use have, are accepted.
func (r *run) id(scope string, args, all []*jsontree.Node) *jsontree.Node {
	types := strings.Split(strings.Trim(args[0].Text(), "/"), "/")
	var names []string
	for _, a := range args[1:] {
		names = append(names, strings.Split(idPart(a), "/")...)
	}
	if len(names) != len(types)-1 {
		for _, a := range args {
			if a.Kind() == jsontree.Unknown { // it may hold several names
				return r.unknown(a.Text(), all...)
			}
		}
		return nil
	}
	var b strings.Builder
	b.WriteString(scope + "/providers/" + types[0])
	for i, name := range names {
		b.WriteString("/" + types[i+1] + "/" + name)
	}
	return r.str(b.String(), all...)
}

// part is one segment of an id.
func part(n *jsontree.Node) string {
	if s, ok := plain(n); ok && s != "" {
		return s
	}
	return hole(reasonOr(n, "an empty name"))
}

// idPart is an id, or segments of one.
func idPart(n *jsontree.Node) string {
	if n.Kind() == jsontree.Unknown {
		return hole(n.Text())
	}
	s, _ := plain(n)
	return s
}
