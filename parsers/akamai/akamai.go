// Package akamai compiles the rule trees of Akamai Property Manager into the common model.
//
// Rules are evaluated from top to bottom, children behind their parents; the behaviors of all rules whose criteria hold apply, and of several
// of one name the last one counts (techdocs.akamai.com, Property Manager API, "Rule trees"). So a rule becomes a Match of one arm that sets
// variables, one for each behavior, and what these mean is done when all rules are through: first what refuses or redirects a request, then
// the changes to path, query and headers, then the origin.
//
// What behaviors and criteria do is taken from that reference, and from the descriptions in Akamai's Terraform provider, which come with
// each version of the rule format. Where they leave something open, the program gets an unknown value with the question as its reason.
package akamai

import (
	"slices"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// product is whose defaults apply.
const product = "Akamai Property Manager"

// Property is what was read of one property.
type Property struct {
	Name string
	// ID and Edition are the property's number and version; empty where they are not known.
	ID, Edition string
	// Format is the version of the rule format ("v2025-10-16"); empty where it is not known.
	Format string
	// Rules is the default rule.
	Rules *jsontree.Node
	// Hostnames are the names that clients use; nil where they are not known.
	Hostnames []Hostname
	// Includes are the default rules of includes, by their number.
	Includes map[string]*Include
	// Part is set where the rules are only a part of a property: what it stands in was not given.
	Part     bool
	Span     routing.Span
	Problems []routing.Problem
}

// Hostname is a name that clients use, and the edge hostname that it is an alias of.
type Hostname struct {
	From routing.Value
	Edge routing.Value
}

// Lower compiles a property.
func Lower(p *Property) *routing.Gateway {
	b := &builder{
		p: p, common: settings(), pieces: map[string]map[string]routing.TableEntry{}, assigned: map[string]bool{}, declares: map[string]bool{}, opaques: map[string][]routing.Arm{},
		origins: map[string]func() []routing.Step{},
		g: &routing.Gateway{
			Kind: "akamai", Name: p.Name, Span: p.Span, Problems: slices.Clone(p.Problems),
			Pools: map[string]*routing.Pool{}, Blocks: map[string][]routing.Step{},
		},
	}
	if p.Format != "" {
		b.g.Version = "rule format " + p.Format
	}
	b.gather(p.Rules)
	for _, i := range p.Includes {
		b.gather(i.Rules)
	}
	steps := append(append(b.defaults(), b.refusals()...), b.tree()...)
	b.g.Blocks[rulesBlock] = append(steps, b.finish()...)
	b.g.Deferred = &routing.Deferred{Block: b.deferred}
	b.listen()
	return b.g
}

// rulesBlock is the block in which every request is decided.
const rulesBlock = "rules"

// builder compiles one property.
type builder struct {
	p *Property
	g *routing.Gateway
	// common are the settings that are the same for every origin.
	common routing.Settings
	// pieces are what behaviors make of a request at its end, by the variable that says which of them is in force.
	pieces    map[string]map[string]routing.TableEntry
	origins   map[string]func() []routing.Step // what compiles a block when it is asked for, once
	assigned  map[string]bool                  // variables that some behavior sets
	declares  map[string]bool                  // variables of the property
	balanced  []behavior                       // data centers of Edge Load Balancing
	hosts     []Hostname                       // that criteria name
	late      [phases][]routing.Arm            // changes to headers, in groups
	opaques   map[string][]routing.Arm         // what behaviors do that are not modeled, by their names
	unmodeled []string                         // those names, in the order met
	denials   []string                         // variables, one for each reason for which requests are denied
	blocks    int
	included  bool // inside of an include
}

func (b *builder) problem(kind routing.ProblemKind, at routing.Span, message, fix string) {
	const enough = 100
	p := routing.Problem{Kind: kind, Span: at, Message: message, Fix: fix}
	if len(b.g.Problems) < enough && !slices.Contains(b.g.Problems, p) {
		b.g.Problems = append(b.g.Problems, p)
	}
}
