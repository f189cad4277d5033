package live

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"net/url"
	"strings"

	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// causes say what is likely behind a failure, by requirement and kind of proxy, or by case where that differs; the empty kind stands for those
// that are not known, and for those without a line of their own.
var causes = map[string]map[string]string{
	"host-override": {
		"":           "the proxy passes on the Host that the client sent instead of the service's name",
		"nginx":      "`proxy_set_header Host $host;`, or a location whose own proxy_set_header lines drop the one that was inherited",
		"appgateway": "the backend setting does not override the host name with that of the backend target",
		"apim":       "a set-header policy for Host, or a backend URL that is not the service's",
		"akamai":     "Forward Host Header is not set to Origin Hostname",
		"frontdoor":  "the origin has no origin host header",
		"haproxy":    "`http-request set-header Host` with the service's name is missing in the backend",
		"caddy":      "`header_up Host {upstream_hostport}` is missing in reverse_proxy",
		"apache":     "`ProxyPreserveHost On`",
	},
	"upstream-tls": {
		"":           "the address of the service is written with http://",
		"nginx":      "proxy_pass with http:// instead of https://",
		"appgateway": "the backend setting speaks HTTP instead of HTTPS",
		"apim":       "the service URL of the API begins with http://",
		"akamai":     "the origin is asked on its HTTP port",
		"haproxy":    "the server line lacks `ssl`",
		"caddy":      "reverse_proxy to an address without https://",
		"apache":     "ProxyPass to http:// or ws://",
	},
	"health-probe": {
		"":           "the health probe asks another path than /api/health, or with another Host than the service's, or takes another status for healthy",
		"appgateway": "the backend setting uses the default probe, or one whose path is not /api/health or that does not pick its host from the backend setting",
		"frontdoor":  "the origin group's health probe asks for another path than /api/health",
	},
	"tls-sni": {
		"":           "the handshake with the service carries no server name, or another one",
		"nginx":      "`proxy_ssl_server_name on;` is missing, or proxy_ssl_name is another name",
		"appgateway": "the backend is an IP address and the backend setting gives no host name",
		"apim":       "the backend is an IP address",
		"akamai":     "SNI is off for the origin",
		"haproxy":    "`sni str(…)` is missing in the server line",
		"caddy":      "tls_server_name is missing where the upstream is an address",
		"apache":     "ProxyPass to an address instead of the service's name",
	},
	"tls-verify": {
		"":           "the certificate of the service is not checked, or for another name",
		"nginx":      "`proxy_ssl_verify on;` and proxy_ssl_trusted_certificate are missing, or proxy_ssl_name is another name",
		"appgateway": "the backend setting skips the validation of certificate or SNI",
		"apim":       "the backend entity skips the validation of chain or name",
		"akamai":     "the origin's certificate is accepted whatever its name is",
		"haproxy":    "`verify none`, or no `verifyhost`",
		"caddy":      "tls_insecure_skip_verify",
		"apache":     "`SSLProxyVerify none`, or `SSLProxyCheckPeerName off`",
	},
	"negotiate": {
		"":           "no route for /client/negotiate, or one that refuses POST or OPTIONS, redirects, asks for credentials of its own, or drops Authorization",
		"nginx":      "a location that wins over /client/, a return or redirect, auth_basic or limit_except",
		"appgateway": "a path rule that leads elsewhere, a redirect configuration, or an unhealthy backend pool",
		"apim":       "an operation is missing (POST negotiate, OPTIONS), a subscription key is required, or a policy validates a token that clients bring for the service",
		"akamai":     "a behavior that denies POST or OPTIONS, or a redirect",
		"haproxy":    "an acl without OPTIONS or POST, http-request deny or redirect",
		"caddy":      "a matcher that leaves /client/ out, or a redir",
		"apache":     "ProxyPass does not cover /client/, or Limit refuses the method",
	},
	"websocket": {
		"":           "the proxy does not pass Upgrade and Connection on, or closes connections that are quiet for less than 15 seconds",
		"nginx":      "`proxy_http_version 1.1;`, `proxy_set_header Upgrade $http_upgrade;` or the Connection line is missing, or proxy_read_timeout is below 20 s",
		"appgateway": "the request timeout of the backend setting is too short: it cuts quiet WebSockets",
		"apim":       "HTTP APIs of API Management relay no WebSocket: that takes a WebSocket API",
		"akamai":     "the WebSockets behavior is not on for /client/",
		"frontdoor":  "caching is on for the route, or the profile is a classic one: both drop the upgrade",
		"haproxy":    "`timeout tunnel` is too short, or option httpclose",
		"caddy":      "a header_up line takes Upgrade or Connection away, or read_timeout is too short",
		"apache":     "`upgrade=websocket` is missing in ProxyPass (2.4.47 and later), or mod_proxy_wstunnel is not loaded; ProxyTimeout is too short",
	},
	"server-sent-events": {
		"":           "the proxy holds the answer back, or closes a stream that is quiet for less than 15 seconds",
		"nginx":      "`proxy_buffering off;` is missing, or proxy_read_timeout is below 20 s",
		"appgateway": "response buffering is on, or the request timeout is too short",
		"apim":       "`buffer-response=\"false\"` is missing in forward-request, or a policy reads the body of answers",
		"akamai":     "answers are held back, or the read timeout is too short",
		"frontdoor":  "Front Door does not stream events",
		"haproxy":    "`timeout server` is too short",
		"caddy":      "`flush_interval -1` is missing while the answer is encoded",
		"apache":     "`flushpackets=on` is missing in ProxyPass, mod_deflate holds events back, or ProxyTimeout is too short",
	},
	"long-polling": {
		"":           "the proxy waits less than 90 seconds for an answer, caches polls, or refuses POST or DELETE",
		"nginx":      "proxy_read_timeout is at its default of 60 s, proxy_cache is on, or limit_except refuses DELETE",
		"appgateway": "the request timeout of the backend setting is below 100 s",
		"apim":       "the DELETE operation is missing, or the timeout of forward-request is below 100 s",
		"akamai":     "the read timeout is below 100 s, polls are cached, or DELETE is not allowed",
		"frontdoor":  "the origin response timeout is below 100 s",
		"haproxy":    "`timeout server` is below 100 s",
		"caddy":      "response_header_timeout is below 100 s",
		"apache":     "ProxyTimeout is at its default of 60 s, or Limit refuses DELETE",
	},
	"path": {
		"":           "a rewrite changes path or query",
		"nginx":      "a URI in proxy_pass, a rewrite, or variables that lack $is_args$args",
		"appgateway": "a rewrite set, or a backend path in the backend setting",
		"apim":       "rewrite-uri, or a suffix of the API that is not taken off",
		"akamai":     "Modify Outgoing Request Path, or query parameters that are left out",
		"haproxy":    "http-request set-path, set-uri or replace-path",
		"caddy":      "rewrite, uri strip_prefix or handle_path",
		"apache":     "RewriteRule, or slashes that differ between the two sides of ProxyPass",
	},
	"affinity": {
		"":           "requests are spread over several instances without regard to asrs_request_id",
		"nginx":      "an upstream of several servers without `hash $arg_asrs_request_id consistent;`",
		"appgateway": "several services in one backend pool: cookies do not hold SignalR clients together",
		"apim":       "a load-balanced pool, or a policy that chooses by chance",
		"akamai":     "several origins, chosen by something else than the request id",
		"haproxy":    "`balance` by something else than url_param asrs_request_id",
		"caddy":      "lb_policy other than query asrs_request_id",
		"apache":     "a balancer without stickysession for asrs_request_id",
	},
	"client-endpoint": {
		"": "`ClientEndpoint=` in the connection string is missing, lacks the slash at its end, or is that of another proxy",
	},
	"client-tls": {
		"":           "the listener speaks TLS 1.1 or older, or its certificate does not hold for the name of the client endpoint",
		"nginx":      "ssl_protocols names TLSv1 or TLSv1.1, or ssl_certificate is for another name",
		"appgateway": "the TLS policy allows TLS 1.0 or 1.1, or the listener's certificate is for another name",
		"apim":       "TLS 1.0 or 1.1 is enabled for clients, or the custom domain lacks its certificate",
	},
	"cors": {
		"":           "the proxy adds CORS headers to those of the service, or takes them away",
		"nginx":      "add_header Access-Control-Allow-Origin without proxy_hide_header",
		"appgateway": "a rewrite set that writes Access-Control-Allow-Origin",
		"apim":       "a cors policy without allow-credentials, or with * as origin",
		"akamai":     "Modify Outgoing Response Header adds Access-Control-Allow-Origin",
		"haproxy":    "http-response add-header Access-Control-Allow-Origin",
		"caddy":      "header Access-Control-Allow-Origin",
		"apache":     "Header add Access-Control-Allow-Origin",
	},
	"limits": {
		"":           "a limit for request lines, headers, bodies or requests at once, or a firewall",
		"nginx":      "large_client_header_buffers, client_max_body_size, limit_req or limit_conn",
		"appgateway": "a rule of the WAF: exclude access_token and the body of /client/",
		"apim":       "rate-limit, quota or limit-concurrency",
		"akamai":     "a WAF rule or rate control",
		"frontdoor":  "a WAF rule",
		"haproxy":    "tune.bufsize, a stick-table limit or maxconn",
		"caddy":      "request_body max_size, or max_header_size",
		"apache":     "LimitRequestLine, LimitRequestFieldSize, LimitRequestBody, or mod_security",
	},
	"exposure": {
		"":           "a catch-all route leads every path to the service",
		"nginx":      "location / leads to the service: only /client/ should",
		"appgateway": "the default backend of the path map, or a basic rule, leads to the service",
		"apim":       "a wildcard operation (/*)",
		"akamai":     "the default rule leads to the service",
		"haproxy":    "default_backend leads to the service",
		"caddy":      "reverse_proxy without a path matcher",
		"apache":     "ProxyPass / instead of ProxyPass /client/",
	},
	"token-log": {
		"":           "the access log holds the request line with its query",
		"nginx":      "a log_format with $request, $request_uri, $args or $arg_access_token; combined, the default, is one of them",
		"appgateway": "access logs hold requestQuery and originalRequestUriWithArgs: keep them from who may not see tokens",
		"haproxy":    "option httplog, or a log-format with %r, %HQ or %HU",
		"caddy":      "a log without a filter for request>uri that takes access_token out",
		"apache":     "%r or %q in the LogFormat; common and combined hold it",
	},
	"private-access": {
		"": "public network access to the SignalR resource is on (publicNetworkAccess), or its network rules allow client connections from here",
	},
	"LIVE-HOST-02": {
		"":           "the proxy passes on the Host that the client sent instead of the service's name, or has no route for GET /client/",
		"nginx":      "`proxy_set_header Host $host;`, a location whose own proxy_set_header lines drop the one that was inherited, or no location for /client/",
		"appgateway": "the backend setting does not override the host name with that of the backend target, or no path rule covers /client/*",
		"apim":       "a set-header policy for Host, a backend URL that is not the service's, or no operation for GET /client/",
		"akamai":     "Forward Host Header is not set to Origin Hostname, or no rule leads /client/ to the service",
		"frontdoor":  "the origin has no origin host header, or no route covers /client/*",
	},
	"LIVE-HOST-03": {
		"":        "the proxy sends the Host that X-Forwarded-Host names",
		"nginx":   "proxy_set_header Host with $http_x_forwarded_host in it",
		"haproxy": "http-request set-header Host with req.hdr(x-forwarded-host)",
		"apache":  "RequestHeader set Host from X-Forwarded-Host",
	},
	"LIVE-HOST-04": {
		"":        "a default route passes on the Host of whoever asks, and leads to the service",
		"nginx":   "a default_server, or a server without server_name, with `proxy_set_header Host $host;`",
		"haproxy": "default_backend without set-header Host",
		"caddy":   "a site for :443 without header_up Host",
		"apache":  "a default VirtualHost with `ProxyPreserveHost On`",
	},
	"LIVE-NEG-07": {
		"":      "the proxy drops Content-Length where it is 0",
		"nginx": "`proxy_set_header Content-Length \"\";`",
	},
	"LIVE-HOST-05": {
		"":        "requests that ask for a WebSocket go another way than the others, on which the Host of clients is passed on",
		"nginx":   "a location for WebSockets with `proxy_set_header Host $host;`",
		"haproxy": "a backend for WebSockets without `http-request set-header Host`",
		"apache":  "`ProxyPreserveHost On` where ProxyPass leads to wss://",
	},
	"LIVE-HOST-06": {
		"": "a default route passes on the Host of whoever asks, and leads to the service; or the service's own name is one of the proxy's",
	},
	"LIVE-HOST-07": {
		"": "the proxy sends the Host that X-Forwarded-Host or another such header names",
	},
	"LIVE-NEG-08": {
		"":      "a page of the app stands in for what no route matches (a fallback for single-page apps)",
		"nginx": "try_files with /index.html in a location that wins over /client/ for GET",
	},
	"LIVE-NEG-09": {
		"": "something on the way takes its time: a cold start, a firewall that inspects, retries to a member that is down, or a name that resolves slowly",
	},
	"LIVE-NEG-10": {
		"":        "the proxy replaces error answers of the service by a page of its own with another status",
		"nginx":   "`proxy_intercept_errors on;` with an error_page that gives another status (=200) or redirects",
		"apim":    "a policy in on-error or outbound that sets the status",
		"haproxy": "http-response return or http-error for statuses of the service",
		"caddy":   "handle_response in reverse_proxy",
		"apache":  "`ProxyErrorOverride On`",
	},
	"LIVE-NEG-11": {
		"":      "the proxy passes on only headers that it knows",
		"nginx": "`proxy_pass_request_headers off;`",
	},
	"LIVE-WS-05": {
		"": "something on the way looks into WebSockets and bounds them: a firewall, or a limit for their messages",
	},
	"LIVE-WS-06": {
		"": "the proxy cuts WebSockets instead of passing the close frame on",
	},
	"LIVE-WS-07": {
		"": "the proxy accepts WebSockets before the service did",
	},
	"LIVE-WS-08": {
		"": "the proxy answers the offer of permessage-deflate itself: it must pass Sec-WebSocket-Extensions on in both directions, or in none",
	},
	"LIVE-WS-09": {
		"":           "the time-out of quiet WebSockets is below twice the time between pings",
		"nginx":      "proxy_read_timeout is below 30 s",
		"appgateway": "the request timeout of the backend setting is below 30 s",
		"haproxy":    "`timeout tunnel` is below 30 s",
		"apache":     "ProxyTimeout is below 30 s",
	},
	"LIVE-WS-10": {
		"": "something on the way bounds the messages of WebSockets: what hubs accept beyond 32 KB, where they are told to, does not pass",
	},
	"LIVE-WS-11": {
		"":        "the proxy closes open connections when it loads its configuration again, or shortly after",
		"nginx":   "worker_shutdown_timeout",
		"haproxy": "hard-stop-after",
		"caddy":   "stream_close_delay of reverse_proxy is missing: a reload closes WebSockets at once",
		"apache":  "GracefulShutdownTimeout, or a restart instead of a graceful one",
	},
	"LIVE-SSE-06": {
		"":       "the proxy sets Cache-Control for all answers, or compresses event streams",
		"nginx":  "expires, or add_header Cache-Control, in the location of /client/",
		"apache": "ExpiresActive, or mod_deflate for text/event-stream",
	},
	"LIVE-PATH-04": {
		"": "the route is for /client/negotiate alone: only clients that leave the slash out get through",
	},
	"LIVE-AFF-02": {
		"":      "connections without asrs_request_id are spread: where the app is serverless, several services want a key that these have too",
		"nginx": "`hash $arg_asrs_request_id consistent;` goes round robin where the parameter is missing",
	},
	"LIVE-AFF-03": {
		"": "connections are shared out by something that changes when a client comes back, or the same URL may not come twice",
	},
	"LIVE-AFF-05": {
		"":           "a cookie for session affinity, which SignalR clients do not need",
		"appgateway": "cookie-based affinity of the backend setting",
		"haproxy":    "`cookie … insert` without secure and attr \"SameSite=None\"",
	},
	"LIVE-CEP-02": {
		"": "one client endpoint leads to several services: give each service one of its own",
	},
	"LIVE-CTLS-02": {
		"":           "the listener on port 80 leads to the service too, instead of redirecting to HTTPS",
		"nginx":      "`listen 80;` in the server that has the location of /client/",
		"appgateway": "a listener on port 80 with a rule to the same backend",
		"haproxy":    "`bind :80` in the same frontend",
		"caddy":      "an http:// site, or auto_https off",
		"apache":     "a VirtualHost on *:80 with the same ProxyPass",
	},
	"LIVE-EXP-03": {
		"":       "the proxy answers TRACE",
		"apache": "`TraceEnable On`, which is its default",
	},
	"LIVE-EXP-06": {
		"":       "the proxy serves as a forward proxy, too",
		"apache": "`ProxyRequests On` with mod_proxy_connect",
	},
	"LIVE-EXP-07": {
		"": "something other than the service answers PUT, such as a page of an application",
	},
	"LIVE-EXP-04": {
		"":        "the proxy appends to the X-Forwarded-For that a client sent",
		"nginx":   "no `proxy_set_header X-Forwarded-For $remote_addr;`: without a line the client's own passes, and $proxy_add_x_forwarded_for appends to it",
		"haproxy": "option forwardfor without http-request del-header X-Forwarded-For",
		"apache":  "mod_proxy appends: RequestHeader unset X-Forwarded-For early takes the client's away",
	},
	"LIVE-EXP-05": {
		"":      "cookies are passed on, and the client endpoint may share its host with the app",
		"nginx": "`proxy_set_header Cookie \"\";` is missing",
		"caddy": "`header_up -Cookie` is missing",
	},
}

