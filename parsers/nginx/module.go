package nginx

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// effect is what a directive of a module that NGINX itself does not have can do to a request.
type effect uint8

const (
	noEffect   effect = iota // none that decides where or how a request goes
	mayDecide                // it may answer, refuse or change the request
	isContent                // it answers the request
	compresses               // it may compress the answer
)

// moduleDirectives are directives of well-known modules, by name or by prefix (with an asterisk).
var moduleDirectives = []struct {
	names  string
	effect effect
}{
	{"content_by_lua* js_content perl echo* lua_ingress", isContent},
	{"header_filter_by_lua* body_filter_by_lua* log_by_lua* init_by_lua* init_worker_by_lua* exit_worker_by_lua* ssl_*_by_lua* set_by_lua*", noEffect},
	{"rewrite_by_lua* access_by_lua* server_rewrite_by_lua* precontent_by_lua* balancer_by_lua* js_access more_set_input_headers more_clear_input_headers", mayDecide},
	{"modsecurity* naxsi* SecRules* LearningMode BasicRule CheckRule DeniedUrl testcookie* app_protect* auth_ldap* auth_pam* auth_spnego* auth_gss*", mayDecide},
	{"brotli brotli_types zstd zstd_types", compresses},
	{"brotli_* zstd_* lua_* js_* more_set_headers more_clear_headers vhost_traffic_status* status_zone api status health_check* match zone_sync* keyval_zone keyval state", noEffect},
	{"geoip* geoip2* opentracing* otel_* opentelemetry* datadog_* jaeger_* perl_* passenger_* pagespeed* rtmp* ndk_* auth_jwt_* auth_oidc_* mgmt* license_token usage_report enforce_initial_report", noEffect},
	{"set_* array_* form_input* headers_more* upload* fancyindex* push_stream* nchan* cache_purge* proxy_cache_purge image_filter* xslt_* dav_ext* njs* ssl spdy* limit_zone", noEffect},
	{"session_log* f4f hls* mqtt* ntlm queue sticky_* upstream_conf proxy_connect proxy_connect_allow proxy_connect_data_timeout proxy_connect_read_timeout proxy_connect_send_timeout proxy_connect_connect_timeout proxy_connect_address proxy_connect_bind proxy_connect_response proxy_upload* dyups* check* consistent_hash fair jvm_route", noEffect},
}

// foreignEffect tells what a directive that NGINX does not have can do, and whether it is known at all.
func foreignEffect(name string) (effect, bool) {
	for _, row := range moduleDirectives {
		for pattern := range strings.FieldsSeq(row.names) {
			if matchName(pattern, name) {
				return row.effect, true
			}
		}
	}
	return mayDecide, false
}

// maxNamed bounds how many directives of modules are named together.
const maxNamed = 8

// mayDecide reports whether a directive is a module's and may decide a request.
func (c *config) mayDecide(name string) bool {
	known, ok := c.effects[name]
	if !ok {
		what, _ := foreignEffect(name)
		_, own := knownDirectives()[name]
		known = !own && what == mayDecide && !c.mistaken(name)
		c.effects[name] = known
	}
	return known
}

// maxSpelled bounds how many unknown names are compared with all known ones.
const maxSpelled = 1000

// mistaken reports whether a name can be no module's directive: NGINX refuses it.
func (c *config) mistaken(name string) bool {
	return !isDirectiveName(name) || len(c.effects) < maxSpelled && misspelled(name) != ""
}

// foreign follows both possibilities where directives of modules, in a level or around it, may decide a request.
func (w *lowering) foreign(e *env) []routing.Step {
	var found []Directive
	var seen []string
	for s := e.scope; s != nil; s = s.parent {
		for _, d := range s.foreign {
			if !slices.Contains(seen, d.Name()) && len(seen) < maxNamed {
				found, seen = append(found, d), append(seen, d.Name())
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	at := found[0].Span()
	why := "what does " + strings.Join(seen, ", ") + " of a module do to the request"
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{
		When: routing.Given{Value: routing.UnknownOf(why, at)}, Do: []routing.Step{&routing.Opaque{Why: why, Span: at}}, Label: title(found[0]), Span: at,
	}}}}
}
