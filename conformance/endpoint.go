package conformance

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Endpoint is a client endpoint: the URL that clients use instead of the service's.
type Endpoint struct {
	Scheme string // http or https
	Host   string // name or address, lower case
	Port   int
	Path   string // begins and ends with a slash
	Source string // where it was taken from
	// Listener is the one at which clients come in, where several serve the URL at addresses of their own; empty elsewhere.
	Listener string
	// Hub is one that clients can ask for, where the gateway tells hubs apart; empty elsewhere.
	Hub string
	// Origin is that of pages that are let in, where the gateway turns others away; empty elsewhere.
	Origin string
	// Derived says that nobody named it: clients may use another URL, which leads here.
	Derived bool
}

// ParseEndpoint reads a client endpoint as users and connection strings write it. The SDK appends "client/…" to it as it stands, so
// a path without a final slash is completed here and left to the client-endpoint requirement to complain about.
func ParseEndpoint(s string) (Endpoint, error) {
	u, err := url.Parse(s)
	s = password.ReplaceAllString(s, "${1}***@")
	if err != nil {
		return Endpoint{}, fmt.Errorf("client endpoint %q: %w", s, errors.Unwrap(err)) // the rest of the error is the text itself
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return Endpoint{}, fmt.Errorf("client endpoint %q is not an http or https URL: write it as https://proxy.example.com/", s)
	}
	if u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return Endpoint{}, fmt.Errorf("client endpoint %q: only scheme, host, port and path can stand in it", s)
	}
	e := Endpoint{Scheme: u.Scheme, Host: strings.ToLower(u.Hostname()), Path: u.EscapedPath(), Source: "given"}
	if !strings.HasSuffix(e.Path, "/") {
		e.Path += "/"
	}
	e.Port = defaultPort(e.Scheme)
	if u.Port() != "" {
		if e.Port, err = strconv.Atoi(u.Port()); err != nil || e.Port < 1 || e.Port > 65535 {
			return Endpoint{}, fmt.Errorf("client endpoint %q: port %s is not between 1 and 65535", s, u.Port())
		}
	}
	return e, nil
}

// password is the user of a URL, and the password.
var password = regexp.MustCompile(`(//)[^/@]*@`)

// StandsIn reports whether the endpoint only stands in for the URL that clients use: nobody named it, or it leads to this machine.
func (e Endpoint) StandsIn() bool { return e.Derived || isLoopback(e.Host) }

func defaultPort(scheme string) int {
	if scheme == "https" {
		return 443
	}
	return 80
}

// Authority is the Host header that clients send: without the port where it is the scheme's own.
func (e Endpoint) Authority() string {
	if e.Port == defaultPort(e.Scheme) {
		if strings.Contains(e.Host, ":") {
			return "[" + e.Host + "]"
		}
		return e.Host
	}
	return net.JoinHostPort(e.Host, strconv.Itoa(e.Port))
}

// String is the URL.
func (e Endpoint) String() string { return e.Scheme + "://" + e.Authority() + e.Path }
