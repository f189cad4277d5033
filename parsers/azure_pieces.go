package parsers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// pieces are exports of a part of an Application Gateway, such as what "az network application-gateway http-settings list" prints: nothing
// can be judged by them, because what decides stands in several parts.
type pieces []piece

type piece struct {
	gateway, group, collection string
	at                         routing.Span
}

// take remembers a resource that is a part of a gateway, once for each gateway and input.
func (p *pieces) take(r *azure.Resource) {
	kind := strings.ToLower(azure.ApplicationGateway + "/")
	if !strings.HasPrefix(strings.ToLower(r.Type), kind) || r.Form == azure.Template || r.Address != "" {
		return
	}
	_, name := azure.SplitID(r.ID())
	name, _, _ = strings.Cut(name, "/")
	if name == "" {
		return
	}
	found := piece{name, groupIn(r.ID()), r.Type[len(kind):], r.Span()}
	if !slices.ContainsFunc(*p, func(old piece) bool { return old.gateway == found.gateway && old.at.File == found.at.File }) {
		*p = append(*p, found)
	}
}

// groupIn is the resource group in an id; GROUP where there is none.
func groupIn(id string) string {
	const before = "/resourcegroups/"
	i := strings.Index(strings.ToLower(id), before)
	if i < 0 {
		return "GROUP"
	}
	group, _, _ := strings.Cut(id[i+len(before):], "/")
	return group
}

// problems are those parts whose gateway no input describes as a whole.
func (p pieces) problems(read []*routing.Gateway) (all []routing.Problem) {
	for _, one := range p {
		if slices.ContainsFunc(read, func(g *routing.Gateway) bool { return strings.EqualFold(g.Name, one.gateway) }) {
			continue
		}
		all = append(all, routing.Problem{
			Span: one.at, Kind: routing.NotWhole, Message: fmt.Sprintf("this is a part of gateway %s (%s), which cannot be judged by it", one.gateway, one.collection),
			Fix: fmt.Sprintf("export the whole gateway: az network application-gateway show -g %s -n %s", one.group, one.gateway),
		})
	}
	return all
}
