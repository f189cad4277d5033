// Package hubserver is the negotiate endpoint of an app server that uses the Azure SignalR SDK: it keeps no connection itself and sends
// clients to the service, by way of the client endpoint, with an access token. See Azure/azure-signalr, NegotiateHandler.cs and
// DefaultServiceEndpointGenerator.cs; and AspNet/Middleware/NegotiateMiddleware.cs for ASP.NET SignalR.
package hubserver

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"

	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// Server redirects clients of one hub. It is an http.Handler for any path that ends in /negotiate, and answers 404 to others.
type Server struct {
	ClientEndpoint string // what the connection string says; the service's own URL when it says nothing. What follows is put right behind it
	Host           string // of the service that tokens are for
	Key            string // access key
	Hub            string
	Generation     signalrclient.Generation // of request ids
	Serverless     bool                     // negotiated by Azure Functions or the Management SDK: neither request id nor path

	mu     sync.Mutex
	source *rand.Rand
}

// answer is what the SDK writes, in its order. The list of transports is empty on purpose.
type answer struct {
	Version    int      `json:"negotiateVersion"`
	URL        string   `json:"url"`
	Token      string   `json:"accessToken"`
	Transports []string `json:"availableTransports"`
}

// classic is the answer to clients of ASP.NET SignalR.
type classic struct {
	Version string `json:"ProtocolVersion"`
	URL     string `json:"RedirectUrl"`
	Token   string `json:"AccessToken"`
	TryWeb  bool   `json:"TryWebSockets"`
}

// ServeHTTP answers negotiate.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutSuffix(strings.TrimSuffix(r.URL.Path, "/"), "/negotiate")
	switch {
	case !ok:
		http.NotFound(w, r)
	case r.URL.Query().Get("clientProtocol") != "":
		s.reply(w, s.classicClaims(), s.classic(r))
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "negotiate wants POST", http.StatusMethodNotAllowed)
	default:
		s.reply(w, nil, s.core(path, r.URL.RawQuery))
	}
}

func (s *Server) core(path, query string) func(token string) any {
	redirect := signalrclient.Redirect{Hub: s.Hub}
	if !s.Serverless {
		redirect.Path, redirect.More, redirect.RequestID = path, query, s.requestID()
	}
	to := s.ClientEndpoint + "client/?" + signalrclient.RedirectQuery(redirect)
	return func(token string) any { return answer{URL: to, Token: token, Transports: []string{}} }
}

func (s *Server) classic(r *http.Request) func(token string) any {
	to := s.ClientEndpoint + "aspnetclient?" + signalrclient.RedirectQuery(signalrclient.Redirect{Hub: s.Hub, RequestID: s.requestID()})
	version := r.URL.Query().Get("clientProtocol")
	return func(token string) any { return classic{version, to, token, true} }
}

// classicClaims name the audience of clients of ASP.NET SignalR, which is the same for all hubs (azure-signalr AspNet/EndpointProvider).
func (s *Server) classicClaims() map[string]any {
	return map[string]any{"aud": "https://" + strings.ToLower(s.Host) + "/aspnetclient"}
}

func (s *Server) reply(w http.ResponseWriter, claims map[string]any, with func(token string) any) {
	token, err := signalrclient.Access{Host: s.Host, Hub: s.Hub, Key: s.Key, Claims: claims}.Mint()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	body, err := json.Marshal(with(token)) // it writes & as \u0026, as .NET does
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	_, _ = w.Write(body) // whoever asked is gone
}

// requestID is a new one each time, the same ones in every run.
func (s *Server) requestID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.source == nil {
		s.source = rand.New(rand.NewPCG(1, 2)) //nolint:gosec // ids need to differ, not to be secret
	}
	generation := s.Generation
	if generation == 0 {
		generation = signalrclient.Readable
	}
	return signalrclient.NewRequestID(generation, s.source)
}
