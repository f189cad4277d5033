// Package appgateway compiles an Azure Application Gateway into the common model.
//
// What the product does is taken from Microsoft's documents, which the functions name by their page titles on
// learn.microsoft.com under "Application Gateway". Where they leave something open or contradict each other, the program
// gets an unknown value with the question as its reason, never a guess.
package appgateway

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// product is whose defaults apply.
const product = "Application Gateway"

// settle is how to learn what Microsoft's documents leave open.
const settle = ": to settle it, run asrscheck test on the client endpoint"

// Lower compiles one gateway. It always returns one; what is wrong with it is in its Problems. What it refers to in the estate is filled in
// when the estate is closed.
func Lower(r *azure.Resource, estate *azure.Estate) *routing.Gateway {
	b := &builder{
		r: r, estate: estate,
		index: map[string]*collection{}, forwards: map[string]*routing.Forward{}, rewriteSet: map[string]*rewriteSet{}, shields: map[string]shield{},
		g: &routing.Gateway{
			Kind: "appgateway", Name: r.Title, Span: r.Span(), Problems: r.Problems,
			Pools: map[string]*routing.Pool{}, Blocks: map[string][]routing.Step{}, LimitsKnown: true,
		},
	}
	if b.generation = generationOf(r); b.generation == v1 {
		b.g.Retired = routing.Note{Span: r.Child("sku").Span(), Text: "generation v1 of Application Gateway was retired on 28 April 2026: migrate to Standard_v2 or WAF_v2"}
	}
	b.shield = b.around()
	b.listen()
	b.layer4()
	b.accepted()
	b.network()
	return b.g
}

// builder compiles one gateway.
type builder struct {
	r          *azure.Resource
	estate     *azure.Estate
	g          *routing.Gateway
	generation generation
	index      map[string]*collection
	forwards   map[string]*routing.Forward // by pool
	rewriteSet map[string]*rewriteSet
	shield     shield            // of the whole gateway
	shields    map[string]shield // by policy
}

// generation is the product's generation, which its SKU tells.
type generation uint8

const (
	unknownGeneration generation = iota
	v1
	v2
)

// generationOf: v1 has the tiers Standard and WAF in several sizes (Standard_Medium), v2 has Standard_v2, WAF_v2 and Basic.
func generationOf(r *azure.Resource) generation {
	sku := r.Child("sku")
	for _, n := range []*jsontree.Node{sku.Get("tier"), sku.Get("name")} {
		switch tier := strings.ToLower(n.Text()); {
		case n.Kind() != jsontree.String || tier == "":
		case strings.HasSuffix(tier, "_v2") || tier == "basic":
			return v2
		case tier == "standard", tier == "waf", strings.HasPrefix(tier, "standard_"), strings.HasPrefix(tier, "waf_"):
			return v1
		}
	}
	return unknownGeneration
}

func (b *builder) problem(kind routing.ProblemKind, at routing.Span, message, fix string) {
	const enough = 100
	p := routing.Problem{Kind: kind, Span: at, Message: message, Fix: fix}
	if len(b.g.Problems) >= enough {
		return
	}
	if slices.Contains(b.g.Problems, p) {
		return
	}
	b.g.Problems = append(b.g.Problems, p)
}
