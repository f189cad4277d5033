package nginx

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// zone is a piece of shared memory with a name (ngx_shared_memory_add).
type zone struct {
	module string
	size   string
	key    string
}

// zoneUse is a directive that uses a zone which another one has to define.
type zoneUse struct {
	name, module string
	at           Directive
}

// zoneOptions are the directives that define zones: where the name and the size stand.
var zoneOptions = map[string]struct{ module, option string }{
	"limit_req_zone": {"limit_req", "zone="}, "limit_conn_zone": {"limit_conn", "zone="}, "proxy_cache_path": {"proxy_cache", "keys_zone="},
	"fastcgi_cache_path": {"fastcgi_cache", "keys_zone="}, "uwsgi_cache_path": {"uwsgi_cache", "keys_zone="}, "scgi_cache_path": {"scgi_cache", "keys_zone="},
}

// defineZone notes the zone that a directive defines.
func (k *checker) defineZone(d Directive, _ *place) {
	of := zoneOptions[d.Name()]
	for _, word := range d.Args() {
		if value, ok := strings.CutPrefix(word, of.option); ok {
			name, size, _ := strings.Cut(value, ":")
			k.addZone(d, name, zone{of.module, size, d.Value(1)})
			return
		}
	}
	k.refused(d, `"`+d.Name()+`" must have "`+strings.TrimSuffix(of.option, "=")+`" parameter`)
}

func (k *checker) addZone(d Directive, name string, z zone) {
	known, again := k.zones[z.module+" "+name]
	switch {
	case again && strings.HasSuffix(z.module, "cache"):
		k.refused(d, `duplicate zone "`+name+`"`)
	case again && known.size != z.size:
		k.refused(d, "the size of shared memory zone \""+name+"\" conflicts with already declared size "+known.size)
	case again:
		k.refused(d, d.Name()+` "`+name+`" is already bound to key "`+known.key+`"`)
	}
	k.zones[z.module+" "+name] = z
}

// usesZone notes that a directive uses a zone.
func (k *checker) usesZone(d Directive, p *place) {
	module := d.Name()
	name := d.Value(1)
	if module == "limit_req" {
		i := slices.IndexFunc(d.Args(), func(w string) bool { return strings.HasPrefix(w, "zone=") })
		if i < 0 {
			k.refused(d, `"limit_req" must have "zone" parameter`)
			return
		}
		name = strings.TrimPrefix(d.Value(i+1), "zone=")
	}
	if module == "limit_conn" {
		k.connections(d)
	}
	if key := d.Name() + " " + name; p.has(key) {
		k.refused(d, `"`+d.Name()+`" directive is duplicate`)
	} else {
		p.seen[key] = d
	}
	k.uses = append(k.uses, zoneUse{name, module, d})
}

func (p *place) has(key string) bool { _, ok := p.seen[key]; return ok }

// connections is the second argument of limit_conn.
func (k *checker) connections(d Directive) {
	switch {
	case !isPositive(d.Value(2)):
		k.refused(d, `invalid number of connections "`+d.Value(2)+`"`)
	case number(d.Value(2)) > 65535:
		k.refused(d, "connection limit must be less 65536")
	}
}

// usesCache notes that a directive uses a cache, unless it is off or computed.
func (k *checker) usesCache(d Directive, _ *place) {
	switch name := d.Value(1); {
	case name == "off":
	case name == "":
		k.refused(d, `invalid value ""`)
	case strings.Contains(name, "$"):
		k.text(d, 1)
	default:
		k.uses = append(k.uses, zoneUse{name, d.Name(), d})
	}
}

// judgeZones refuses zones that nothing defines, once all is read.
func (k *checker) judgeZones() {
	for _, u := range k.uses {
		if _, ok := k.zones[u.module+" "+u.name]; ok || k.filled(u.at) != "" {
			continue
		}
		message := `zero size shared memory zone "` + u.name + `"`
		if strings.HasSuffix(u.module, "cache") {
			message = `"` + u.module + `" zone "` + u.name + `" is unknown`
		}
		if k.mayBeElsewhere() {
			k.keep(routing.Problem{Span: u.at.Span(), Message: message + ", unless a file that was not read defines it", Fix: "give the output of nginx -T", Kind: routing.NotWhole})
			continue
		}
		k.refused(u.at, message)
	}
}