// unknownAuthority is part of what crypto/x509 says of a chain that ends at no authority that counts.
var unknownAuthority = x509.UnknownAuthorityError{}.Error()

// causeOf is what is likely behind a failed case of a proxy that runs somewhere or here.
func (t *Target) causeOf(c *Case, message string) string {
	if strings.Contains(message, unknownAuthority) {
		return "the certificate is of an authority that this machine does not know (--trust FILE names one that clients know), or the proxy sends it without those between it and the authority"
	}
	if t.proxy == nil && t.scope.log.unanswered() {
		return "the proxy cannot be reached from here, its certificate does not hold for its name, it waits for a service that it does not reach, or it hangs up on such requests"
	}
	if t.scope.lostToken {
		return cmp.Or(causes["path"][t.kindSeen()], causes["path"][""])
	}
	return causeOf(c, t.kindSeen())
}

// causeOf is what is likely behind a failed case.
func causeOf(c *Case, kind string) string {
	by, own := causes[c.ID]
	if !own {
		by = causes[c.Requirement]
	}
	return cmp.Or(by[kind], by[""])
}

// kindSeen is the kind of the proxy: as its configuration says, or else as its answers show.
func (t *Target) kindSeen() string {
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	return cmp.Or(t.kind, t.shared.kind)
}

