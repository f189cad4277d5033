package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/hubserver"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// explainWay says how a proxy is led to a fake service without a change of its configuration.
func (s *session) explainWay(i *fakesignalr.Instance, ca string) {
	host, port, err := net.SplitHostPort(i.Addr())
	if err != nil {
		return
	}
	s.print("The proxy takes it for %s when that name leads to it:", i.Host)
	s.print("  /etc/hosts   %s %s", host, i.Host)
	s.print("  docker       docker run --add-host %s:host-gateway …", i.Host)
	s.print("  compose      extra_hosts: [\"%s:host-gateway\"]", i.Host)
	if port != "443" {
		s.print("  and its port is 443: --listen 127.0.0.1:443 (--listen 0.0.0.0:443 for containers; mind who else can reach it)")
	}
	s.print("and trusts %s. Or point its upstream at %s, with %s as Host and SNI. Try it:", cmp.Or(ca, "the authority that --ca FILE writes"), i.Addr(), i.Host)
	s.print("  curl -k --connect-to %s:443:%s https://%s/client", i.Host, i.Addr(), i.Host)
}

// askThrough is the command that shows whether the way through the reference proxy is whole: the service answers 400 to who names no hub.
func askThrough(address string, secure bool, e conformance.Endpoint, ca string) string {
	scheme, trust := "http", ""
	if secure {
		scheme, trust = "https", "-k "
		if ca != "" {
			trust = "--cacert " + ca + " "
		}
	}
	return fmt.Sprintf("curl %s--connect-to %s:%d:%s %s://%s%sclient/", trust, e.Host, e.Port, address, scheme, e.Authority(), e.Path)
}

// testable is a client endpoint as asrscheck test takes it, with the reference proxy that stands for it.
func testable(address string, e conformance.Endpoint, ca string) string {
	trust := ""
	if e.Scheme == "https" {
		trust = " --trust " + cmp.Or(ca, "FILE")
	}
	return e.String() + " --connect-to " + address + trust
}

// requestIDs are the forms that asrs_request_id had over time, by how --request-id calls them; none has no id, as serverless apps.
var requestIDs = map[string]signalrclient.Generation{
	"bare": signalrclient.Bare, "traced": signalrclient.Traced, "readable": signalrclient.Readable, "none": 0,
}

// presentHub serves negotiate as an app server does, until the context ends.
func (s *session) presentHub(ctx context.Context, cluster *fakesignalr.Cluster, endpoints []conformance.Endpoint, how serving) error {
	first := cluster.Instances()[0]
	to := "https://" + first.Host + "/"
	if len(endpoints) > 0 {
		to = endpoints[0].String()
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", how.hub)
	if err != nil {
		return fmt.Errorf("listen for --hub: %w", err)
	}
	hub := &hubserver.Server{ClientEndpoint: to, Host: first.Host, Key: first.Keys[0], Hub: "chat", Generation: requestIDs[how.ids], Serverless: how.ids == "none"}
	server := &http.Server{Handler: hub, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() { _ = server.Serve(l) }() // it ends with the run
	s.print("")
	s.print("app server       http://%s/chat sends clients to %s:", l.Addr(), to)
	s.print("  curl -X POST 'http://%s/chat/negotiate?negotiateVersion=1'", l.Addr())
	return nil
}
