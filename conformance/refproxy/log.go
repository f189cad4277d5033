package refproxy

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// tokenParameter is an access token in a query.
var tokenParameter = regexp.MustCompile(`([?&]access_token=)[^&]*`)

// record writes a request to the access log.
func (p *Proxy) record(r *routing.Request) {
	if p.config.Log == nil {
		return
	}
	target := tokenParameter.ReplaceAllString(r.Target, "${1}***")
	for _, d := range p.config.Defects {
		if d.logs {
			target = r.Target
		}
	}
	p.logging.Lock()
	defer p.logging.Unlock()
	_, _ = fmt.Fprintf(p.config.Log, "%s - - \"%s %s %s\" %q\n", r.ClientIP, r.Method, target, r.Protocol, strings.Join(values(r.Header, "User-Agent"), " ")) // a log that cannot be written stops nobody
}
