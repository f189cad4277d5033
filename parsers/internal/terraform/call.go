package terraform

import (
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// callee is the module that a call leads to.
type callee struct {
	repetition *repetition
	instances  []*instance // one for each turn; none where the module was not given
	missing    string      // why it was not
}

// localModule is the folder of a source that begins with ./ or ../, as long as it stays inside of what was given.
func localModule(dir, source string) (string, bool) {
	if !strings.HasPrefix(source, "./") && !strings.HasPrefix(source, "../") {
		return "", false
	}
	to := path.Join(dir, source)
	return to, to != ".." && !strings.HasPrefix(to, "../")
}

// callee finds the module that a call leads to, and makes its instances.
func (m *instance) callee(b *hclsyntax.Block) *callee {
	name := b.Labels[0]
	if known := m.callees[name]; known != nil {
		return known
	}
	c := &callee{missing: "module " + name + " depends on itself"}
	m.callees[name] = c
	dir, missing := m.moduleFolder(b)
	if c.missing = missing; missing != "" {
		return c
	}
	f := m.run.use(dir)
	c.repetition = m.repetition(b)
	for i := range c.repetition.turns {
		if m.run.modules++; m.run.modules > maxModules {
			c.missing = "there are more modules than are read"
			m.absent(b, c.missing, "read a part of the configuration at a time")
			break
		}
		c.instances = append(c.instances, m.called(b, f, &c.repetition.turns[i]))
	}
	return c
}

func (m *instance) called(b *hclsyntax.Block, f *folder, t *turn) *instance {
	child := newInstance(m.run, f)
	child.caller, child.call, child.turn, child.depth = m, b, t, m.depth+1
	child.path = m.address("module." + b.Labels[0] + t.label)
	child.key = strings.TrimPrefix(m.key+"."+b.Labels[0], ".")
	return child
}

// moduleFolder is where a called module lies, or why it cannot be told.
func (m *instance) moduleFolder(b *hclsyntax.Block) (dir, missing string) {
	name, from := b.Labels[0], literal(b.Body.Attributes["source"])
	dir, ok := localModule(m.dir, from)
	switch {
	case ok:
	case dir != "":
		missing = "module " + name + " lies outside of what was given (" + from + ")"
		m.absent(b, missing, "give the folder that holds both")
		return "", missing
	default:
		if dir = m.run.manifest[strings.TrimPrefix(m.key+"."+name, ".")]; dir == "" || strings.HasPrefix(dir, "../") {
			return "", m.notGiven(b, from)
		}
	}
	switch {
	case m.depth >= maxModuleDepth || m.callsItself(dir):
		missing = "module " + name + " calls itself"
		m.absent(b, missing, "modules cannot call themselves: correct the source")
	case len(m.run.folder(dir).files) == 0:
		missing = "module " + name + " was not found in " + m.run.shown(dir)
		m.absent(b, missing, "give the folder that holds it")
	}
	return dir, missing
}

func (m *instance) callsItself(dir string) bool {
	for at := m; at != nil; at = at.caller {
		if at.dir == dir {
			return true
		}
	}
	return false
}

// notGiven says that a module of a registry or a repository is not there. It is a problem where it may hold a gateway: its source or
// an argument says so.
func (m *instance) notGiven(b *hclsyntax.Block, from string) string {
	missing := "module " + b.Labels[0] + " (" + from + ") was not given"
	var arguments []string
	for name := range b.Body.Attributes {
		if !slices.Contains(metaArguments, name) {
			arguments = append(arguments, name)
		}
	}
	slices.Sort(arguments)
	if mayHoldGateway(from, arguments) {
		m.absent(b, missing+", and may hold a gateway: its arguments are "+strings.Join(arguments, ", "),
			"run terraform init and give the folder with .terraform, or give the plan (terraform show -json)")
	}
	return missing
}

var metaArguments = []string{"source", "version", "providers", "count", "for_each", "depends_on"}

// gatewayArguments are arguments of modules that make Application Gateways, such as Azure/avm-res-network-applicationgateway,
// aztfm/application-gateway and claranet/app-gateway.
var gatewayArguments = []string{
	"backend_http_settings", "backend_address_pools", "backend_address_pool", "http_listeners", "http_listener", "request_routing_rules",
	"gateway_ip_configuration", "url_path_map_configurations", "appgw_backend_pools", "appgw_backend_http_settings", "ag_backend_address_pools",
}

// gatewayWords are parts of the names of such modules.
var gatewayWords = []string{
	"application-gateway", "application_gateway", "applicationgateway", "app-gateway", "app_gateway", "appgateway", "appgw", "agw", "api-management", "api_management",
	"apim", "frontdoor", "front-door", "signalr", "aztfmod/caf",
}

func mayHoldGateway(from string, arguments []string) bool {
	from = strings.ToLower(from)
	return slices.ContainsFunc(gatewayWords, func(word string) bool { return strings.Contains(from, word) }) ||
		slices.ContainsFunc(arguments, func(a string) bool { return slices.Contains(gatewayArguments, a) })
}

// absent notes a module that is not read.
func (m *instance) absent(b *hclsyntax.Block, message, fix string) {
	at := m.run.place(b.DefRange()).Span()
	m.run.absent = withProblem(m.run.absent, routing.Problem{Span: at, Kind: routing.NotWhole, Message: message, Fix: fix})
}
