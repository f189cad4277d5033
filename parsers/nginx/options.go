package nginx

import (
	"cmp"
	"slices"
	"strings"
)

// option is a parameter that a directive takes behind its arguments: a word, or with "=" at its end a word and a value.
type option struct {
	name    string
	takes   func(string) bool // of the value; nil takes all
	refusal string            // before the option in quotes; "invalid parameter" where it is empty
	bare    bool              // the refusal quotes the value alone
	since   release
}

// optionList are the options of a directive, from an argument on. Any other word is refused.
type optionList struct {
	from    int
	options []option
	refusal string // of other words; "invalid parameter" where it is empty
}

var (
	resolvesMembers = release{1, 27, 3} // server … resolve and service= in upstream blocks
	sticks          = release{1, 29, 6} // sticky, and with it route= and drain of servers
)

// memberOptions are those of a server in upstream blocks of http{} and stream{}.
var memberOptions = []option{
	{name: "weight=", takes: isPositive},
	{name: "max_conns=", takes: isCount},
	{name: "max_fails=", takes: isCount},
	{name: "fail_timeout=", takes: isSeconds},
	{name: "backup"},
	{name: "down"},
	{name: "resolve", since: resolvesMembers},
	{name: "service=", since: resolvesMembers},
}

// optionsOf are the options of directives, by their names, for those of upstream blocks behind the context (the functions of NGINX's modules
// that read them). Options that only NGINX Plus has are among them.
var optionsOf = map[string]optionList{
	"upstream server": {from: 2, options: append(slices.Clip(memberOptions),
		option{name: "drain", since: sticks}, option{name: "route=", since: sticks}, option{name: "slow_start=", takes: isSeconds})},
	"stream-upstream server": {from: 2, options: memberOptions},
	"upstream random":        {from: 1, options: []option{{name: "two"}, {name: "least_conn"}}},
	"upstream hash":          {from: 2, options: []option{{name: "consistent"}}},
	"listen": {from: 2, options: []option{
		{name: "default_server"},
		{name: "default"},
		{name: "bind"},
		{name: "deferred"},
		{name: "reuseport"},
		{name: "multipath"},
		{name: "ssl"},
		{name: "http2"},
		{name: "quic", since: release{1, 25, 0}},
		{name: "proxy_protocol"},
		{name: "accept_filter="},
		{name: "spdy"},
		{name: "setfib=", takes: isCount, refusal: "invalid setfib"},
		{name: "fastopen=", takes: isCount, refusal: "invalid fastopen"},
		{name: "backlog=", takes: isPositive, refusal: "invalid backlog"},
		{name: "rcvbuf=", takes: isSize, refusal: "invalid rcvbuf"},
		{name: "sndbuf=", takes: isSize, refusal: "invalid sndbuf"},
		{name: "ipv6only=", takes: isOnOff, refusal: "invalid ipv6only flags", bare: true},
		{name: "so_keepalive=", takes: isKeepalive, refusal: "invalid so_keepalive value:", bare: true},
	}},
	"limit_req_zone": {from: 2, options: []option{
		{name: "zone=", takes: isZone(8), refusal: "invalid zone size"}, {name: "rate=", takes: isRate, refusal: "invalid rate"}, {name: "sync"},
	}},
	"limit_conn_zone": {from: 2, options: []option{{name: "zone=", takes: isZone(8), refusal: "invalid zone size"}}},
	"limit_req": {from: 1, options: []option{
		{name: "zone="}, {name: "burst=", takes: isPositive, refusal: "invalid burst value"}, {name: "delay=", takes: isPositive, refusal: "invalid delay value"}, {name: "nodelay"},
	}},
	"access_log": {from: 3, options: []option{
		{name: "buffer=", takes: atLeast(1), refusal: "invalid buffer size", bare: true},
		{name: "flush=", takes: isMilliseconds, refusal: "invalid flush time", bare: true},
		{name: "gzip"},
		{name: "gzip=", takes: isLevel, refusal: "invalid compression level", bare: true},
		{name: "if="},
	}},
	"open_file_cache": {from: 1, options: []option{
		{name: "max=", takes: isPositive, refusal: `invalid "open_file_cache" parameter`}, {name: "inactive=", takes: isSeconds, refusal: `invalid "open_file_cache" parameter`}, {name: "off"},
	}, refusal: `invalid "open_file_cache" parameter`},
	"proxy_cache_path": {from: 2, options: []option{
		{name: "levels=", takes: isLevels, refusal: `invalid "levels"`},
		{name: "use_temp_path=", takes: isOnOff, refusal: "invalid use_temp_path value"},
		{name: "keys_zone=", takes: isZone(2), refusal: "invalid keys zone size"},
		{name: "inactive=", takes: isSeconds, refusal: "invalid inactive value"},
		{name: "max_size=", takes: isOffset, refusal: "invalid max_size value"},
		{name: "min_free=", takes: isOffset, refusal: "invalid min_free value"},
		{name: "loader_files=", takes: isCount, refusal: "invalid loader_files value"},
		{name: "loader_sleep=", takes: isMilliseconds, refusal: "invalid loader_sleep value"},
		{name: "loader_threshold=", takes: isMilliseconds, refusal: "invalid loader_threshold value"},
		{name: "manager_files=", takes: isCount, refusal: "invalid manager_files value"},
		{name: "manager_sleep=", takes: isMilliseconds, refusal: "invalid manager_sleep value"},
		{name: "manager_threshold=", takes: isMilliseconds, refusal: "invalid manager_threshold value"},
		{name: "purger="},
		{name: "purger_files="},
		{name: "purger_sleep="},
		{name: "purger_threshold="},
	}},
	"add_header":         {from: 3, options: []option{{name: "always"}}},
	"add_trailer":        {from: 3, options: []option{{name: "always"}}},
	"proxy_bind":         {from: 2, options: []option{{name: "transparent"}}},
	"upstream keepalive": {from: 2, options: []option{{name: "local"}}},
	"ssl_session_cache": {from: 1, options: []option{
		{name: "off"}, {name: "none"}, {name: "builtin"}, {name: "builtin:", takes: isCount, refusal: "invalid session cache"}, {name: "shared:", takes: isZone(8), refusal: "invalid session cache"},
	}, refusal: "invalid session cache"},
}

