package nginx

import "strings"

// streamMember is a server of an upstream block in stream{}, where ports have no default (ngx_stream_upstream_server).
func (k *checker) streamMember(d Directive, _ *place) {
	if d.HasBlock() {
		return
	}
	k.streamAddress(d, d.Value(1))
}

// streamPass is proxy_pass in stream{}: an address, or the name of an upstream block.
func (k *checker) streamPass(d Directive, p *place) {
	if !p.in("stream-server") || strings.Contains(d.Value(1), "$") {
		return
	}
	if k.partial {
		return
	}
	for block := range p.outer.head.Body() {
		_, gap := block.Gap()
		if gap || block.Name() == "upstream" && lower(block.Value(1)) == lower(d.Value(1)) {
			return
		}
	}
	k.streamAddress(d, d.Value(1))
}

func (k *checker) streamAddress(d Directive, address string) {
	refusal := refusedAddress(address, false)
	if _, port := splitPort(address); refusal == "" && port == "" && !strings.HasPrefix(lower(address), "unix:") && !strings.HasPrefix(d.Value(d.Len()-1), "service=") {
		refusal = "no port"
	}
	if refusal != "" {
		k.refused(d, refusal+` in upstream "`+address+`"`)
	}
}
