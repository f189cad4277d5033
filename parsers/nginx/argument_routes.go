package nginx

import (
	"slices"
	"strings"
)

// location is the head of a location (ngx_http_core_location).
func (k *checker) location(d Directive, _ *place) {
	if d.Len() == 3 && !slices.Contains([]string{"=", "^~", "~", "~*"}, d.Value(1)) {
		k.refused(d, `invalid location modifier "`+d.Value(1)+`"`)
		return
	}
	if kind, name := locationName(d); kind == byRegex || kind == byRegexFold {
		k.expression(d, name)
	}
}

// expression refuses a regular expression that is none in any dialect.
func (k *checker) expression(d Directive, expression string) {
	if refusal := refusedExpression(expression); refusal != "" {
		k.refused(d, `pcre2_compile() failed: `+refusal+` in "`+expression+`"`)
	}
}

// serverName are the names of a server (ngx_http_core_server_name).
func (k *checker) serverName(d Directive, _ *place) {
	for _, name := range d.Args() {
		switch {
		case name == "~":
			k.refused(d, `empty regex in server name "~"`)
		case strings.HasPrefix(name, "~"):
			k.expression(d, name[1:])
		case strings.HasPrefix(name, "*") && (len(name) < 3 || name[1] != '.'), name == ".":
			k.refused(d, `server name "`+name+`" is invalid`)
		}
	}
}

// isHostMask reports whether a name has at most one asterisk, alone at its beginning or its end (ngx_hash_add_key).
func isHostMask(name string) bool {
	switch stars := strings.Count(name, "*"); {
	case stars > 1 || strings.Contains(name, ".."):
		return false
	case stars == 0 || name[0] == '.' && len(name) > 1:
		return true
	}
	return len(name) > 2 && (strings.HasPrefix(name, "*.") || strings.HasSuffix(name, ".*"))
}

// listen are the options of listen together (ngx_http_core_listen).
func (k *checker) listen(d Directive, _ *place) {
	if !slices.Contains(d.Args(), "quic") {
		return
	}
	for _, option := range []string{"backlog", "deferred", "multipath", "ssl", "http2", "so_keepalive", "proxy_protocol"} {
		if slices.ContainsFunc(d.Args(), func(w string) bool { return w == option || strings.HasPrefix(w, option+"=") }) {
			k.refused(d, `"listen" directive "`+option+`" parameter is incompatible with "quic"`)
			return
		}
	}
}

// root is root and alias (ngx_http_core_root).
func (k *checker) root(d Directive, p *place) {
	name := d.Name()
	other := map[string]string{"root": "alias", "alias": "root"}[name]
	if p.has(other) {
		k.refused(d, `"`+name+`" directive is duplicate, "`+other+`" directive was specified earlier`)
	}
	if name == "alias" && p.head.Name() == "location" && strings.HasPrefix(p.head.Value(1), "@") {
		k.refused(d, `the "alias" directive cannot be used inside the named location`)
	}
	for _, v := range []string{"document_root", "realpath_root"} {
		if strings.Contains(d.Value(1), "$"+v) || strings.Contains(d.Value(1), "${"+v+"}") {
			k.refused(d, "the $"+v+` variable cannot be used in the "`+name+`" directive`)
			return
		}
	}
	k.text(d, 1)
}

// tryFiles is try_files (ngx_http_try_files).
func (k *checker) tryFiles(d Directive, _ *place) {
	k.texts(d, 1)
	last := d.Value(d.Len() - 1)
	if code, ok := strings.CutPrefix(last, "="); ok && !strings.Contains(last, "$") && (!isCount(code) || number(code) > 999) {
		k.refused(d, `invalid code "`+last+`"`)
	}
}

func (k *checker) index(d Directive, _ *place) {
	k.texts(d, 1)
	if slices.Contains(d.Args(), "") {
		k.refused(d, `index "" in "index" directive is invalid`)
	}
}

// errorPage is error_page (ngx_http_core_error_page): codes, perhaps another status, and where to go.
func (k *checker) errorPage(d Directive, _ *place) {
	codes := d.Args()[:d.Len()-2]
	k.text(d, d.Len()-1)
	if status, ok := strings.CutPrefix(d.Value(d.Len()-2), "="); ok {
		codes = codes[:len(codes)-1]
		if len(codes) == 0 || status != "" && !isCount(status) {
			k.refused(d, `invalid value "=`+status+`"`)
			return
		}
	}
	for _, c := range codes {
		switch {
		case !isCount(c) || c == "499":
			k.refused(d, `invalid value "`+c+`"`)
		case number(c) < 300 || number(c) > 599:
			k.refused(d, `value "`+c+`" must be between 300 and 599`)
		}
	}
}

// methods are those that limit_except knows (ngx_methods_names in src/http/ngx_http_core_module.c).
var methods = strings.Fields("GET HEAD POST PUT DELETE MKCOL COPY MOVE OPTIONS PROPFIND PROPPATCH LOCK UNLOCK PATCH")

func (k *checker) limitExcept(d Directive, _ *place) {
	for _, m := range d.Args() {
		if !slices.ContainsFunc(methods, func(known string) bool { return strings.EqualFold(known, m) }) {
			k.refused(d, `invalid method "`+m+`"`)
		}
	}
}
