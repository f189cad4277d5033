package rules

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var hiddenLines = &conformance.Rule{
	ID: "ASRS-INH-001", Requirement: "host-override", Severity: conformance.Error,
	Title: "A line of an inner level drops those of the level above",
	Why: "Some directives are inherited all or none: the first line of an inner level takes the place of all lines of the level above. The lines above look as if they counted, " +
		"and whoever adds one line to a location, a header for tracing perhaps, switches off Host and WebSocket there.",
	Fix: map[string]string{
		"":      "Repeat in the inner level the lines that it drops, or take its own lines away.",
		"nginx": "Repeat in this level the lines that it drops: `proxy_set_header Host NAME.service.signalr.net;` and the others named here. Or put all of them into one file, and include it in every location. For add_header there is `add_header_inherit merge;` since NGINX 1.29.3; for proxy_set_header there is nothing like it.",
	},
	Bad: "nginx/err/host_override_not_inherited.conf", Good: "nginx/ok/inherited.conf",
	Sources: []string{
		"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header", "https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header_inherit",
	},
}

// linesHidden is the finding for a value that is what it is because a line hides others. It is the same for every header that is
// lost to the same line.
func linesHidden(v routing.Value) (conformance.Opinion, bool) {
	hidden := v.Hidden()
	if len(hidden) == 0 {
		return conformance.Opinion{}, false
	}
	f := conformance.Finding{Span: v.Span}
	var statements []string
	for _, n := range hidden {
		statements = append(statements, n.Text+";")
		f.Related = append(f.Related, routing.Note{Span: n.Span, Text: "is not inherited there"})
	}
	f.Message = fmt.Sprintf("with this line none of the level above is inherited: %s", lost(statements))
	f.Fix = "Repeat in this level what it drops: `" + strings.Join(statements, " ") + "`"
	return conformance.Bad(f).Because(hiddenLines), true
}

func lost(statements []string) string {
	if len(statements) == 1 {
		return "`" + statements[0] + "` has no effect here"
	}
	return "`" + strings.Join(statements, " ") + "` have no effect here"
}
