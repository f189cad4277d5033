package apim

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// api is one API: what stands in its path before its operations, and what it takes.
type api struct {
	azure.Part
	suffix     string // of the gateway's URL, without slashes around it
	kind       string // http, websocket, graphql, …
	operations []*operation
	version    version
	current    bool          // revision
	open       routing.Value // why it is not known what takes the place of a revision that is not current
	span       routing.Span
	block      string
	spec       *yaml.Node // of its operations, once it was read
	specErr    error
}

// version is how requests for a version of an API are told from others.
type version struct {
	name   string
	scheme string // segment, header, query
	key    string // of the header or the query parameter
	open   routing.Value
	span   routing.Span
}

// entry chooses the API. That the longest suffix wins is how Microsoft's own description for SignalR has it ("How to use Azure SignalR Service
// with Azure API Management": client/negotiate/ beside client/); it compares whole segments, and slashes around it do not count.
func (b *builder) entry() []routing.Step {
	var all []*api
	for _, p := range b.parts["apis"] {
		if a := b.api(p); a != nil {
			all = append(all, a)
		}
		if a := b.outdated(p); a != nil {
			all = append(all, a)
		}
	}
	b.onePath(all)
	slices.SortStableFunc(all, func(x, y *api) int {
		return cmp.Or(cmp.Compare(segments(y), segments(x)), cmp.Compare(len(y.suffix), len(x.suffix)), cmp.Compare(y.version.rank(), x.version.rank()))
	})
	for i, a := range all {
		a.block = fmt.Sprintf("api %d %.100s", i, a.Own())
		b.g.Blocks[a.block] = b.apiSteps(a)
	}
	var steps []routing.Step
	off := azure.Flag(b.r.Get("disableGateway"))
	if b.beside != nil { // that is the service's own
		off = routing.Value{}
	}
	switch refused := refuse("the gateway is turned off (disableGateway)", off.Span); {
	case off.IsUnknown():
		steps = append(steps, maybe(off, "the gateway is turned off", refused))
	case off.Text() == "true":
		steps = append(steps, refused)
	}
	return append(append(steps, b.longQueries()...), b.chosen(all)...)
}

// maxQuery bounds queries in the tiers Consumption and v2 ("Azure subscription and service limits": gateway runtime limits of API Management).
const maxQuery = 2048

// longQueries turns requests away whose query is longer than the tier takes. The classic tiers have no such limit.
func (b *builder) longQueries() []routing.Step {
	if b.beside != nil || !b.isConsumption() && !b.isV2() {
		return nil
	}
	label := fmt.Sprintf("the query is longer than the %d bytes that the tier %s takes", maxQuery, b.tier.Text())
	refused := &routing.Respond{Status: routing.UnknownOf("which status it is, is not documented", b.tier.Span), Label: label, Reason: routing.TooLong, Span: b.tier.Span}
	return []routing.Step{&routing.Match{Span: b.tier.Span, Arms: []routing.Arm{
		{When: routing.Longer{Of: routing.ReadOriginal(routing.InQuery, ""), Max: maxQuery}, Label: label, Span: b.tier.Span, Do: []routing.Step{refused}},
	}}}
}

// chosen are the steps that choose among the APIs. What their suffixes begin with is looked up: of many APIs few have the same.
func (b *builder) chosen(all []*api) []routing.Step {
	begins := map[string][]*api{}
	var anywhere []*api // those that may take any path
	for _, a := range all {
		if first := a.firstSegment(); first != "" {
			begins[first] = append(begins[first], a)
		} else {
			anywhere = append(anywhere, a)
		}
	}
	table := &routing.Table{Key: firstSegment, Fold: true, Span: b.g.Span, To: map[string]routing.TableEntry{}}
	for first, some := range begins {
		block := "apis at " + first
		b.g.Blocks[block] = b.among(append(some, anywhere...))
		table.To[first] = routing.TableEntry{Block: block}
	}
	return append([]routing.Step{table}, b.among(anywhere)...)
}

