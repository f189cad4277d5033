package routing

import (
	"slices"
	"strings"
)

// opening is what the path that a client asked for must begin with for an arm of a Match to hold: one of several texts, as far as a word holds
// them. Programs with thousands of rules pass over most of them by it, without a look at their conditions. The zero opening says nothing.
type opening struct {
	starts [3]start
	count  int
}

// start is a text of up to eight bytes, in lower case, and which bits of it are meant.
type start struct{ bytes, mask uint64 }

// startOf is the beginning of a text, up to the first byte beyond ASCII, which has letters of several lengths that are equal but for their case.
func startOf(s string) start {
	var out start
	for i := 0; i < len(s) && i < 8 && s[i] < 0x80; i++ {
		out.bytes |= uint64(lowered(s[i])) << (8 * i)
		out.mask |= 0xff << (8 * i)
	}
	return out
}

func lowered(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		b |= 0x20
	}
	return b
}

// Hastened is the match, with a note of what a path must begin with for one of its arms to hold.
func (m *Match) Hastened() *Match {
	var all []start
	for _, arm := range m.Arms {
		starts, ok := startsOf(arm.When)
		if !ok || captures(arm.When) {
			return m
		}
		all = append(all, starts...)
	}
	if len(all) <= len(m.opening.starts) {
		m.opening.count = copy(m.opening.starts[:], all)
	}
	return m
}

// startsOf are the texts with one of which a path begins that a condition holds for; ok is false where it may hold for others.
func startsOf(c Cond) (starts []start, ok bool) {
	switch c := c.(type) {
	case Prefix:
		return []start{startOf(c.Want)}, isClientPath(c.Of)
	case Equal:
		to, known := c.To.(Lit)
		return []start{startOf(to.Text())}, known && !to.IsUnknown() && isClientPath(c.Of)
	case All:
		for _, x := range c {
			if starts, ok := startsOf(x); ok {
				return starts, true
			}
		}
	case Any:
		for _, x := range c {
			more, ok := startsOf(x)
			if !ok {
				return nil, false
			}
			starts = append(starts, more...)
		}
		return starts, len(c) > 0
	}
	return nil, false
}

func isClientPath(e Expr) bool {
	p, ok := e.(Part)
	return ok && p.Original && p.Of.Kind == InPath
}

// captures reports whether asking the condition changes what can be read as InCapture.
func captures(c Cond) bool {
	switch c := c.(type) {
	case Matches:
		return true
	case All:
		return slices.ContainsFunc(c, captures)
	case Any:
		return slices.ContainsFunc(c, captures)
	case Not:
		return captures(c.Cond)
	}
	return false
}

// excludes reports whether no arm can hold for a path with that beginning.
func (o *opening) excludes(path start) bool {
	if o.count == 0 || path.mask == 0 {
		return false
	}
	for _, s := range o.starts[:o.count] {
		if path.bytes&s.mask == s.bytes {
			return false
		}
	}
	return true
}

// beginningOf is what openings are compared with; the zero start where that is not to be done by bytes.
func beginningOf(path string) start {
	if strings.IndexFunc(path, func(r rune) bool { return r >= 0x80 }) >= 0 {
		return start{}
	}
	return start{bytes: startOf(path).bytes, mask: ^uint64(0)}
}
