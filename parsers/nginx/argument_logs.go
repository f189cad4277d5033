package nginx

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// accessLog is access_log (ngx_http_log_set_log). The format has to be known already.
func (k *checker) accessLog(d Directive, _ *place) {
	path := d.Value(1)
	if path == "off" {
		if d.Len() > 2 {
			k.refused(d, `invalid parameter "`+d.Value(2)+`"`)
		}
		return
	}
	syslog := strings.HasPrefix(path, "syslog:")
	if syslog {
		k.syslog(d, path[7:])
	} else {
		k.text(d, 1)
	}
	if d.Len() > 2 {
		k.format(d, d.Value(2))
	}
	k.logBuffer(d, syslog)
}

func (k *checker) format(d Directive, name string) {
	switch {
	case k.formats[lower(name)]:
	case k.mayBeElsewhere():
		k.keep(routing.Problem{
			Span: d.Span(), Message: `unknown log format "` + name + `", unless a file that was not read defines it`, Fix: "give the output of nginx -T", Kind: routing.NotWhole,
		})
	default:
		k.refused(d, `unknown log format "`+name+`"`)
	}
}

// logBuffer are the options of an access_log together.
func (k *checker) logBuffer(d Directive, syslog bool) {
	has := func(option string) bool {
		return slices.ContainsFunc(d.Args()[min(2, d.Len()-1):], func(w string) bool { return strings.HasPrefix(w, option) })
	}
	buffered := has("buffer=") || has("gzip")
	switch {
	case has("flush=") && !buffered:
		k.refused(d, `no buffer is defined for access_log "`+d.Value(1)+`"`)
	case buffered && syslog:
		k.refused(d, "logs to syslog cannot be buffered")
	case buffered && strings.Contains(d.Value(1), "$"):
		k.refused(d, "buffered logs cannot have variables in name")
	}
	for _, w := range d.Args() {
		if condition, ok := strings.CutPrefix(w, "if="); ok {
			k.mentions(d, condition)
		}
	}
}

var (
	facilities = strings.Fields("kern user mail daemon auth intern lpr news uucp clock authpriv ftp ntp audit alert cron local0 local1 local2 local3 local4 local5 local6 local7")
	severities = strings.Fields("emerg alert crit error warn notice info debug")
)

// syslog are the parameters of a log that is sent to a server (ngx_syslog_parse_args).
func (k *checker) syslog(d Directive, parameters string) {
	server := false
	for part := range strings.SplitSeq(parameters, ",") {
		name, value, _ := strings.Cut(part, "=")
		switch {
		case name == "server":
			server = true
			if refusal := refusedAddress(value, false); refusal != "" {
				k.refused(d, refusal+` in syslog server "`+value+`"`)
			}
		case name == "facility" && !slices.Contains(facilities, value), name == "severity" && !slices.Contains(severities, value):
			k.refused(d, "unknown syslog "+name+` "`+value+`"`)
		case name == "tag" && len(value) > 32:
			k.refused(d, "syslog tag length exceeds 32")
		case name == "tag" && !isDirectiveName(value) && value != "":
			k.refused(d, `syslog "tag" only allows alphanumeric characters and underscore`)
		case name != "facility" && name != "severity" && name != "tag" && part != "nohostname":
			k.refused(d, `unknown syslog parameter "`+part+`"`)
			return
		}
	}
	if !server {
		k.refused(d, "no syslog server specified")
	}
}

var logLevels = append(slices.Clone(severities), strings.Fields("debug_core debug_alloc debug_mutex debug_event debug_http debug_mail debug_stream")...)

// errorLog is error_log (ngx_log_set_log).
func (k *checker) errorLog(d Directive, _ *place) {
	if parameters, ok := strings.CutPrefix(d.Value(1), "syslog:"); ok {
		k.syslog(d, parameters)
	}
	plain := 0
	for _, level := range d.Args()[1:] {
		switch {
		case !slices.Contains(logLevels, level):
			k.refused(d, `invalid log level "`+level+`"`)
		case !strings.HasPrefix(level, "debug_"):
			plain++
		}
		if plain > 1 {
			k.refused(d, `duplicate log level "`+level+`"`)
		}
	}
}

// logFormat is log_format (ngx_http_log_set_format). It knows no captures: $1 is a variable like others there.
func (k *checker) logFormat(d Directive, _ *place) {
	name := d.Value(1)
	if k.formatNames[name] {
		k.refused(d, `duplicate "log_format" name "`+name+`"`)
	}
	k.formatNames[name] = true
	k.formats[lower(name)] = true
	if escape, ok := strings.CutPrefix(d.Value(2), "escape="); ok && !slices.Contains([]string{"json", "none", "default"}, escape) {
		k.refused(d, `unknown log format escaping "`+escape+`"`)
	}
	for _, word := range formatWords(d) {
		pieces, refusal := splitVariables(word)
		if refusal == "invalid variable name" {
			refusal = `invalid parameter "` + word[strings.IndexByte(word, '$'):] + `"`
		}
		if refusal != "" {
			k.refused(d, refusal)
			return
		}
		for _, p := range pieces {
			if p.variable != "" {
				k.variables = append(k.variables, variableUse{p.variable, d})
			}
		}
	}
}
