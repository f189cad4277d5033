package nginx

import (
	"path"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// lowering turns a configuration into a gateway as one version of NGINX would run it.
type lowering struct {
	*config
	g          *routing.Gateway
	release    release
	regexes    regexes
	mapping    map[Directive]routing.Expr // variables of map, geo and split_clients blocks
	thrown     map[Directive][]*toss      // what they need
	tosses     []*toss                    // that the server at hand needs so far
	plainLog   []routing.Step
	notes      map[Directive][]routing.Note
	static     map[string]bool  // host names and ports that some proxy_pass without variables names
	turns      map[release]bool // releases that change something which was used
	complained map[complaint]bool
	// bounded are the bounds of upstream blocks on connections, by the names of the blocks; few is a directive that bounds those of a worker.
	bounded  map[string]routing.Count
	few      Directive
	steps    int
	shortest int // the least number of bytes that some line is compared with; 0 for none
	// ofConnections is set for stream{}, where there are no requests and variables are others.
	ofConnections bool
	blocks        map[string][]routing.Step // where blocks are put: those of listeners, or of the server at hand
	shared
}

// shared is what levels of one server have in common.
type shared struct {
	sent       map[Directive][]routing.Step // proxy_set_header lines, by the first of them
	formatted  map[Directive]logLine        // log lines by access_log
	longBodies map[Directive]longBody       // by client_max_body_size
}

func newShared() shared {
	return shared{map[Directive][]routing.Step{}, map[Directive]logLine{}, map[Directive]longBody{}}
}

// maxLowered bounds the steps and arms of all programs: inherited lists multiply with the levels that inherit them.
const maxLowered = 4_000_000

// spend counts steps; spent reports whether there were too many.
func (w *lowering) spend(n int) { w.steps += n }
func (w *lowering) spent() bool { return w.steps > maxLowered }

// tooLarge stands for all that is not lowered because of maxLowered.
func (w *lowering) tooLarge(d Directive) []routing.Arm {
	const why = "the configuration unfolds to more than asrscheck reads"
	w.g.Problems = slices.DeleteFunc(w.g.Problems, func(p routing.Problem) bool { return p.Message == why })
	w.g.Problems = append(w.g.Problems, routing.Problem{Span: d.Span(), Message: why, Kind: routing.NotWhole})
	return []routing.Arm{{When: routing.Always{}, Do: []routing.Step{&routing.Opaque{Why: why, Span: d.Span()}}, Span: d.Span()}}
}

type complaint struct {
	at      routing.Span
	message string
}

// Lower turns a configuration into a gateway. version is what nginx -v prints ("1.26.3"); where it is empty and makes a difference,
// the gateway is the one of the stable branch, and the others are its variants.
func Lower(tree *Tree, version string) (*routing.Gateway, error) {
	c := collect(tree)
	if version != "" {
		r, err := parseRelease(version)
		if err != nil {
			return nil, err
		}
		c.check(&r)
		g, _ := c.lower(era{title: "NGINX " + r.String(), release: r})
		return g, nil
	}
	c.check(nil)
	g, turns := c.lower(eras[0])
	for _, e := range eras[1:] {
		if e.differs(turns) {
			variant, _ := c.lower(e)
			g.Variants = append(g.Variants, variant)
		}
	}
	if len(g.Variants) == 0 {
		g.Version = ""
	}
	return g, nil
}

// differs reports whether one of the turns lies between an era and the one beside it.
func (e era) differs(turns map[release]bool) bool {
	for turn := range turns {
		if e.release.before(turn) != e.beside.before(turn) {
			return true
		}
	}
	return false
}

// lower makes the gateway of one version, and tells which releases change something that was used.
func (c *config) lower(e era) (*routing.Gateway, map[release]bool) {
	main := c.tree.Main
	w := &lowering{
		config: c, release: e.release, regexes: regexes{}, mapping: map[Directive]routing.Expr{}, thrown: map[Directive][]*toss{},
		bounded: map[string]routing.Count{}, complained: map[complaint]bool{}, turns: map[release]bool{}, shared: newShared(),
		g: &routing.Gateway{
			Kind: "nginx", Name: path.Base(main.Name), Version: e.title, Pools: map[string]*routing.Pool{}, Blocks: map[string][]routing.Step{},
			Span: main.span(0, 0), LogsKnown: true, LimitsKnown: true, Problems: slices.Clone(c.problems),
		},
	}
	for _, p := range c.problems {
		w.complained[complaint{p.Span, p.Message}] = true
	}
	w.few = w.fewConnections()
	w.pools()
	w.static = w.staticNames()
	w.blocks = w.g.Blocks
	w.listeners()
	w.deferServers()
	w.blocks = w.g.Blocks
	w.streamListeners()
	g := w.g
	w.g = &routing.Gateway{Pools: g.Pools} // what is lowered again complains to nobody
	return g, w.turns
}

// since reports whether a release or a later one is lowered for, and notes that it matters.
func (w *lowering) since(turn release) bool {
	w.turns[turn] = true
	return !w.release.before(turn)
}

// refuse reports what nginx -t would not accept, in its words. What it would say of a place that is filled in later nobody knows.
func (w *lowering) refuse(d Directive, message string) {
	if w.filled(d) != "" {
		return
	}
	w.complain(routing.Problem{Span: d.Span(), Message: message, Kind: routing.Refused})
}

// doubt reports what cannot be judged for want of something that was not given.
func (w *lowering) doubt(d Directive, message, fix string) {
	w.complain(routing.Problem{Span: d.Span(), Message: message, Fix: fix, Kind: routing.NotWhole})
}

// complain keeps a problem once.
func (w *lowering) complain(p routing.Problem) {
	c := complaint{p.Span, p.Message}
	if !w.complained[c] && len(w.g.Problems) < 2*maxProblems {
		w.complained[c] = true
		w.g.Problems = append(w.g.Problems, p)
	}
}
