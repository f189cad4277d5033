package nginx

import "github.com/asrscheck/asrscheck/parsers/routing"

// config is a configuration sorted by what its blocks are for. It says nothing about requests yet, and is the same for every version.
type config struct {
	lookup
	tree      *Tree
	http      *scope
	servers   []*server
	upstreams []Directive
	streams   []Directive // stream{} blocks
	// streamPart are the directives of a part that belongs into one.
	streamPart []Directive
	maps       []Directive // map, geo, split_clients
	contexts   []string    // those that the outermost directives may stand in
	formats    map[string]Directive
	declared   map[string]Directive // variables that a directive gives a value
	unsure     map[string]bool      // variables that directives of different kinds give a value
	effects    map[string]bool      // names of modules' directives that may decide a request
	plain      map[Directive]bool   // directives that change headers which nothing looks at
	mentioned  map[string]bool      // texts that were looked for
	groups     map[string]bool      // names of groups in regular expressions: true where only maps have them
	problems   []routing.Problem
	modules    bool      // there may be modules, and with them directives, that NGINX itself does not have
	locations  []*server // the server of each location, by its number
}

// server is a server{} block.
type server struct {
	scope  *scope
	number int
	tls    bool // some socket of it speaks TLS
	level  *level
	named  map[string]*location
}

// level is a set of locations beside each other: those of a server, or those inside a location.
type level struct {
	exact, prefix, regex []*location
	names                map[string]*location // of exact and prefix, once they are asked for and there are many
}

// noLocations is the level inside of most locations.
var noLocations = &level{}

// locationKind says how a location matches.
type locationKind uint8

const (
	byPrefix locationKind = iota
	byPrefixNoRegex
	byExact
	byRegex
	byRegexFold
	byName
)

// location is a location{} block.
type location struct {
	kind   locationKind
	name   string // prefix, path, expression or @name
	scope  *scope
	level  *level
	number int
	ifs    []*scope // the levels that its if blocks are
	limit  *scope   // its limit_except
	server *server
}

// collect sorts a configuration.
func collect(tree *Tree) *config {
	c := &config{contexts: []string{"main"}, lookup: lookup{numbers: numbers{}}, tree: tree, formats: map[string]Directive{}, declared: map[string]Directive{}}
	c.missing = c.filled
	c.unsure, c.groups = map[string]bool{}, map[string]bool{}
	c.effects, c.plain, c.mentioned = map[string]bool{}, map[Directive]bool{}, map[string]bool{}
	c.problems = append(c.problems, tree.Problems...)
	c.http = &scope{}
	var fragment []Directive
	found := false
	for d := range tree.Main.Body() {
		switch d.Name() {
		case "http":
			found = true
			c.http.head = d
			c.httpBlock(d)
		case "stream":
			c.streams = append(c.streams, d)
		case "load_module":
			c.modules = true
		default:
			fragment = append(fragment, d)
		}
	}
	if !found {
		c.fragment(fragment)
	}
	c.environment()
	return c
}

func (c *config) httpBlock(block Directive) {
	for d := range block.Body() {
		c.inHTTP(d)
	}
}

// inHTTP sorts one directive of the http level.
func (c *config) inHTTP(d Directive) {
	switch d.Name() {
	case "server":
		c.server(d)
	case "upstream":
		c.upstreams = append(c.upstreams, d)
	case "map", "geo", "split_clients":
		c.maps = append(c.maps, d)
		c.declare(d, d.Len()-1)
		for x := range d.Body() {
			c.group(x.Value(0), true)
		}
	case "log_format":
		if name := lower(d.Value(1)); c.formats[name].IsZero() {
			c.formats[name] = d
		}
	default:
		c.add(c.http, d)
	}
}

// add keeps a directive as a setting of a level, and notes the variables that it gives a value.
func (c *config) add(s *scope, d Directive) {
	if _, gap := d.Gap(); gap {
		s.gaps = append(s.gaps, d)
	}
	if d.Len() == 0 || d.Include() != nil {
		return
	}
	name := d.Name()
	s.put(c.numbers.of(name), d)
	switch {
	case c.isPlainMore(d):
		c.plain[d] = true
	case c.mayDecide(name) && !d.Broken():
		s.foreign = append(s.foreign, d)
	}
	if at, ok := declares[name]; ok {
		c.declare(d, at)
	}
	switch name {
	case "server_name", "if", "rewrite":
		for i := 1; i < d.Len(); i++ {
			c.group(d.Value(i), false)
		}
	}
}

// group notes the names of groups in a regular expression.
func (c *config) group(expression string, inMap bool) {
	for _, name := range groupNames(expression) {
		name = lower(name)
		if only, ok := c.groups[name]; !ok || only {
			c.groups[name] = inMap
		}
	}
}

// declares are the directives that give a variable a value, with the place of its name. Those with a block declare more; see module.go.
var declares = map[string]int{
	"set": 1, "auth_request_set": 1, "js_set": 1, "js_var": 1, "perl_set": 1, "set_by_lua": 1, "set_by_lua_file": 1, "set_by_lua_block": 1,
	"userid_name": 0, "auth_jwt_claim_set": 1, "auth_jwt_header_set": 1, "keyval": 2, "num_map": 2, "set_if_empty": 1, "set_unescape_uri": 1, "set_escape_uri": 1, "set_md5": 1,
	"set_sha1": 1, "set_random": 1, "set_secure_random_alphanum": 1, "set_encode_base64": 1, "set_decode_base64": 1, "set_hashed_upstream": 1,
}

// declare notes that a variable exists. The first place is kept. Upper and lower case make no difference in names
// (ngx_http_add_variable).
func (c *config) declare(d Directive, at int) {
	name := d.Value(at)
	if len(name) < 2 || name[0] != '$' {
		return
	}
	name = lower(name[1:])
	first, ok := c.declared[name]
	switch {
	case !ok:
		c.declared[name] = d
	case first.Name() != d.Name():
		c.unsure[name] = true
	}
}

func (c *config) server(d Directive) {
	s := &server{scope: &scope{parent: c.http, head: d}, number: len(c.servers) + 1, level: &level{}, named: map[string]*location{}}
	c.servers = append(c.servers, s)
	for x := range d.Body() {
		if x.Name() == "location" && x.HasBlock() {
			c.locationBlock(x, s.scope, s.level, s)
			continue
		}
		c.add(s.scope, x)
		if x.Name() == "if" {
			c.variablesIn(x)
		}
	}
}

// variablesIn notes the variables that the directives of an if block give a value.
func (c *config) variablesIn(block Directive) {
	for d := range block.Body() {
		if at, ok := declares[d.Name()]; ok {
			c.declare(d, at)
		}
	}
}
