package parsers

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// partsOfOthers are files that their names tell to be of use only beside what they belong to.
var partsOfOthers = []struct{ suffix, what, fix string }{
	{".tfvars", valuesOnly, withVarFile},
	{".tfvars.json", valuesOnly, withVarFile},
	{".tofu", "is configuration for OpenTofu alone, which is not read", "Give the plan (tofu show -json)."},
	{".hcl", "is no configuration that terraform loads: that stands in .tf and .tf.json", "Give the folder of the root module, or its plan (terraform show -json)."},
}

const (
	valuesOnly  = "holds values for variables of Terraform, but not the configuration that uses them"
	withVarFile = "Give the folder of the root module, and this file with --var-file."
)

// others are texts that are no description of resources, by how they look.
var others = []struct {
	looks     *regexp.Regexp
	what, fix string
}{
	{regexp.MustCompile(`^\s*(\[\s*\]|\{\s*"value"\s*:\s*\[\s*\])`), "is an empty list: nothing was found where it was exported", "Check what was asked for, and whether the account may see it."},
	{regexp.MustCompile(`^PK\x03\x04[^/]{0,100}tf(plan|state)`), "is a plan in the format that terraform keeps for itself", "Give what terraform show -json prints of it."},
	{regexp.MustCompile(`(?s)^\s*\{.*"lineage".*"encrypted_data"`), "is a state or a plan that OpenTofu encrypted", "Give what tofu show -json prints of it."},
}

// mentions are the words by which a text speaks of a gateway: those that nothing else has, and those that may mean other things, too.
var mentions = []*regexp.Regexp{
	regexp.MustCompile(`(?i)microsoft\.(network/(applicationgateways|frontdoors)|apimanagement/service|cdn/profiles)|` +
		`azurerm_(application_gateway|api_management|cdn_frontdoor|frontdoor)\w*|backendHttpSettings\w*`),
	regexp.MustCompile(`(?i)(app(lication)?[-_ ]?|api[-_ ]?)?gateways?|front[-_ ]?doors?`),
}

// aboutGateway is what a text of no known format says of a gateway, at the place where it does. Only is how many of the mentions count.
// Nothing is known of what stands around it, so that this is not shown: there may be secrets.
func aboutGateway(s source, only int) (p routing.Problem, around []routing.Span, ok bool) {
	for _, words := range mentions[:only] {
		at := words.FindIndex(s.data)
		if at == nil {
			continue
		}
		start, end := lineAround(s.data, at[0], at[1])
		text := jsontree.NewSource(s.name, s.data)
		return routing.Problem{
			Span: text.Place(at[0], at[1]).Span(), Kind: routing.Unread,
			Message: fmt.Sprintf("speaks of a gateway (%.60q), but in a form that is not read", s.data[at[0]:at[1]]),
			Fix:     "Give what describes the gateway itself: an export (az, PowerShell, the portal), a template, or a configuration, plan or state of Terraform.",
		}, []routing.Span{text.Place(start, at[0]).Span(), text.Place(at[1], end).Span()}, true
	}
	return p, nil, false
}

// lineAround is where the line of a stretch of text starts and ends.
func lineAround(text []byte, from, to int) (start, end int) {
	start = bytes.LastIndexByte(text[:from], '\n') + 1
	if end = bytes.IndexByte(text[to:], '\n'); end < 0 {
		return start, len(text)
	}
	return start, to + end
}

// otherText is what a text is that describes no resources.
func otherText(s source) (p routing.Problem, ok bool) {
	for _, other := range others {
		if other.looks.Match(s.data[:min(len(s.data), 4096)]) {
			return routing.Problem{Span: routing.Span{File: s.name}, Kind: routing.Unread, Message: other.what, Fix: other.fix}, true
		}
	}
	return p, false
}

// partOfOther is what is missing beside a file that is none of its own.
func partOfOther(name string) (p routing.Problem, ok bool) {
	for _, part := range partsOfOthers {
		if strings.HasSuffix(name, part.suffix) {
			return routing.Problem{Span: routing.Span{File: name}, Kind: routing.Unread, Message: part.what, Fix: part.fix}, true
		}
	}
	return p, false
}

// unrecognized tells of a text of no known format that the user named.
func (l *loader) unrecognized(s source, why string) {
	p, ok := partOfOther(s.name)
	var around []routing.Span
	if !ok {
		p, ok = otherText(s)
	}
	if !ok && l.options.As == "" {
		p, around, ok = aboutGateway(s, len(mentions))
	}
	if !ok {
		l.unread(s.name, why, "asrscheck reads "+titles()+". Say which with --as if this is one of them.")
		return
	}
	l.estate.Inputs = append(l.estate.Inputs, routing.Input{Name: s.name})
	l.estate.Problems = append(l.estate.Problems, p)
	l.estate.Hidden = append(l.estate.Hidden, around...)
}

// passOver leaves out a file of no known format that lay in a folder. One that speaks of the service may be missed; what others say of
// gateways counts only where none is found.
func (l *loader) passOver(s source, why string) {
	p, ok := partOfOther(s.name)
	if !ok {
		var around []routing.Span
		p, around, ok = aboutGateway(s, 1)
		l.estate.Hidden = append(l.estate.Hidden, around...)
	}
	switch {
	case concernsSignalR(s):
		l.estate.Inputs = append(l.estate.Inputs, routing.Input{Name: s.name})
		if ok {
			l.estate.Problems = append(l.estate.Problems, p)
		}
	case ok:
		l.leads = append(l.leads, p)
		l.skip(s.name, p.Message)
	default:
		l.skip(s.name, why+", and says nothing about Azure SignalR")
	}
}

// passOverName leaves out a file that has the name of no configuration.
func (l *loader) passOverName(name string) {
	p, ok := partOfOther(name)
	if !ok || strings.HasPrefix(filepath.Base(name), ".") {
		l.skip(name, "is hidden, or has the name of no configuration")
		return
	}
	l.leads = append(l.leads, p)
	l.skip(name, p.Message)
}

// follow tells where gateways may be, if none was found.
func (l *loader) follow() {
	const enough = 5
	if len(l.estate.Gateways) == 0 {
		l.estate.Problems = append(l.estate.Problems, l.leads[:min(enough, len(l.leads))]...)
	}
}
