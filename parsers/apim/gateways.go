package apim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// beside is a gateway that a service has beside its own: one that its customers run themselves ("Self-hosted gateway overview"), or that of a
// workspace ("Federated API management with workspaces").
type beside struct {
	what      string // for its name and for messages
	hosts     []routing.Value
	minTLS    routing.Value
	selfRun   bool
	workspace string   // its name
	service   *builder // of a workspace: the service around it
}

// Others compiles the gateways that services have beside their own, when everything was read.
func Others(e *azure.Estate) []*routing.Gateway {
	var out []*routing.Gateway
	services := described(e)
	for i, r := range append(services, standIns(e)...) {
		b := newBuilder(r, e)
		b.partial = i >= len(services)
		b.gather()
		out = append(append(out, b.selfHosted()...), b.workspaces()...)
	}
	return out
}

// described are the services that were read, each once.
func described(e *azure.Estate) []*azure.Resource {
	var out []*azure.Resource
	for _, r := range e.All(azure.APIManagement) {
		if !slices.ContainsFunc(out, func(known *azure.Resource) bool {
			return known.Source == r.Source && strings.EqualFold(known.Title, r.Title)
		}) {
			out = append(out, r)
		}
	}
	return out
}

// other compiles a gateway of this service that has parts of its own.
func (b *builder) other(on *beside, parts map[string][]azure.Part, at routing.Span) *routing.Gateway {
	o := newBuilder(b.r, b.estate)
	o.beside, o.parts, o.partial = on, parts, b.partial
	o.g.Name = strings.TrimSpace(b.r.Title + " " + on.what)
	o.g.Span = at
	o.whole()
	o.listen(o.entry())
	return o.g
}

// selfHosted are the gateways that run somewhere else, with the APIs that were assigned to each.
func (b *builder) selfHosted() []*routing.Gateway {
	var out []*routing.Gateway
	for _, p := range b.parts["gateways"] {
		parts := maps.Clone(b.parts)
		parts["apis"] = slices.DeleteFunc(slices.Clone(b.parts["apis"]), func(a azure.Part) bool { return !b.assigned(p, a) })
		if len(parts["apis"]) == 0 || strings.EqualFold(p.Own(), "managed") {
			continue
		}
		on := &beside{what: fmt.Sprintf("self-hosted gateway %.100s", p.Own()), selfRun: true}
		on.minTLS = routing.UnknownOf("which versions of TLS a self-hosted gateway takes is set in its host names, which were not read", place(p.Object))
		b.hostNames(p, on)
		out = append(out, b.other(on, parts, place(p.Object)))
	}
	return out
}

// assigned reports whether an API is among those of a self-hosted gateway.
func (b *builder) assigned(gateway, a azure.Part) bool {
	base, _, _ := strings.Cut(a.Own(), ";rev=")
	return slices.ContainsFunc(b.parts["gateways/apis"], func(link azure.Part) bool {
		name, _, _ := strings.Cut(azure.LastSegment(link.Own()), ";rev=")
		return link.Under(gateway) && strings.EqualFold(name, base)
	})
}

// hostNames are those of a self-hosted gateway, with the versions of TLS that each takes.
func (b *builder) hostNames(gateway azure.Part, on *beside) {
	for _, p := range b.parts["gateways/hostnameconfigurations"] {
		host := azure.Lowered(azure.Filled(p.Get("hostname")))
		if !p.Under(gateway) || !host.IsSet() {
			continue
		}
		lowest := routing.DefaultOf("TLS1.2", "self-hosted gateways")
		for _, old := range []struct{ property, version string }{{"tls11Enabled", "TLS1.1"}, {"tls10Enabled", "TLS1.0"}} {
			switch v := azure.Flag(p.Get(old.property)); {
			case v.IsUnknown():
				lowest = v
			case v.Text() == "true":
				lowest = v.Became(old.version)
			}
		}
		if len(on.hosts) == 0 || lowest.IsUnknown() || on.minTLS.State() == routing.Known && lowest.Text() < on.minTLS.Text() {
			on.minTLS = lowest
		}
		on.hosts = append(on.hosts, host)
	}
}

