package conformance_test

// stream draws a stream{} block with servers that lead to those of http{}, or to services; nothing for an NGINX that lacks the module.
func (m *maker) stream() []string {
	if !m.nginx.HasStream() || !m.maybe("stream", 4) {
		return nil
	}
	lines := block("map "+m.pick("stream map of", "$ssl_preread_server_name", "$remote_addr", "$server_port")+" $to", []string{
		"hostnames;", "default " + m.pick("stream default", "127.0.0.1:8080", "one.service.signalr.net:443", "behind", "one.service.signalr.net") + ";",
		m.pick("stream key", "rt.example.com", "*.example.com", "7001") + " " + m.pick("stream to", "127.0.0.1:8443", "two.service.signalr.net:443", "behind", "''") + ";",
	})
	lines = append(lines, block("upstream behind", m.behind())...)
	lines = append(lines, "resolver 10.0.0.10;", m.pick("all of stream", "", "deny 192.0.2.1; allow all;", "allow 192.0.2.0/25;"))
	for _, port := range []string{"7001", "7002", "7003"}[:1+m.upTo(2, "stream servers")] {
		lines = append(lines, block("server", m.connection(port))...)
	}
	return block("stream", lines)
}

func (m *maker) behind() []string {
	lines := []string{"server " + m.pick("behind", "127.0.0.1:8080", "one.service.signalr.net:443", "10.9.8.7:443") + ";"}
	if m.maybe("two behind", 3) {
		lines = append(lines, m.pick("behind picks by", "", "hash $remote_addr;", "least_conn;"), "server two.service.signalr.net:443;")
	}
	return lines
}

// connection draws a server of stream{}: who speaks TLS, and where the bytes go.
func (m *maker) connection(port string) []string {
	lines := []string{m.pick("stream access", "", "", "", "allow all;", "deny 192.0.2.21;")}
	switch m.pick("TLS in stream", "passed", "read", "ended", "begun", "renewed") {
	case "passed":
		lines = append(lines, "listen "+port+";")
	case "read":
		lines = append(lines, "listen "+port+"; ssl_preread on;")
	case "ended":
		lines = append(lines, "listen "+port+" ssl; ssl_certificate shown.pem; ssl_certificate_key shown.key;")
	case "begun":
		lines = append(lines, "listen "+port+"; proxy_ssl on;", m.named())
	case "renewed":
		lines = append(lines, "listen "+port+" ssl; ssl_certificate shown.pem; ssl_certificate_key shown.key; proxy_ssl on;", m.named())
	}
	return append(lines, "proxy_pass "+m.pick("stream leads to", "127.0.0.1:8080", "one.service.signalr.net:443", "behind", "$to", "127.0.0.1:8443")+";")
}

// named draws which server name is sent in a handshake that stream{} begins.
func (m *maker) named() string {
	return m.pick("stream names", "", "proxy_ssl_server_name on;", "proxy_ssl_server_name on; proxy_ssl_name one.service.signalr.net;", "proxy_ssl_name $ssl_server_name; proxy_ssl_server_name on;")
}