// among chooses the first of some APIs that takes the request.
func (b *builder) among(list []*api) []routing.Step {
	var arms []routing.Arm
	for _, a := range list {
		arms = append(arms, routing.Arm{
			When: a.when(), Label: fmt.Sprintf("API %.100s at /%.200s", a.Own(), a.suffix), Span: a.span, Do: []routing.Step{&routing.Jump{To: a.block, Span: a.span}},
		})
	}
	steps := append([]routing.Step{&routing.Match{Arms: arms, Span: b.g.Span}}, withoutVersion(list)...)
	return append(steps, notFound("no API has this path", b.g.Span))
}

// firstSegment is that of a path.
var firstSegment = routing.Call{Name: "first segment", Args: []routing.Expr{routing.Read(routing.InPath, "")}, Fn: func(args ...string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(args[0], "/"), "/")
	return first
}}

// firstSegment is what the path of every request for the API begins with; empty where that may be anything. A version in the path may be left out,
// which is told.
func (a *api) firstSegment() string {
	first, rest, _ := strings.Cut(a.suffix, "/")
	if a.Get("path").Kind() == jsontree.Unknown || rest == "" && a.version.scheme == "segment" {
		return ""
	}
	return strings.ToLower(first)
}

// withoutVersion tells of requests that would be for an API if they named its version what kind of API that is.
func withoutVersion(all []*api) []routing.Step {
	var arms []routing.Arm
	for _, a := range all {
		if a.version.name == "" {
			continue
		}
		suffix := a.suffix
		if a.version.scheme == "segment" {
			suffix = strings.TrimSuffix(strings.TrimSuffix(suffix, a.version.name), "/")
		}
		serves := map[string]string{"http": routing.OnlyRequests, "websocket": routing.OnlySockets}[a.kind]
		if serves == "" {
			continue
		}
		label := fmt.Sprintf("version %.50s of API %.100s is not asked for", a.version.name, a.Own())
		arms = append(arms, routing.Arm{When: below(suffix), Label: label, Span: a.version.span, Do: []routing.Step{
			&routing.Serve{What: serves, Span: a.span}, notFound(label, a.version.span),
		}})
	}
	if len(arms) == 0 {
		return nil
	}
	return []routing.Step{&routing.Match{Arms: arms}}
}

// below is the condition that the path is a suffix, or goes on behind it.
func below(suffix string) routing.Cond {
	if suffix == "" {
		return routing.Always{}
	}
	path := routing.Read(routing.InPath, "")
	return routing.Any{
		routing.Equal{Of: path, To: routing.Text("/" + suffix), Fold: true}, routing.Prefix{Of: path, Want: "/" + suffix + "/", Fold: true},
	}
}

func segments(a *api) int {
	if a.suffix == "" {
		return 0
	}
	return 1 + strings.Count(a.suffix, "/")
}

// rank puts versions that ask for something before the API that takes the rest.
func (v version) rank() int {
	if v.name == "" {
		return 0
	}
	return 1
}

func notFound(label string, at routing.Span) routing.Step {
	return &routing.Respond{Status: routing.DefaultOf("404", product), Label: label, Span: at}
}

// refuse answers with a status that is not documented.
func refuse(label string, at routing.Span) routing.Step {
	return &routing.Respond{Status: routing.UnknownOf("which status it is, is not documented", at), Label: label, Span: at}
}

// api reads one API; nil for a revision that requests reach only by its number.
func (b *builder) api(p azure.Part) *api {
	a := &api{Part: p, span: place(p.Object), suffix: strings.Trim(p.Get("path").Text(), "/")}
	a.current = b.isCurrent(p)
	if !a.current {
		_, number, _ := strings.Cut(p.Own(), ";rev=")
		if number == "" {
			return nil
		}
		a.suffix += ";rev=" + number
		if strings.Contains(p.Get("serviceUrl").Text(), "signalr") {
			b.g.Notes = append(b.g.Notes, routing.Note{Span: a.span, Text: "this revision of API " + p.Own() + " is not current: clients reach it only with ;rev=" + number + " in the path, so that what is set right here helps nobody else"})
		}
	}
	a.kind = strings.ToLower(cmp.Or(inner(p, "type").Text(), p.Get("apiType").Text(), "http"))
	a.version = b.version(p)
	if a.version.scheme == "segment" && a.version.name != "" {
		a.suffix = strings.Trim(a.suffix+"/"+a.version.name, "/")
	}
	a.operations = b.operations(a)
	return a
}

