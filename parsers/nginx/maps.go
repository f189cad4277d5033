package nginx

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// mapped is a variable of a map, geo or split_clients block. Blocks that lead back to themselves are cut: NGINX fails such requests.
func (w *lowering) mapped(name string, block Directive) routing.Expr {
	if x, ok := w.mapping[block]; ok {
		if x == nil {
			return unknown("$"+name+" depends on itself", block.Span())
		}
		w.throws(w.thrown[block]...)
		return x
	}
	w.mapping[block] = nil
	before := w.tosses
	w.tosses = nil
	defer func() {
		w.thrown[block], w.tosses = w.tosses, before
		w.throws(w.thrown[block]...)
	}()
	var x routing.Expr
	switch block.Name() {
	case "map":
		x = w.mapBlock(block)
	case "geo":
		x = w.geoBlock(block)
	default:
		x = w.splitBlock(block)
	}
	if !isVolatile(block) {
		x = routing.Once{Name: ":of " + name, Of: x}
	}
	w.mapping[block] = x
	return x
}

// isVolatile reports whether the variable of a map is computed anew each time it is read. The values of all others are kept for the rest of
// the request, whatever a rewrite changes behind it (ngx_http_get_indexed_variable).
func isVolatile(block Directive) bool {
	for d := range block.Body() {
		if d.Len() == 1 && d.Name() == "volatile" {
			return true
		}
	}
	return false
}

// mapReader gathers the lines of a map block (ngx_http_map_module).
type mapReader struct {
	*lowering
	out       routing.Lookup
	hostnames bool
	masks     []maskCase
	patterns  []routing.LookupCase
}

// maskCase is a host name with an asterisk at one end.
type maskCase struct {
	mask string
	to   routing.Expr
}

func (w *lowering) mapBlock(block Directive) routing.Expr {
	m := &mapReader{lowering: w}
	m.out = routing.Lookup{Key: w.value(block, 1, &env{}), Fold: true, Exact: map[string]routing.Expr{}, Label: title(block), Span: block.Span()}
	m.out.Default = routing.Lit{Value: routing.Of("", block.Span())}
	for d := range block.Body() {
		m.line(d)
	}
	m.sortMasks()
	m.out.Patterns = append(m.out.Patterns, m.patterns...)
	if by := chanceIn(block.Value(1)); by != "" && "$"+by == block.Value(1) {
		if sides := sidesOf(by, m.out); len(sides) > 1 {
			t := &toss{block: block, by: by, sides: sides, other: "another value"}
			m.out.Key = t.read()
			w.throws(t)
		}
	}
	return m.out
}

func (m *mapReader) line(d Directive) {
	key := d.Value(0)
	if why, ok := d.Gap(); ok {
		m.fallsTo(unknown(why, d.Span()))
		return
	}
	switch {
	case d.Len() == 1 && key == "hostnames":
		m.hostnames = true
	case d.Len() == 1 && key == "volatile":
	case d.Len() != 2:
		m.refuse(d, "invalid number of the map parameters")
	case key == "default":
		m.out.Default = m.value(d, 1, &env{})
	case strings.HasPrefix(key, "~"):
		m.pattern(d, key[1:])
	default:
		m.exact(d, strings.TrimPrefix(key, `\`))
	}
}

func (m *mapReader) exact(d Directive, key string) {
	to := m.value(d, 1, &env{})
	key = lower(key)
	if m.hostnames && strings.ContainsAny(key, "*") || m.hostnames && strings.HasPrefix(key, ".") {
		if key[0] == '.' {
			m.out.Exact[key[1:]] = to
			key = "*" + key
		}
		m.masks = append(m.masks, maskCase{key, to})
		return
	}
	if _, dup := m.out.Exact[key]; dup {
		m.refuse(d, `conflicting parameter "`+key+`"`)
		return
	}
	m.out.Exact[key] = to
}

func (m *mapReader) pattern(d Directive, expression string) {
	rest, fold := strings.CutPrefix(expression, "*")
	x := m.regexes.compile(rest, fold)
	if x.pattern == nil {
		m.fallsTo(unknown(x.why, d.Span()))
		return
	}
	m.patterns = append(m.patterns, routing.LookupCase{Pattern: x.pattern, To: m.value(d, 1, &env{groups: x.names})})
}

// fallsTo is where every key goes that no line before decides.
func (m *mapReader) fallsTo(x routing.Expr) {
	m.patterns = append(m.patterns, routing.LookupCase{Pattern: m.regexes.compile("", false).pattern, To: x})
}

// sortMasks puts the masks in NGINX's order: those with an asterisk in front, then those with one behind, long ones first.
func (m *mapReader) sortMasks() {
	slices.SortStableFunc(m.masks, func(a, b maskCase) int { return compareMasks(a.mask, b.mask) })
	for _, c := range m.masks {
		x := m.regexes.compile(maskPattern(c.mask), false)
		m.out.Patterns = append(m.out.Patterns, routing.LookupCase{Pattern: x.pattern, To: c.to})
	}
}

// compareMasks orders masks as NGINX tries them.
func compareMasks(a, b string) int {
	if before, after := strings.HasPrefix(a, "*"), strings.HasPrefix(b, "*"); before != after {
		if before {
			return -1
		}
		return 1
	}
	return cmp.Compare(len(b), len(a))
}

// maskPattern is a mask as a regular expression.
func maskPattern(mask string) string {
	return "(?i)^" + strings.ReplaceAll(quoteMeta(mask), `\*`, ".+") + "$"
}

// quoteMeta protects the bytes that mean something in a regular expression.
func quoteMeta(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(`\.+*?()|[]{}^$`, s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// splitBlock is a split_clients block; its values know no variables (ngx_conf_split_clients_block).
func (w *lowering) splitBlock(block Directive) routing.Expr {
	out := routing.Split{Key: w.value(block, 1, &env{}), Hash: murmurHash2, Label: "split_clients " + block.Value(1), Span: block.Span()}
	rest := 1.0
	for d := range block.Body() {
		if why, ok := d.Gap(); ok {
			return unknown(why, d.Span())
		}
		share, ok := percent(d.Value(0))
		switch {
		case d.Value(0) == "*":
			share = rest
		case !ok:
			w.refuse(d, `invalid percent value "`+d.Value(0)+`"`)
			continue
		}
		rest -= share
		out.Buckets = append(out.Buckets, routing.Bucket{Share: share, To: routing.Lit{Value: routing.Of(d.Value(1), d.Span())}})
	}
	if rest > 1e-9 {
		out.Buckets = append(out.Buckets, routing.Bucket{Share: rest, To: routing.Lit{Value: routing.Of("", block.Span())}})
	}
	if by := chanceIn(block.Value(1)); by != "" && len(out.Buckets) > 1 {
		return w.splitByChance(block, by, out.Buckets)
	}
	return out
}

// splitByChance is a split_clients block whose key is another one for each request.
func (w *lowering) splitByChance(block Directive, by string, buckets []routing.Bucket) routing.Expr {
	t := &toss{block: block, by: by, other: "another share"}
	to := map[string]routing.Expr{}
	for i, b := range buckets {
		side := fmt.Sprintf("share %d", i+1)
		t.sides, to[side] = append(t.sides, side), b.To
	}
	w.throws(t)
	return routing.Lookup{Key: t.read(), Exact: to, Label: title(block), Span: block.Span()}
}

func percent(s string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	return n / 100, err == nil && n > 0 && n <= 100 && strings.HasSuffix(s, "%")
}
