package apim

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// substituted is a text with its named values {{name}} replaced ("Use named values in Azure API Management policies"). One that is secret, or
// was not read, makes the text unknown.
func (b *builder) substituted(text string, at routing.Span) (string, routing.Value) {
	if !strings.Contains(text, "{{") {
		return text, routing.Value{}
	}
	var out strings.Builder
	for rest := text; ; {
		before, after, found := strings.Cut(rest, "{{")
		out.WriteString(before)
		if !found {
			return out.String(), routing.Value{}
		}
		name, behind, closed := strings.Cut(after, "}}")
		if !closed || !isValueName(name) { // braces of C#, as in an interpolated string
			out.WriteString("{{")
			rest = after
			continue
		}
		v := b.namedValue(strings.TrimSpace(name), at)
		if v.IsUnknown() {
			return "", v
		}
		out.WriteString(v.Text())
		rest = behind
	}
}

func isValueName(name string) bool {
	name = strings.TrimSpace(name)
	return name != "" && strings.IndexFunc(name, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		return !letter && (r < '0' || r > '9') && !strings.ContainsRune("-._", r)
	}) < 0
}

// namedValue is found by the name that policies use, which is not that of the resource. Older versions call named values properties.
func (b *builder) namedValue(name string, at routing.Span) routing.Value {
	for _, kind := range []string{"namedvalues", "properties"} {
		for _, p := range b.parts[kind] {
			shown := p.Get("displayName").Text()
			if !strings.EqualFold(shown, name) && (shown != "" || !strings.EqualFold(p.Own(), name)) {
				continue
			}
			value := p.Get("value")
			switch {
			case azure.On(p.Get("secret")) || !p.Get("keyVault").Unset():
				return routing.UnknownOf(fmt.Sprintf("the named value %q is secret", name), at)
			case value.Kind() == jsontree.Unknown:
				return azure.Text(value)
			case value.Unset():
				return routing.UnknownOf(fmt.Sprintf("the named value %q has no value here", name), at)
			}
			return azure.Text(value)
		}
	}
	return routing.UnknownOf(fmt.Sprintf("the named value %q was not read", name), at)
}
