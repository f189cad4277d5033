package main

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
	"github.com/asrscheck/asrscheck/reports"
)

// request are the arguments that describe the request to be traced.
type request struct {
	method, url string
	headers     []string
	clientIP    string
}

// traceCommand shows the way of one request through the model.
func traceCommand(s *session) *cobra.Command {
	var in input
	r := request{clientIP: conformance.DefaultSample().ClientIP}
	c := &cobra.Command{
		Use:   "trace PATH METHOD URL",
		Short: "Show the way of one request through a configuration",
		Long: "trace follows one request through every gateway that PATH describes, step by step with the source lines, and tells what arrives\n" +
			"where: address, Host, target, TLS name, headers and settings; or what the gateway answers itself. Where something unknown decides,\n" +
			"every way is shown with what it assumes.\n\n" +
			"Exit status: 0 the way was followed to its end, 2 wrong usage, 3 it could not be followed.",
		Example: "  asrscheck trace nginx.conf POST 'https://rt.example.com/client/negotiate?hub=chat'\n" +
			"  asrscheck trace nginx.conf GET 'https://rt.example.com/client/?hub=chat' -H 'Upgrade: websocket' -H 'Connection: Upgrade'",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 3 {
				return errors.New("trace needs three arguments: PATH METHOD URL")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			r.method, r.url = args[1], args[2]
			return s.trace(args[0], &in, &r)
		},
	}
	in.register(c)
	c.Flags().StringArrayVarP(&r.headers, "header", "H", nil, "add a header to the request: `'Name: value'` (repeatable)")
	c.Flags().StringVar(&r.clientIP, "client-ip", r.clientIP, "`ADDRESS` that the request comes from")
	return c
}

func (s *session) trace(path string, in *input, r *request) error {
	if err := in.validate([]string{path}); err != nil {
		return err
	}
	req, endpoint, err := r.parse()
	if err != nil {
		return err
	}
	estate, sources := s.load(in, []string{path})
	s.tell(conformance.GapsOf(estate.Problems))
	if len(estate.Gateways) == 0 {
		return failure{fmt.Errorf("%s: no gateway was found in it", path)}
	}
	traces := tracesOf(estate, req, endpoint)
	if len(traces) == 0 {
		return failure{fmt.Errorf("no listener takes a request for %s; there are %s", endpoint, listenersOf(estate))}
	}
	if err := reports.WriteTraces(s.stdout, traces, sources, s.colors(s.stdout)); err != nil {
		return failure{err}
	}
	s.status = followed(traces)
	return nil
}

// tracesOf traces at every listener that the request may come in at, under every version that the product may have.
func tracesOf(estate *routing.Estate, req *routing.Request, e conformance.Endpoint) []reports.Trace {
	var out []reports.Trace
	upgrade, _ := req.Get("Upgrade")
	socket := strings.EqualFold(upgrade, "websocket")
	for _, gateway := range estate.Gateways {
		gateway = gateway.Open()
		for _, g := range append([]*routing.Gateway{gateway}, gateway.Variants...) {
			for _, l := range conformance.ListenersFor(g, e) {
				out = append(out, reports.Trace{Gateway: g, Listener: l, Paths: (&routing.Tracer{Gateway: g, Explain: true}).Trace(l, req), Socket: socket, Secrets: secretsOf(req)})
			}
		}
	}
	return out
}

// secretsOf are the credentials that a request carries.
func secretsOf(req *routing.Request) []string {
	token, _ := routing.Argument(req.Query(), "access_token", true)
	header, _ := req.Get("Authorization")
	_, credentials, _ := strings.Cut(header, " ")
	return []string{token, strings.TrimSpace(credentials)}
}

// followed is the exit status: a way that ends in the unknown was not followed to its end.
func followed(traces []reports.Trace) int {
	for _, t := range traces {
		for i := range t.Paths {
			if t.Paths[i].Delivery == nil && t.Paths[i].Response == nil {
				return exitFailed
			}
		}
	}
	return exitClean
}

// namedListeners bounds how many listeners an error names.
const namedListeners = 20

func listenersOf(estate *routing.Estate) string {
	var out []string
	for _, g := range estate.Gateways {
		for _, l := range g.Open().Listeners {
			out = append(out, l.Name)
		}
	}
	if len(out) == 0 {
		return "none at all"
	}
	if more := len(out) - namedListeners; more > 0 {
		return strings.Join(out[:namedListeners], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(out, ", ")
}

var (
	methodForm = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$") // RFC 9110 9.1 and 5.6.2
	urlForm    = regexp.MustCompile(`^([a-zA-Z]+)://([^/?#]+)([^#\s\x00-\x1f\x7f]*)`)
)

// parse makes the request. Path and query travel as they were written, since decoding is what many gateways differ in.
func (r *request) parse() (*routing.Request, conformance.Endpoint, error) {
	var none conformance.Endpoint
	if !methodForm.MatchString(r.method) {
		return nil, none, fmt.Errorf("%q is not a method", r.method)
	}
	if net.ParseIP(r.clientIP) == nil {
		return nil, none, fmt.Errorf("--client-ip %s: give an IP address", r.clientIP)
	}
	parts := urlForm.FindStringSubmatch(r.url)
	if parts == nil || parts[0] != r.url && !strings.HasPrefix(r.url[len(parts[0]):], "#") {
		return nil, none, fmt.Errorf("%q is not a URL: write it as https://rt.example.com/client/negotiate?hub=chat", r.url)
	}
	endpoint, err := conformance.ParseEndpoint(parts[1] + "://" + parts[2] + "/")
	if err != nil {
		return nil, none, err
	}
	target := parts[3]
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	req := &routing.Request{Method: r.method, Scheme: endpoint.Scheme, Host: endpoint.Authority(), Target: target, ClientIP: r.clientIP}
	if req.Scheme == "https" && net.ParseIP(endpoint.Host) == nil {
		req.SNI = endpoint.Host // RFC 6066 3: never an address
	}
	return req, endpoint, r.addHeaders(req)
}

func (r *request) addHeaders(req *routing.Request) error {
	for _, line := range r.headers {
		name, value, ok := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch {
		case !ok || !methodForm.MatchString(name):
			return fmt.Errorf("-H %q: write a header as 'Name: value'", line)
		case strings.EqualFold(name, "Host"):
			req.Host = value
			continue
		case strings.EqualFold(name, "Content-Length"):
			size, err := strconv.ParseInt(value, 10, 64)
			if err != nil || size < 0 {
				return fmt.Errorf("-H %q: the length is not a number", line)
			}
			req.BodySize = size
		}
		req.Header = append(req.Header, routing.Field{Name: name, Value: value})
	}
	return nil
}