// outdated stands for the current revision of an API of which only another one was read; nil where the current one was, too.
func (b *builder) outdated(p azure.Part) *api {
	siblings := b.revisionsOf(p)
	if slices.ContainsFunc(siblings, b.isCurrent) || siblings[0].Node != p.Node {
		return nil
	}
	a := &api{Part: p, span: p.Get("isCurrent").Span(), suffix: strings.Trim(p.Get("path").Text(), "/")}
	if a.span.IsZero() {
		a.span = place(p.Object)
	}
	a.open = routing.UnknownOf("what was read of API "+p.Own()+" is not its current revision, which is the one that clients reach", a.span)
	return a
}

// inner is a property of a name that a resource has for itself too: its type, and the version of the interface that it is written for. Where
// properties lie beside the name, what belongs to the resource is told by its form.
func inner(p azure.Part, name string) *jsontree.Node {
	if properties := p.Node.Get("properties"); properties != nil {
		return properties.Get(name)
	}
	if n := p.Node.Get(name); p.Form == azure.CLI && !strings.Contains(n.Text(), "/") {
		return n
	}
	return nil
}

// isCurrent: clients reach the current revision of an API unless they name another one ("Revisions in Azure API Management"). A release makes a
// revision current.
func (b *builder) isCurrent(p azure.Part) bool {
	base, _, numbered := strings.Cut(p.Own(), ";rev=")
	for _, release := range b.parts["apis/releases"] {
		of := azure.LastSegment(release.Get("apiId").Text())
		if released, n, _ := strings.Cut(of, ";rev="); strings.EqualFold(released, base) {
			return strings.EqualFold(of, p.Own()) || n != "" && n == p.Get("apiRevision").Text()
		}
	}
	if current := azure.Flag(p.Get("isCurrent")); current.State() == routing.Known {
		return current.Text() == "true"
	}
	if !numbered {
		return true
	}
	return !slices.ContainsFunc(b.revisionsOf(p), func(other azure.Part) bool { return other.Own() != p.Own() }) // the only one that there is
}

// revisionsOf are the revisions of an API that were read.
func (b *builder) revisionsOf(p azure.Part) []azure.Part {
	if b.revisions == nil {
		b.revisions = map[string][]azure.Part{}
		for _, a := range b.parts["apis"] {
			b.revisions[baseName(a.Own())] = append(b.revisions[baseName(a.Own())], a)
		}
	}
	return b.revisions[baseName(p.Own())]
}

// has reports whether a part belongs to the API. The current revision goes by the API's plain name too.
func (a *api) has(p azure.Part) bool {
	if len(p.Names) == 0 || strings.EqualFold(p.Names[0], a.Own()) {
		return true
	}
	own, number, _ := strings.Cut(a.Own(), ";rev=")
	base, of, _ := strings.Cut(p.Names[0], ";rev=")
	revision := cmp.Or(a.Get("apiRevision").Text(), number, "1")
	return a.current && strings.EqualFold(own, base) && (of == "" || of == revision)
}

// version reads how a version is asked for ("Versions in Azure API Management").
func (b *builder) version(p azure.Part) version {
	named := inner(p, "apiVersion")
	if v := azure.Text(named); v.IsUnknown() {
		return version{open: v}
	}
	v := version{name: named.Text(), span: named.Span()}
	set := p.Child("apiVersionSet")
	if id := p.Get("apiVersionSetId"); id.Kind() == jsontree.String && id.Text() != "" {
		if found, ok := b.find("apiversionsets", id.Text()); ok {
			set = found.Object
		}
	} else if id.Kind() == jsontree.Unknown && v.name != "" {
		v.open = azure.Text(id)
	}
	scheme := azure.Filled(set.Get("versioningScheme"))
	v.scheme = strings.ToLower(scheme.Text())
	switch v.scheme {
	case "header":
		v.key = set.Get("versionHeaderName").Text()
	case "query":
		v.key = set.Get("versionQueryName").Text()
	}
	if v.name != "" && scheme.State() != routing.Known && !v.open.IsUnknown() {
		v.open = routing.UnknownOf("by what version "+v.name+" is asked for stands in a version set that was not read", named.Span())
	}
	return v
}