// signs are how proxies give themselves away: a header, and a piece of its value in lower case. A service behind one that passes Server on may be
// mistaken for it, so that only a likely cause hangs on them.
var signs = []struct{ header, part, kind string }{
	{"Server", "microsoft-azure-application-gateway", "appgateway"},
	{"X-Azure-Ref", "", "frontdoor"},
	{"Server", "akamai", "akamai"},
	{"X-Akamai-Request-Id", "", "akamai"},
	{"Via", "caddy", "caddy"},
	{"Server", "caddy", "caddy"},
	{"Via", "apache", "apache"},
	{"Server", "apache", "apache"},
	{"Via", "haproxy", "haproxy"},
	{"Server", "haproxy", "haproxy"},
	{"Ocp-Apim-Trace-Location", "", "apim"},
	{"Server", "nginx", "nginx"},
	{"Server", "openresty", "nginx"},
}

// recognize learns from an answer which kind of proxy it came through.
func (s *shared) recognize(x *signalrclient.Exchange) {
	if x == nil || x.Response == nil {
		return
	}
	kind := ""
	for _, sign := range signs {
		if value := x.Response.Header.Get(sign.header); value != "" && strings.Contains(strings.ToLower(value), sign.part) {
			kind = sign.kind
			break
		}
	}
	if kind == "" && bytes.Contains(x.Response.Body, []byte(`"message": "Access denied due to missing subscription key`)) {
		kind = "apim"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kind = cmp.Or(s.kind, kind)
}

// conceal takes the tokens of the target out of a sentence.
func (t *Target) conceal(text string) string {
	var pairs []string
	for _, secret := range []string{t.tokens.short, t.tokens.long} {
		if secret != "" {
			pairs = append(pairs, secret, hidden, url.QueryEscape(secret), hidden)
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
