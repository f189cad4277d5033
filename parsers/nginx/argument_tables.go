package nginx

import (
	"net/netip"
	"strings"
)

// tables are the blocks whose lines are no directives (cf->handler in ngx_conf_parse), and how their lines are read.
var tables = map[string]func(k *checker, block Directive, t *table){
	"map": (*checker).mapTable, "geo": (*checker).geoTable, "split_clients": (*checker).splitTable, "types": nil, "charset_map": nil,
}

// table is what has been seen of a block.
type table struct {
	line      Directive
	hostnames bool
	geo       *geography
	fallback  bool
	keys      map[string]bool
	share     int64 // of split_clients, in hundredths of a percent
}

func (k *checker) table(block Directive) {
	t := &table{keys: map[string]bool{}}
	read := tables[block.Name()]
	for line := range block.Body() {
		if _, gap := line.Gap(); gap || line.Len() == 0 || line.Broken() {
			continue
		}
		if line.HasBlock() {
			k.refused(line, `unexpected "{"`)
		} else if t.line = line; read != nil {
			read(k, block, t)
		}
	}
}

// beforeMaps is a setting that the first map sets where it is not set yet.
func (k *checker) beforeMaps(d Directive, p *place) {
	if p.has("map") {
		k.refused(d, `"`+d.Name()+`" directive is duplicate`)
	}
}

func (k *checker) mapHead(d Directive, _ *place) {
	k.text(d, 1)
	k.newVariable(d, d.Value(2))
}

// mapTable is a line of a map (ngx_http_map).
func (k *checker) mapTable(_ Directive, t *table) {
	d := t.line
	key := d.Value(0)
	switch {
	case d.Len() == 1 && (key == "hostnames" || key == "volatile"):
		t.hostnames = t.hostnames || key == "hostnames"
		return
	case d.Len() != 2:
		k.refused(d, "invalid number of the map parameters")
		return
	}
	k.text(d, 1)
	switch {
	case key == "default":
		if t.fallback {
			k.refused(d, "duplicate default map parameter")
		}
		t.fallback = true
	case strings.HasPrefix(key, "~"):
		k.expression(d, strings.TrimPrefix(key[1:], "*"))
	default:
		k.mapKey(d, t, strings.TrimPrefix(key, `\`))
	}
}

// mapKey is a text that a map looks for. With hostnames, asterisks make a mask of it (ngx_hash_add_key).
func (k *checker) mapKey(d Directive, t *table, key string) {
	folded := lower(key)
	keys := []string{folded}
	switch {
	case !t.hostnames:
	case !isHostMask(key):
		k.refused(d, `invalid hostname or wildcard "`+key+`"`)
		return
	case len(key) > 1 && key[0] == '.':
		keys = []string{folded[1:], "*" + folded}
	}
	for _, name := range keys {
		if t.keys[name] {
			k.refused(d, `conflicting parameter "`+folded+`"`)
			return
		}
		t.keys[name] = true
	}
}

func (k *checker) geoHead(d Directive, _ *place) {
	if d.Len() == 3 {
		if name, ok := strings.CutPrefix(d.Value(1), "$"); ok {
			k.variables = append(k.variables, variableUse{name, d})
		} else {
			k.refused(d, `invalid variable name "`+d.Value(1)+`"`)
		}
	}
	k.newVariable(d, d.Value(d.Len()-1))
}

// geoTable is a line of a geo block (ngx_http_geo).
func (k *checker) geoTable(_ Directive, t *table) {
	if t.geo == nil {
		t.geo = &geography{networks: map[netip.Prefix]region{}}
	}
	d := t.line
	refusal := t.geo.read(d)
	if refusal == "" && d.Len() == 1 && d.Name() == "volatile" && k.release != nil && k.release.before(geoVolatile) {
		refusal = "invalid number of the geo parameters"
	}
	if refusal != "" {
		k.refused(d, refusal)
	}
}

// splitTable is a line of split_clients (ngx_http_split_clients).
func (k *checker) splitTable(block Directive, t *table) {
	d := t.line
	if d.Value(0) == "*" {
		t.share = 10000
		return
	}
	share, ok := hundredths(d.Value(0))
	if !ok || share == 0 {
		k.refused(d, `invalid percent value "`+d.Value(0)+`"`)
		return
	}
	if t.share += share; t.share > 10000 {
		k.refused(block, "percent total is greater than 100%")
		t.share = 0
	}
}

// hundredths is a percentage with at most two digits behind the point, in hundredths (ngx_atofp).
func hundredths(s string) (int64, bool) {
	digits, ok := strings.CutSuffix(s, "%")
	whole, part, _ := strings.Cut(digits, ".")
	if !ok || len(part) > 2 || len(whole) > 9 || !isDigits(whole+part) {
		return 0, false
	}
	return number(whole + part + "00"[len(part):]), true
}