// when is the condition that a request is for this API.
func (a *api) when() routing.Cond {
	if n := a.Get("path"); n.Kind() == jsontree.Unknown {
		return routing.Given{Value: azure.Text(n)}
	}
	cond := routing.All{below(a.suffix)}
	switch {
	case a.version.open.IsUnknown():
		cond = append(cond, routing.Given{Value: a.version.open})
	case a.version.name == "":
	case a.version.scheme == "header":
		cond = append(cond, routing.Equal{Of: routing.Read(routing.InHeader, a.version.key), To: routing.Text(a.version.name), Fold: true})
	case a.version.scheme == "query":
		cond = append(cond, routing.Equal{Of: routing.Read(routing.InArgument, a.version.key), To: routing.Text(a.version.name), Fold: true})
	}
	return cond
}

// apiSteps are what an API does with a request.
func (b *builder) apiSteps(a *api) []routing.Step {
	if a.open.IsUnknown() {
		return []routing.Step{&routing.Ignore{Route: true, Text: a.open.Why(), Span: a.open.Span}, &routing.Opaque{Why: a.open.Why(), Span: a.open.Span}}
	}
	steps := []routing.Step{&routing.Set{What: restOfPath, To: a.rest()}} // no line of its own decides this
	if serves := a.serves(); serves != nil {
		steps = append(steps, serves)
	}
	steps = append(steps, a.schemes()...)
	switch a.kind {
	case "http", "soap":
		return append(steps, b.httpAPI(a)...)
	case "websocket":
		return append(steps, b.socketAPI(a)...)
	}
	steps = append(steps, b.service(a)...) // where it would lead is known all the same
	return append(steps, &routing.Opaque{Why: "what an API of type " + a.kind + " does is not modeled", Span: a.span})
}

// schemes turns requests away whose scheme the API does not take: ws and wss are those of WebSocket over http and https.
func (a *api) schemes() []routing.Step {
	n := a.Get("protocols")
	if n.Kind() == jsontree.Unknown {
		return []routing.Step{maybe(azure.Text(n), "scheme not taken", notFound("the API does not take this scheme", n.Span()))}
	}
	var takes routing.Any
	for p := range n.All() {
		scheme, ok := map[string]string{"http": "http", "ws": "http", "https": "https", "wss": "https"}[strings.ToLower(p.Text())]
		if !ok {
			takes = append(takes, routing.Given{Value: azure.Text(p).Or(routing.UnknownOf("no protocol is called "+p.Text(), p.Span()))})
			continue
		}
		takes = append(takes, routing.Equal{Of: routing.ReadOriginal(routing.InScheme, ""), To: routing.Text(scheme)})
	}
	if len(takes) == 0 { // "protocols": https where nothing is given
		takes = append(takes, routing.Equal{Of: routing.ReadOriginal(routing.InScheme, ""), To: routing.Text("https")})
	}
	at := n.Span()
	if at.IsZero() {
		at = a.span
	}
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{
		{When: takes}, {When: routing.Always{}, Label: "scheme not among the API's protocols", Span: at, Do: []routing.Step{notFound("the API does not take this scheme", at)}},
	}}}
}

// decided is a step that its own line decides about, and not the choice before it.
func decided(label string, do routing.Step) routing.Step {
	return &routing.Match{Span: do.At(), Arms: []routing.Arm{{When: routing.Always{}, Label: label, Span: do.At(), Do: []routing.Step{do}}}}
}

// maybe is a step that something unknown decides about.
func maybe(v routing.Value, label string, do ...routing.Step) routing.Step {
	return &routing.Match{Span: v.Span, Arms: []routing.Arm{{When: routing.Given{Value: v}, Label: label, Span: v.Span, Do: do}}}
}

// rest is the path behind the suffix, as it was sent.
func (a *api) rest() routing.Expr {
	length := 0
	if a.suffix != "" {
		length = len(a.suffix) + 1
	}
	cut := func(args ...string) string { return args[0][min(length, len(args[0])):] }
	return routing.Call{Name: "path behind the suffix", Fn: cut, Args: []routing.Expr{routing.Read(routing.InPath, "")}}
}

