// Package hubserver is the negotiate endpoint of an app server that uses the Azure SignalR SDK: it keeps no connection itself and sends
// clients to the service, by way of the client endpoint, with an access token. See Azure/azure-signalr, NegotiateHandler.cs and
// DefaultServiceEndpointGenerator.cs; and AspNet/Middleware/NegotiateMiddleware.cs for ASP.NET SignalR.
package hubserver

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
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
	Language       string                   // culture that request localization set, for asrs_lang; empty leaves it out
	UILanguage     string                   // likewise, for asrs_ui_lang
	Disconnected   bool                     // from the service: clients are told to try again
	Claims         map[string]any           // of the app's own, in tokens
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
	to := s.ClientEndpoint + "client/?" + signalrclient.RedirectQuery(redirect) + s.languages()
	return func(token string) any { return answer{URL: to, Token: token, Transports: []string{}} }
}

// languages are what request localization adds at the end (azure-signalr NegotiateHandler.cs, GetQueryString).
func (s *Server) languages() string {
	if s.Serverless {
		return ""
	}
	return parameter("asrs_lang", s.Language) + parameter("asrs_ui_lang", s.UILanguage)
}

// parameter is a further parameter of a query; empty without a value.
func parameter(name, value string) string {
	if value == "" {
		return ""
	}
	return "&" + name + "=" + url.QueryEscape(value)
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
	all := maps.Clone(s.Claims)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, claims)
	token, err := signalrclient.Access{Host: s.Host, Hub: s.Hub, Key: s.Key, Claims: all}.Mint()
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	case s.Disconnected:
		http.Error(w, "Azure SignalR Service is not connected yet, please try again later.", http.StatusInternalServerError)
		return
	case len(token) > maxToken:
		http.Error(w, "The generated access token is too long.", http.StatusRequestEntityTooLarge)
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

// maxToken is the longest that the SDK gives out (azure-signalr AuthUtility.cs, MaxTokenLength).
const maxToken = 4096

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
