package akamai

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// listen makes the two sockets that every property has. Which versions of TLS the edge offers is decided with the certificate.
func (b *builder) listen() {
	secure := flag(b.p.Rules.Get("options").Get("is_secure"))
	names := b.names()
	for _, s := range []struct {
		scheme string
		port   int
	}{{"https", 443}, {"http", 80}} {
		l := &routing.Listener{Name: s.scheme, Address: "*", Port: s.port, TLS: s.scheme == "https", Entry: s.scheme, Span: b.p.Span}
		if l.TLS {
			l.MinTLS = routing.UnknownOf("which versions of TLS clients may speak is decided with the certificate, outside of the property", placeOf(b.p.Rules))
		}
		if l.TLS && isOff(secure) {
			l.MinTLS = routing.UnknownOf("the property is not marked as secure (options.is_secure is false): whether its hostnames are served over HTTPS depends on their certificates", secure.Span)
		}
		for _, h := range names {
			l.Hosts = append(l.Hosts, routing.HostEntry{Host: strings.ToLower(h.From.Text()), Block: rulesBlock, Span: h.From.Span})
		}
		b.g.Blocks[l.Entry] = b.entry()
		b.g.Listeners = append(b.g.Listeners, l)
	}
}

// entry lets in what is for a hostname of the property, where they are known.
func (b *builder) entry() []routing.Step {
	inside := &routing.Jump{To: rulesBlock, Span: b.p.Span}
	if b.p.Hostnames == nil {
		return []routing.Step{inside}
	}
	var arms []routing.Arm
	for _, h := range b.p.Hostnames {
		when := routing.Cond(routing.Given{Value: h.From})
		if h.From.State() == routing.Known {
			when = wildcard(routing.ReadOriginal(routing.InHost, ""), strings.ToLower(h.From.Text()), true)
		}
		arms = append(arms, routing.Arm{When: when, Label: fmt.Sprintf("hostname %.100q", h.From.Text()), Span: h.From.Span, Do: []routing.Step{inside}})
	}
	return []routing.Step{
		&routing.Match{Arms: arms, Span: b.p.Span},
		&routing.Respond{Status: routing.DefaultOf("400", product), Label: "the host is none of the property's hostnames", Span: b.p.Span},
	}
}

// names are those that clients may use: the property's hostnames; where these are not known, the ones that criteria ask for, and the property's
// own name where it looks like one.
func (b *builder) names() []Hostname {
	all := b.p.Hostnames
	if all == nil {
		all = b.hosts
		if looksLikeHost(b.p.Name) && !slices.ContainsFunc(all, func(h Hostname) bool { return strings.EqualFold(h.From.Text(), b.p.Name) }) {
			all = append(slices.Clip(all), Hostname{From: routing.Of(b.p.Name, b.p.Span)})
		}
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(all), func(h Hostname) bool {
		again := seen[strings.ToLower(h.From.Text())]
		seen[strings.ToLower(h.From.Text())] = true
		return again || h.From.State() != routing.Known || h.From.Text() == "" || hasVariables(h.From.Text())
	})
}

func looksLikeHost(name string) bool {
	return strings.Contains(name, ".") && !strings.ContainsAny(name, " /_:*") && net.ParseIP(name) == nil && !strings.HasSuffix(name, ".json")
}