// workspaces are the gateways of workspaces that have APIs.
func (b *builder) workspaces() []*routing.Gateway {
	var names []string
	for _, p := range b.parts["workspaces/apis"] {
		if len(p.Names) > 1 && !slices.ContainsFunc(names, func(known string) bool { return strings.EqualFold(known, p.Names[0]) }) {
			names = append(names, p.Names[0])
		}
	}
	var out []*routing.Gateway
	for _, name := range names {
		parts := b.partsOf(name)
		at := place(parts["apis"][0].Object)
		if p, ok := b.find("workspaces", name); ok {
			at = place(p.Object)
		}
		on := &beside{what: fmt.Sprintf("workspace %.100s", name), service: b, workspace: name, hosts: b.workspaceHosts(name)}
		on.minTLS = routing.UnknownOf("which versions of TLS the gateway of a workspace takes cannot be set, and is not documented", at)
		out = append(out, b.other(on, parts, at))
	}
	return out
}

// partsOf are the parts of a workspace, by their names in it.
func (b *builder) partsOf(name string) map[string][]azure.Part {
	parts := map[string][]azure.Part{}
	for kind, list := range b.parts {
		kind, ok := strings.CutPrefix(kind, "workspaces/")
		if !ok {
			continue
		}
		for _, p := range list {
			if len(p.Names) > 1 && strings.EqualFold(p.Names[0], name) {
				p.Names = p.Names[1:]
				parts[kind] = append(parts[kind], p)
			}
		}
	}
	parts["backends"] = append(parts["backends"], b.parts["backends"]...) // which the policy of the service may choose
	return parts
}

// workspaceHosts are the names of the gateway that a workspace is connected to, as far as they were read (REST reference, "Api Gateway Config
// Connection").
func (b *builder) workspaceHosts(name string) []routing.Value {
	var out []routing.Value
	for _, c := range b.estate.Below(azure.WorkspaceGateway) {
		if !strings.HasSuffix(strings.ToLower(c.Get("sourceId").Text()), strings.ToLower("/service/"+serviceName(b.r)+"/workspaces/"+name)) {
			continue
		}
		for _, n := range append(slices.Collect(c.Get("hostnames").All()), c.Get("defaultHostname")) {
			if n.Kind() == jsontree.String && n.Text() != "" {
				out = append(out, azure.Lowered(azure.Text(n)))
			}
		}
	}
	return out
}

// policyAround is the policy of the workspace, which stands between that of the service and those of its products and APIs.
func (b *builder) policyAround() []*document {
	if !b.inWorkspace() {
		return nil
	}
	return b.policyOf("policies", "the policy of workspace "+b.beside.workspace, func(azure.Part) bool { return true })
}

// forAll are the policies for all APIs of the service.
func (b *builder) forAll() []azure.Part {
	if b.inWorkspace() {
		return b.beside.service.parts["policies"]
	}
	return b.parts["policies"]
}

func (b *builder) inWorkspace() bool { return b.beside != nil && b.beside.service != nil }

// around is the builder whose named values and fragments a document sees: the policy of the service does not see those of a workspace.
func (b *builder) around(d *document) *builder {
	if d != nil && d.outer {
		return b.beside.service
	}
	return b
}

// skipped are the policies that a self-hosted gateway passes over ("API gateway in Azure API Management": policies).
var skipped = map[string]bool{
	"get-authorization-context": true, "send-service-bus-message": true, "llm-semantic-cache-lookup": true, "llm-semantic-cache-store": true,
	"azure-openai-semantic-cache-lookup": true, "azure-openai-semantic-cache-store": true, "validate-graphql-request": true,
}

// whereItRuns is what bounds idle connections in place of Azure's load balancer.
func (b *builder) whereItRuns() routing.Value {
	if b.beside == nil || !b.beside.selfRun {
		return routing.DefaultOf(idleTimeout.String(), product)
	}
	return routing.UnknownOf("what ends idle connections to a "+b.beside.what+" depends on what stands before it where it runs", b.g.Span)
}
