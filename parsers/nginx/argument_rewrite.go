package nginx

import (
	"slices"
	"strings"
)

// returns is return (ngx_http_rewrite_return).
func (k *checker) returns(d Directive, _ *place) {
	code := d.Value(1)
	switch {
	case isCount(code) && number(code) <= 999:
		k.texts(d, 2)
	case d.Len() == 2 && isURL(code):
		k.text(d, 1)
	default:
		k.refused(d, `invalid return code "`+code+`"`)
	}
}

// rewrite is rewrite (ngx_http_rewrite).
func (k *checker) rewrite(d Directive, _ *place) {
	if d.Value(2) == "" {
		k.refused(d, "empty replacement")
		return
	}
	k.expression(d, d.Value(1))
	if d.Len() == 4 && !slices.Contains([]string{"last", "break", "redirect", "permanent"}, d.Value(3)) {
		k.refused(d, `invalid parameter "`+d.Value(3)+`"`)
	}
	k.mentions(d, strings.TrimSuffix(d.Value(2), "?"))
}

// set is set and auth_request_set.
func (k *checker) set(d Directive, _ *place) {
	k.newVariable(d, d.Value(1))
	k.text(d, 2)
}

// newVariable refuses names that no variable may have, and those of variables whose value NGINX alone gives (ngx_http_add_variable).
func (k *checker) newVariable(d Directive, name string) {
	switch plain, ok := strings.CutPrefix(name, "$"); {
	case !ok, plain == "":
		k.refused(d, `invalid variable name "`+name+`"`)
	case slices.Contains(fixedNames, lower(plain)):
		k.refused(d, `the duplicate "`+plain+`" variable`)
	}
}

// fixedNames are the variables that no directive may define (those without NGX_HTTP_VAR_CHANGEABLE in NGINX's sources, 1.31.4).
var fixedNames = strings.Fields(`
	binary_remote_addr body_bytes_sent bytes_sent connection connection_requests connection_time connections_active connections_reading
	connections_waiting connections_writing content_length content_type date_gmt date_local document_root document_uri fastcgi_path_info
	fastcgi_script_name host hostname http_cookie http_host http_referer http_user_agent http_via http_x_forwarded_for https is_args
	limit_conn_status limit_req_status msec nginx_version pid pipe proxy_add_x_forwarded_for proxy_protocol_addr proxy_protocol_port
	proxy_protocol_server_addr proxy_protocol_server_port query_string realip_remote_addr realip_remote_port realpath_root remote_addr
	remote_port remote_user request request_body request_body_file request_completion request_filename request_id request_length
	request_method request_time request_uri scheme sent_http_cache_control sent_http_connection sent_http_content_length
	sent_http_content_type sent_http_keep_alive sent_http_last_modified sent_http_link sent_http_location sent_http_transfer_encoding
	server_addr server_name server_port server_protocol status tcpinfo_rcv_space tcpinfo_rtt tcpinfo_rttvar tcpinfo_snd_cwnd time_iso8601
	time_local upstream_addr upstream_bytes_received upstream_bytes_sent upstream_cache_last_modified upstream_cache_status
	upstream_connect_time upstream_header_time upstream_response_length upstream_response_time upstream_status uri`)

// ifs is the condition of an if (ngx_http_rewrite_if_condition).
func (k *checker) ifs(d Directive, _ *place) {
	words, ok := conditionWords(d)
	if !ok {
		return // the lowering says so
	}
	if name := words[0]; len(name) > 1 && name[0] == '$' {
		k.variables = append(k.variables, variableUse{name[1:], d})
	}
	if len(words) == 2 {
		k.mentions(d, words[1])
	}
	if len(words) != 3 {
		return
	}
	switch words[1] {
	case "=", "!=":
		k.mentions(d, words[2])
	case "~", "~*", "!~", "!~*":
		k.expression(d, words[2])
	}
}
