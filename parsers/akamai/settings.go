package akamai

import (
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Variables that hold the settings of the way to the origin, by the behavior that sets them.
const (
	upgrades  = ":webSockets"
	reads     = ":readTimeout"
	firstByte = ":firstByteTimeout"
	connects  = ":timeout"
	caches    = ":caching"
	cachesPut = ":cachePost"
	buffers   = ":optimizeTextStreaming"
	zips      = ":gzipResponse"
	statuses  = ":responseCode"
	// cacheability is the caching behavior in the words of the criterion of that name.
	cacheability = ":cacheability"
)

// settings read what behaviors set.
func settings() routing.Settings {
	return routing.Settings{
		routing.Protocol:       routing.Lit{Value: routing.DefaultOf("HTTP/1.1", product)},
		routing.Upgrade:        read(upgrades),
		routing.ReadTimeout:    read(reads),
		routing.FirstByte:      read(firstByte),
		routing.ConnectTimeout: read(connects),
		routing.Buffering:      buffering(),
		routing.AnswerStatus:   read(statuses),
		routing.Cache: routing.Choose{Arms: []routing.ChooseArm{
			{When: routing.Equal{Of: routing.ReadOriginal(routing.InMethod, ""), To: routing.Text("GET")}, To: read(caches)},
			{When: routing.Equal{Of: read(caches), To: routing.Text("true")}, To: read(cachesPut)},
		}},
	}
}

// defaults are in force where no behavior applies.
func (b *builder) defaults() []routing.Step {
	root := placeOf(b.p.Rules)
	open := func(name, why string) routing.Step { return set(name, routing.UnknownOf(why, root)) }
	steps := []routing.Step{
		&routing.Set{What: variable(scheme), To: routing.ReadOriginal(routing.InScheme, "")},
		&routing.Set{What: variable(query), To: routing.Read(routing.InQuery, "")},
		set(upgrades, routing.DefaultOf("never", product)),
		open(reads, "no readTimeout applies; how long the network waits by itself is not documented"),
		open(firstByte, "no readTimeout applies; how long the network waits by itself is not documented"),
		open(caches, "no caching behavior applies; what is cached then depends on the product and the contract"),
		open(cacheability, "no caching behavior applies; what is cached then depends on the product and the contract"),
		set(cachesPut, routing.DefaultOf("false", product)),
		set(zips, routing.DefaultOf("ORIGIN_RESPONSE", product)),
		set(statuses, routing.DefaultOf("", product)),
		open(buffers, "by default Akamai buffers answers; whether events pass as they come is documented for the behavior optimizeTextStreaming only"),
	}
	return append(steps, b.declared()...)
}

// webSockets relays handshakes where it is enabled ("webSockets"). For how long a quiet connection stays open is not documented.
func (b *builder) webSockets(o behavior) []routing.Step {
	switch on := o.enabled(); {
	case on.IsUnknown():
		return []routing.Step{set(upgrades, on)}
	case isOn(on):
		return []routing.Step{set(upgrades, on.Became("native"))}
	default:
		return []routing.Step{set(upgrades, on.Became("never"))}
	}
}

// readTimeout is one time-out for each read, and another for the first byte, which older rule formats do not have ("readTimeout").
func (b *builder) readTimeout(o behavior) []routing.Step {
	each := duration(o.option("value")).Or(routing.UnknownOf("readTimeout has no value", o.at()))
	first := duration(o.option("firstByteTimeout"))
	switch {
	case first.IsSet():
	case isVersion(b.p.Format):
		first = defaultOf(o.name, "firstByteTimeout", b.p.Format).Or(each)
	default:
		first = routing.UnknownOf("firstByteTimeout is not set, and its default depends on the version of the rule format, which is not stated", o.at())
	}
	return []routing.Step{set(reads, each), set(firstByte, first)}
}

// connectTimeout is the behavior "timeout".
func (b *builder) connectTimeout(o behavior) []routing.Step {
	return []routing.Step{set(connects, duration(o.option("value")))}
}

// caching: NO_STORE and BYPASS_CACHE keep nothing, MAX_AGE keeps whatever comes, the others do as the origin's headers say: the service answers
// polls with no-store and an Expires that has passed.
func (b *builder) caching(o behavior) []routing.Step {
	v := text(o.option("behavior")).Or(routing.UnknownOf("caching does not say which behavior it has", o.at()))
	state := v
	switch v.Text() {
	case "NO_STORE", "BYPASS_CACHE":
		v = v.Became("false")
	case "MAX_AGE":
		v = v.Became("true")
	case "CACHE_CONTROL", "CACHE_CONTROL_AND_EXPIRES", "EXPIRES":
		v = b.honored(o, v)
	default:
		if !v.IsUnknown() {
			v = unknownAs(o.option("behavior"), "what the caching behavior "+v.Text()+" does is not known")
		}
	}
	if v.Text() != "false" && !state.IsUnknown() {
		state = state.Became("CACHEABLE")
	}
	return []routing.Step{set(caches, v), set(cacheability, state)}
}

func (b *builder) honored(o behavior, v routing.Value) routing.Value {
	enhanced := flag(o.option("enhancedRfcSupport"))
	if v.Text() != "EXPIRES" && (!enhanced.IsSet() || isOff(enhanced) || isOn(flag(o.option("honorNoStore")))) {
		return v.Became("false")
	}
	return unknownAs(o.option("behavior"), "whether the answer to a poll is cached with "+v.Text()+" and these options is not documented")
}

// cachePost has answers to POST cached too, where caching is on ("cachePost").
func (b *builder) cachePost(o behavior) []routing.Step {
	return []routing.Step{set(cachesPut, o.enabled())}
}

// stream is optimizeTextStreaming: answers are passed on as they come, without buffering or compression.
func (b *builder) stream(o behavior) []routing.Step {
	on := flag(o.option("enable"))
	if !on.IsSet() {
		on = o.enabled()
	}
	switch {
	case on.IsUnknown():
		return []routing.Step{set(buffers, on)}
	case isOn(on):
		return []routing.Step{set(buffers, on.Became("off"))}
	}
	return []routing.Step{set(buffers, routing.UnknownOf("optimizeTextStreaming is off: whether events pass as they come is not documented then", on.Span))}
}

// buffering is what optimizeTextStreaming says, unless gzipResponse asks for the opposite: which of the two wins is not documented.
func buffering() routing.Expr {
	return routing.Choose{Arms: []routing.ChooseArm{
		{When: routing.Equal{Of: read(zips), To: routing.Text(compressed)}, To: read(zipped)},
		{When: routing.All{}, To: read(buffers)},
	}}
}

// compressed is the value of gzipResponse by which answers are compressed that the origin did not.
const compressed = "ALWAYS"

// zipped is the variable with what gzipResponse leaves open.
const zipped = ":gzipResponse buffering"

// gzip compresses answers on their way, or has the origin decide ("gzipResponse").
func (b *builder) gzip(o behavior) []routing.Step {
	v := text(o.option("behavior")).Or(routing.UnknownOf("gzipResponse does not say which behavior it has", o.at()))
	why := "gzipResponse compresses every answer; whether events pass as they come is not documented then, even where optimizeTextStreaming is on"
	return []routing.Step{set(zips, v), set(zipped, routing.UnknownOf(why, o.place("behavior")))}
}
