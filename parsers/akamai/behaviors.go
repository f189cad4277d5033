package akamai

import (
	"fmt"
	"strconv"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// behaviors are those that have a part in what becomes of a request, by name.
var behaviors map[string]func(*builder, behavior) []routing.Step

func init() { //nolint:gochecknoinits // the functions lead back to this table
	behaviors = map[string]func(*builder, behavior) []routing.Step{
		"origin": (*builder).origin, "edgeLoadBalancingOrigin": nothing, "edgeLoadBalancingDataCenter": nothing,
		"allowHTTPSDowngrade": schemeOf("http"), "httpToHttpsUpgrade": (*builder).upgrade, "downgradeProtocol": (*builder).downgrade,

		"allowPost": allow("POST"), "allowPut": allow("PUT"), "allowDelete": allow("DELETE"), "allowOptions": allow("OPTIONS"), "allowPatch": allow("PATCH"),
		"denyAccess": (*builder).deny, "constructResponse": (*builder).construct, "redirect": (*builder).redirect, "redirectplus": (*builder).redirectPlus,
		"httpStrictTransportSecurity": (*builder).hsts, "breakConnection": (*builder).breakConnection, "responseCode": (*builder).responseCode,

		"webSockets": (*builder).webSockets, "readTimeout": (*builder).readTimeout, "timeout": (*builder).connectTimeout,
		"caching": (*builder).caching, "cachePost": (*builder).cachePost, "optimizeTextStreaming": (*builder).stream, "gzipResponse": (*builder).gzip,

		"rewriteUrl": (*builder).rewriteURL, "baseDirectory": (*builder).baseDirectory, "removeQueryParameter": (*builder).removeQueryParameter,
		"modifyIncomingRequestHeader": requestHeader(incoming), "modifyOutgoingRequestHeader": requestHeader(outgoing),
		"modifyIncomingResponseHeader": responseHeader(incoming), "modifyOutgoingResponseHeader": responseHeader(outgoing),
		"originCharacteristics": (*builder).authentication, "corsSupport": (*builder).cors, "setVariable": (*builder).setVariable, "include": (*builder).include,
		"report": (*builder).report, "logCustom": (*builder).report, "datastream": nothing,
	}
}

func nothing(*builder, behavior) []routing.Step { return nil }

// behavior compiles one behavior. One that is not known may do anything.
func (b *builder) behavior(o behavior) []routing.Step {
	if o.node.Kind() == jsontree.Unknown {
		return []routing.Step{lost("a behavior that was not read", text(o.node))}
	}
	if n := o.node.Get("name"); n.Kind() != jsontree.String {
		return []routing.Step{lost("a behavior", unknownAs(o.node, "a behavior has no name that can be read"))}
	}
	if n := o.node.Get("options"); n.Kind() == jsontree.Unknown && !harmless[o.name] {
		return []routing.Step{lost(o.title(), text(n))}
	}
	if lower, ok := behaviors[o.name]; ok {
		return lower(b, o)
	}
	if harmless[o.name] {
		return nil
	}
	return b.opaque(o)
}

// opaque is a behavior whose doing stands elsewhere, or is not modeled. One that is switched off does nothing.
func (b *builder) opaque(o behavior) []routing.Step {
	on := flag(o.option("enabled"))
	if !on.IsSet() {
		on = flag(o.option("enable"))
	}
	why, known := elsewhere[o.name]
	if !known {
		why = fmt.Sprintf("what the behavior %.60q does is not modeled", o.name)
	}
	if detail := detailOf(o); detail != "" {
		why += " (" + detail + ")"
	}
	undone := lost(o.title(), routing.UnknownOf(why, o.at()))
	if !on.IsSet() || on.IsUnknown() {
		return []routing.Step{undone}
	}
	return []routing.Step{b.switched(o.name, isOn(on), undone, on.Span)}
}

// switched puts what a behavior does in force, or takes it out, until another one of its name says otherwise.
func (b *builder) switched(name string, on bool, do routing.Step, at routing.Span) routing.Step {
	of := ":opaque " + name
	if _, met := b.opaques[name]; !met {
		b.opaques[name], b.unmodeled = nil, append(b.unmodeled, name)
	}
	if !on {
		return set(of, routing.Of("", at))
	}
	b.blocks++
	key := strconv.Itoa(b.blocks)
	b.opaques[name] = append(b.opaques[name], routing.Arm{When: routing.Equal{Of: read(of), To: routing.Text(key)}, Do: []routing.Step{do}})
	return set(of, routing.Of(key, at))
}

// detailOf says which one of several it is.
func detailOf(o behavior) string {
	for _, name := range []string{"description", "edgeWorkerId", "behaviorId", "id"} {
		if v := text(o.option(name)); v.Text() != "" {
			return fmt.Sprintf("%s %.80q", name, v.Text())
		}
	}
	if v := text(o.option("cloudletPolicy").Get("name")); v.Text() != "" {
		return fmt.Sprintf("policy %.80q", v.Text())
	}
	return ""
}
