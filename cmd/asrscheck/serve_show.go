package main

import (
	"fmt"
	"net"
	"strconv"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/live"
)

// show writes one line to standard output.
func (s *session) show(format string, args ...any) {
	_, _ = fmt.Fprintf(s.stdout, format+"\n", args...) // whoever listens no longer does not need it
}

// showService tells how to lead a proxy and a hub server to the fake service. Its access keys are made for this run and good for
// nothing else.
func (s *session) showService(cluster *fakesignalr.Cluster, v *serving, admin string) {
	told := map[string]bool{}
	for _, i := range cluster.Instances() {
		s.show("service %s, instance %s", i.Host, i.Tag)
		s.show("  https           %s", i.Addr())
		s.show("  http            %s", i.PlainAddr())
		host, port, _ := net.SplitHostPort(i.Addr())
		if told[i.Host] {
			continue
		}
		told[i.Host] = true
		s.show("  hosts entry     %s %s", host, i.Host)
		if port != "443" {
			s.show("                  and let the proxy connect to port %s, or take the real one's with --listen %s:443", port, host)
		}
		s.show("  hub server      Endpoint=https://%s;AccessKey=%s;Version=1.0;ClientEndpoint=URL-OF-THE-PROXY", i.Host, i.Keys[0])
	}
	s.show("authority         %s", authority(v, admin))
	s.show("watch and steer   %s/records, %s/knobs", admin, admin)
}

// authority is where the certificate stands that the proxy must trust.
func authority(v *serving, admin string) string {
	if v.caFile != "" {
		return v.caFile
	}
	return admin + "/ca.pem"
}

// showProxy tells where clients reach the gateway.
func (s *session) showProxy(w *live.Twin, target *live.Target) {
	proxy := target.Proxy()
	for _, l := range w.Gateway.Listeners {
		s.show("gateway %s, listener %s", w.Gateway.Name, l.Name)
		s.show("  listens on      %s", proxy.Addr(l))
	}
	for _, e := range w.Also {
		door := target.Door(e)
		if door == "" {
			continue
		}
		s.show("client endpoint   %s", e)
		s.show("  try             curl -k --connect-to %s %s", connectTo(e.Host, e.Port, door), e.String()+"client/")
	}
}

// connectTo is curl's way of leading a name to another address.
func connectTo(host string, port int, door string) string {
	return host + ":" + strconv.Itoa(port) + ":" + door
}
