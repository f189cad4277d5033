package nginx

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestWhatAPartDoesNotSetIsUnknown(t *testing.T) {
	settings := []routing.Setting{routing.ReadTimeout, routing.Buffering, routing.Protocol, routing.SNI, routing.VerifyChain}
	request := &routing.Request{Method: "GET", Scheme: "http", Host: "rt.example.com", Target: "/client/"}
	deliver := func(text string) *routing.Delivery {
		g := lowered(t, text, "1.28.0")
		return g.Trace(g.Listeners[0], request)[0].Delivery
	}
	d := deliver("location /client/ { proxy_pass https://chat.service.signalr.net; }")
	for _, s := range settings {
		if v := d.Setting(s); !strings.Contains(v.Why(), "the file around it, which may set it, was not given") {
			t.Errorf("of a part %s is %v", s, v)
		}
	}
	if host := d.Header("Host"); len(host) != 1 || !host[0].IsUnknown() || d.Upgrades().Is != routing.Maybe {
		t.Errorf("of a part the Host is %v and the upgrade %v", host, d.Upgrades())
	}
	d = deliver("location /client/ { proxy_pass https://chat.service.signalr.net; proxy_set_header Host $host; proxy_buffering off; proxy_read_timeout 5s; }")
	if host := d.Header("Host"); len(host) != 1 || host[0].Text() != "rt.example.com" || d.Upgrades().Is != routing.No {
		t.Errorf("with lines of its own the Host is %v and the upgrade %v", host, d.Upgrades())
	}
	if wait := d.Setting(routing.ReadTimeout); wait.Text() != "5s" || d.Setting(routing.Buffering).Text() != "off" {
		t.Errorf("what a part sets is %v", wait)
	}
	d = deliver("http { server { location / { proxy_pass https://chat.service.signalr.net; } } }")
	for _, s := range settings {
		if d.Setting(s).IsUnknown() {
			t.Errorf("of what is whole %s is %v", s, d.Setting(s))
		}
	}
}