// socketAPI takes WebSocket handshakes, and nothing else ("Import a WebSocket API").
func (b *builder) socketAPI(a *api) []routing.Step {
	upgrade := routing.Equal{Of: routing.Read(routing.InHeader, "Upgrade"), To: routing.Text("websocket"), Fold: true}
	handshake := routing.All{routing.Equal{Of: routing.Read(routing.InMethod, ""), To: routing.Text("GET")}, upgrade}
	deeper := routing.UnknownOf("whether a WebSocket API takes paths below its own is not documented", a.span)
	steps := []routing.Step{
		&routing.Match{Span: a.span, Arms: []routing.Arm{
			{When: handshake},
			{When: routing.Always{}, Label: "no handshake", Span: a.span, Do: []routing.Step{refuse("a WebSocket API takes nothing but handshakes", a.span)}},
		}},
	}
	switch refused := refuse("the tier Consumption has no WebSocket APIs", b.tier.Span); {
	case b.isConsumption():
		return append(steps, decided("tier Consumption", refused))
	case b.tier.IsUnknown():
		steps = append(steps, maybe(b.tier, "the tier is Consumption", refused))
	}
	deeperPath := routing.All{routing.Not{Cond: routing.Equal{Of: routing.Part{Of: restOfPath}, To: routing.Text("")}}, routing.Not{Cond: routing.Equal{Of: routing.Part{Of: restOfPath}, To: routing.Text("/")}}}
	steps = append(steps, &routing.Match{Span: a.span, Arms: []routing.Arm{{When: deeperPath, Do: []routing.Step{
		&routing.Match{Span: a.span, Arms: []routing.Arm{
			{When: routing.Given{Value: deeper}, Label: "path below a WebSocket API", Span: a.span},
			{When: routing.Always{}, Do: []routing.Step{notFound("the WebSocket API does not take this path", a.span)}},
		}},
	}}}})
	return append(steps, b.operate(a, a.handshake())...)
}

// handshake is the one operation of a WebSocket API, whose policies may be written down.
func (a *api) handshake() *operation {
	for _, o := range a.operations {
		if strings.EqualFold(o.name, "onHandshake") {
			return o
		}
	}
	return &operation{name: "onHandshake", span: a.span}
}

// httpAPI chooses the operation. None is status 404 ("Add an API manually").
func (b *builder) httpAPI(a *api) []routing.Step {
	why := b.unreadOperations(a)
	if why.IsUnknown() && len(a.operations) == 0 { // where it would lead is known all the same
		return append(b.service(a), &routing.Opaque{Why: why.Why(), Span: why.Span})
	}
	var steps []routing.Step
	var arms []routing.Arm
	for _, o := range a.operations {
		arms = append(arms, routing.Arm{When: o.when(a), Label: "operation " + o.String(), Span: o.span, Do: append(o.keepParameters(), b.operate(a, o)...)})
	}
	steps = append(steps, &routing.Match{Arms: arms, Span: a.span})
	steps = append(steps, b.preflights(a)...)
	if why.IsUnknown() {
		return append(steps, &routing.Opaque{Why: why.Why(), Span: why.Span})
	}
	return append(steps, notFound("no operation of API "+a.Own()+" takes this method and path", a.span))
}

// serves says what is served at all: by a WebSocket API handshakes; by an HTTP API, at paths that have an operation beside a preflight's, requests,
// and no upgrade is relayed there.
func (a *api) serves() routing.Step {
	if a.kind == "websocket" {
		return &routing.Serve{What: routing.OnlySockets, Span: a.span}
	}
	if a.kind != "http" && a.kind != "soap" { // GraphQL has subscriptions by WebSocket
		return nil
	}
	var served routing.Any
	for _, o := range a.operations {
		if !strings.EqualFold(o.method, "OPTIONS") {
			served = append(served, o.pathMatches(a))
		}
	}
	if len(served) == 0 {
		return nil
	}
	return &routing.Match{Span: a.span, Arms: []routing.Arm{{When: served, Do: []routing.Step{&routing.Serve{What: routing.OnlyRequests, Span: a.span}}}}}
}

// templated are the parts of a URL template that stand for any text.
var templated = regexp.MustCompile(`\{([^{}]*)\}|\*`)
