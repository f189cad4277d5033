package azure

import (
	"regexp"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// cut is what ConvertTo-Json writes instead of an object that lies deeper than its -Depth, which is 2 unless set: the name of
// its type, or its text form (learn.microsoft.com, ConvertTo-Json).
var cut = regexp.MustCompile(`^(@\{.*\}|(Microsoft\.Azure\.|System\.)[A-Za-z.]+[\w.\[\]` + "`" + `, +]*)$`)

// repair puts back what ConvertTo-Json cut off, where Azure PowerShell left a copy: beside a property X its objects have a
// string XText that holds X as JSON (Azure/azure-powershell, PSApplicationGateway.cs).
func repair(n *jsontree.Node) (problems []routing.Problem) {
	for member := range n.All() {
		text := n.Get(member.Name() + "Text")
		whole := member.Kind() != jsontree.String && firstCut(member) == nil
		if !whole && !restore(member, text) {
			problems = append(problems, cutOff(member)...)
		}
		drop(text)
	}
	globalConfiguration(n)
	return problems
}

// drop forgets a copy: secrets in it would be kept unseen.
func drop(text *jsontree.Node) {
	if text.Kind() == jsontree.String {
		text.SetString("")
	}
}

// restore gives a member the value that its text holds.
func restore(member, text *jsontree.Node) bool {
	if text.Kind() != jsontree.String {
		return false
	}
	doc, err := jsontree.ParseInside(text, jsontree.Options{})
	if err != nil || doc.Root.Kind() != jsontree.List && doc.Root.Kind() != jsontree.Object {
		return false
	}
	member.SetValue(doc.Root)
	return true
}

// cutOff makes what was cut off unknown and says so.
func cutOff(member *jsontree.Node) []routing.Problem {
	first := firstCut(member)
	if first == nil {
		return nil
	}
	at := first.Span()
	forget(member)
	return []routing.Problem{{
		Span: at, Kind: routing.Truncated, Message: member.Name() + " was cut off by ConvertTo-Json", Fix: "export again with ConvertTo-Json -Depth 20",
	}}
}

func firstCut(n *jsontree.Node) *jsontree.Node {
	if isCut(n) {
		return n
	}
	for child := range n.All() {
		if found := firstCut(child); found != nil {
			return found
		}
	}
	return nil
}

func isCut(n *jsontree.Node) bool {
	return n.Kind() == jsontree.String && cut.MatchString(n.Text())
}

func forget(n *jsontree.Node) {
	if isCut(n) {
		n.SetUnknown("cut off by ConvertTo-Json")
	}
	for child := range n.All() {
		forget(child)
	}
}

// globalConfiguration puts the switches that Azure PowerShell shows at the top where ARM has them.
func globalConfiguration(n *jsontree.Node) {
	const home = "GlobalConfiguration"
	if n.Get(home) != nil {
		return
	}
	made := jsontree.NewObject(n.Place())
	for _, name := range []string{"EnableRequestBuffering", "EnableResponseBuffering"} {
		if m := n.Get(name); !m.Unset() {
			made.Add(jsontree.Member{Name: name, Value: m})
		}
	}
	if made.Len() > 0 && strings.EqualFold(typeOf(n), ApplicationGateway) {
		n.Add(jsontree.Member{Name: home, Value: made})
	}
}