// options looks at the options of a directive.
func (k *checker) options(d Directive, p *place) {
	list, ok := optionsOf[p.contexts[0]+" "+d.Name()]
	if !ok && p.http() {
		list, ok = optionsOf[d.Name()]
	}
	if !ok {
		return
	}
	for i := list.from; i < d.Len(); i++ {
		if refusal := k.option(d.Value(i), &list); refusal != "" {
			k.refused(d, refusal)
		}
	}
}

// option is how NGINX refuses an option; empty for one that it takes.
func (k *checker) option(word string, list *optionList) string {
	for _, o := range list.options {
		value, fits := strings.CutPrefix(word, o.name)
		if !fits || !strings.ContainsAny(o.name[len(o.name)-1:], "=:") && value != "" || k.release != nil && k.release.before(o.since) {
			continue
		}
		quoted, refusal := word, cmp.Or(o.refusal, "invalid parameter")
		if o.bare {
			quoted = value
		}
		if o.takes != nil && !o.takes(value) {
			return refusal + ` "` + quoted + `"`
		}
		return ""
	}
	return cmp.Or(list.refusal, "invalid parameter") + ` "` + word + `"`
}

// pageSize is that of memory on nearly all machines that NGINX runs on; some have larger ones, and refuse more.
const pageSize = 4096

// isZone is "name:size" with a size of so many pages at least.
func isZone(pages int64) func(string) bool {
	return func(s string) bool {
		_, size, ok := strings.Cut(s, ":")
		return ok && atLeast(pages*pageSize)(size)
	}
}

func isRate(s string) bool {
	rest, ok := strings.CutSuffix(s, "r/s")
	if !ok {
		rest = strings.TrimSuffix(s, "r/m")
	}
	return isPositive(rest)
}

func isLevel(s string) bool { return len(s) == 1 && '1' <= s[0] && s[0] <= '9' }

// isLevels is "1", "1:2" or "1:2:2": up to three times 1 or 2.
func isLevels(s string) bool {
	parts := strings.Split(s, ":")
	return len(parts) <= 3 && !slices.ContainsFunc(parts, func(p string) bool { return p != "1" && p != "2" })
}

// isKeepalive is on, off, or idle:interval:count with at least one of them.
func isKeepalive(s string) bool {
	if isOnOff(s) {
		return true
	}
	parts := append(strings.SplitN(s, ":", 3), "", "")
	fits := (parts[0] == "" || isSeconds(parts[0])) && (parts[1] == "" || isSeconds(parts[1])) && (parts[2] == "" || isCount(parts[2]))
	return fits && strings.Trim(s, ":0smhdwMy") != ""
}
