package nginx

import "strings"

// network is allow and deny (ngx_http_access_rule).
func (k *checker) network(d Directive, _ *place) {
	if v := d.Value(1); v != "all" && v != "unix:" {
		if _, ok := parseNetwork(v); !ok {
			k.refused(d, `invalid parameter "`+v+`"`)
		}
	}
}

// trusted is set_real_ip_from (ngx_http_realip_from): a network, or a name, which has neither a slash nor a colon.
func (k *checker) trusted(d Directive, _ *place) {
	v := d.Value(1)
	if _, ok := parseNetwork(v); !ok && v != "unix:" && strings.ContainsAny(v, "/:") {
		k.refused(d, `host not found in set_real_ip_from "`+v+`"`)
	}
}

// expires is expires (ngx_http_headers_expires).
func (k *checker) expires(d Directive, _ *place) {
	value, modified := d.Value(d.Len()-1), d.Len() == 3
	switch {
	case modified && d.Value(1) != "modified":
		k.refused(d, `"expires" directive invalid value`)
	case strings.Contains(value, "$"):
		k.text(d, d.Len()-1)
	case !modified && (value == "epoch" || value == "max" || value == "off"):
	default:
		k.expiry(d, value, modified)
	}
}

func (k *checker) expiry(d Directive, value string, modified bool) {
	time, daily := strings.CutPrefix(value, "@")
	if !daily && value != "" && (value[0] == '+' || value[0] == '-') {
		time = value[1:]
	}
	after, _ := parseTime(time)
	switch {
	case daily && modified:
		k.refused(d, `"expires" directive daily time cannot be used with "modified" parameter`)
	case !isSeconds(time):
		k.refused(d, `"expires" directive invalid value`)
	case daily && after.Hours() > 24:
		k.refused(d, `"expires" directive daily time value must be less than 24 hours`)
	}
}

// resolver is resolver (ngx_resolver_create): servers, and options among them.
func (k *checker) resolver(d Directive, _ *place) {
	servers, families := 0, 2
	for _, word := range d.Args() {
		option, value, has := strings.Cut(word, "=")
		switch {
		case !has:
			servers++
			k.nameServer(d, word)
		case option == "valid" && isSeconds(value), option == "status_zone":
		case (option == "ipv4" || option == "ipv6") && isOnOff(value):
			if value == "off" {
				families--
			}
		case option == "valid" || option == "ipv6" || option == "ipv4":
			k.refused(d, "invalid parameter: "+word)
		default:
			k.refused(d, `host not found in resolver "`+word+`"`)
			return
		}
	}
	switch {
	case families == 0:
		k.refused(d, `"ipv4" and "ipv6" cannot both be "off"`)
	case servers == 0 && d.Value(1) != "off":
		k.refused(d, "no name servers defined")
	}
}

func (k *checker) nameServer(d Directive, word string) {
	if refusal := refusedAddress(word, false); refusal != "" {
		k.refused(d, refusal+` in resolver "`+word+`"`)
	}
}

// openFiles is open_file_cache: without off it needs to know how many.
func (k *checker) openFiles(d Directive, _ *place) {
	words := " " + strings.Join(d.Args(), " ")
	if !strings.Contains(words, " off") && !strings.Contains(words, " max=") {
		k.refused(d, `"open_file_cache" must have the "max" parameter`)
	}
}

// keepaliveTimeout is keepalive_timeout: a time, and perhaps what clients are told of it.
func (k *checker) keepaliveTimeout(d Directive, _ *place) {
	if !isMilliseconds(d.Value(1)) || d.Len() == 3 && !isSeconds(d.Value(2)) {
		k.refused(d, `"keepalive_timeout" directive invalid value`)
	}
}

func (k *checker) charset(d Directive, _ *place) {
	if name, ok := strings.CutPrefix(d.Value(1), "$"); ok {
		k.variables = append(k.variables, variableUse{name, d})
	}
}

func (k *checker) subFilter(d Directive, _ *place) {
	if d.Value(1) == "" {
		k.refused(d, "empty search pattern")
	}
	k.texts(d, 1)
}

// directio is directio: a size, or off.
func (k *checker) directio(d Directive, _ *place) {
	if v := d.Value(1); v != "off" && !isOffset(v) {
		k.refused(d, `"directio" directive invalid value`)
	}
}

// aio is aio (ngx_http_core_set_aio).
func (k *checker) aio(d Directive, _ *place) {
	if v := d.Value(1); !isOnOff(v) && v != "threads" && v != "sendfile" && !strings.HasPrefix(v, "threads=") {
		k.refused(d, `"aio" directive invalid value`)
	}
}

// referers is valid_referers.
func (k *checker) referers(d Directive, _ *place) {
	for _, v := range d.Args() {
		switch {
		case v == "":
			k.refused(d, `invalid referer ""`)
		case strings.HasPrefix(v, "~"):
			k.expression(d, v[1:])
		}
	}
}
