package tfjson

import (
	"path"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Written tells how an argument uses a reference, from the text of the configuration that a plan was made from: as it is, or as a part
// of something else, and where. The folder is that of the module, from where the plan lies. It is not found where the text is not there.
type Written func(folder string, argument []string, reference string) (bare, found bool, at routing.Span)

// written asks the text about the argument that is read.
func (s scope) written(reference string) (bare, found bool, at routing.Span) {
	folder, ok := s.folder()
	if s.text == nil || !ok {
		return false, false, routing.Span{}
	}
	return s.text(folder, s.at, plain(reference))
}

// folder is where the module's files lie. Those of modules from elsewhere are not where the configuration says.
func (s scope) folder() (string, bool) {
	folder, module := ".", s.configuration
	for _, m := range names(s.prefix) {
		call := module.Path("module_calls", m)
		source := call.Get("source").Text()
		if !strings.HasPrefix(source, "./") && !strings.HasPrefix(source, "../") {
			return "", false
		}
		folder, module = path.Join(folder, source), call.Get("module")
	}
	return folder, true
}

// hostArguments are those that take the name of a host and nothing else (hashicorp/terraform-provider-azurerm:
// application_gateway, cdn_frontdoor_origin, frontdoor).
var hostArguments = []string{"fqdns", "host", "host_name", "sni_name", "origin_host_header", "host_header", "address"}

// madeOf says why what refers to a host name may not be that name: empty where it is. A plan cannot tell "${x.hostname}:443" from
// x.hostname. Where nothing but a host name is of use, somebody who writes something else has most likely made another name for the same
// service.
func (s scope) madeOf(attribute, reference string) string {
	bare, found, at := s.written(reference)
	switch {
	case found && bare:
		return ""
	case found:
		return ": " + at.String() + " makes something else of it"
	case !strings.HasSuffix(attribute, ".hostname"):
		return ""
	case !slices.Contains(hostArguments, s.at[len(s.at)-1]):
		return ": the plan does not tell what is made of it, give the .tf files beside it"
	}
	s.take(reference)
	return ""
}

// take notes what is taken for what it refers to.
func (s scope) take(reference string) {
	note := strings.TrimPrefix(strings.Join(s.at, "."), "resource.") + " is taken for " + reference +
		" itself: a plan holds no expressions, so lay the .tf files beside it if the name is changed on its way"
	if !slices.Contains(s.taken, note) {
		s.taken = append(s.taken, note)
	}
}
