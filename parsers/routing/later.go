package routing

import "sync"

// made is how a gateway comes to be when it is asked for.
type made struct {
	build   func() *Gateway
	sockets []socketName
}

// socketName is one name, with the port, by which a listener is reached.
type socketName struct {
	key      string
	listener int // among those of the gateway
	private  bool
}

// Later is a gateway that is made each time it is asked for, because the program of each of thousands would be too much to hold. It has
// the kind, the name and the place of look, which is let go; Open makes the rest. Its Problems and Notes are added to what is made, and
// build is called from several goroutines at once.
func Later(look *Gateway, build func(*Gateway) *Gateway) *Gateway {
	g := &Gateway{Kind: look.Kind, Name: look.Name, Version: look.Version, Span: look.Span}
	g.made = &made{build: func() *Gateway { return build(g) }}
	g.LooksLike(look)
	return g
}

// LooksLike takes up the names by which a gateway that is made later is reached, when more is known of them.
func (g *Gateway) LooksLike(look *Gateway) { g.made.sockets = socketsOf(look) }

// IsLater reports whether the gateway has to be opened first.
func (g *Gateway) IsLater() bool { return g.made != nil }

// Open is the whole gateway: itself, unless it is made when it is asked for. Who opened it is the only one to hold it.
func (g *Gateway) Open() *Gateway {
	if g.made == nil {
		return g
	}
	whole := g.made.build()
	whole.neighbors = g.neighbors
	return whole
}

// opened are the gateways to which requests went on last, so that not every request makes them again.
type opened struct {
	lock sync.Mutex
	last [4]struct{ of, whole *Gateway }
	next int
}

func (o *opened) open(g *Gateway) *Gateway {
	if g.made == nil {
		return g
	}
	o.lock.Lock()
	defer o.lock.Unlock()
	for _, known := range o.last {
		if known.of == g {
			return known.whole
		}
	}
	known := &o.last[o.next]
	o.next = (o.next + 1) % len(o.last)
	known.of, known.whole = g, g.Open()
	return known.whole
}
