package nginx

import "strings"

// splitURL cuts a URL into scheme, authority and the rest; ok is false for another scheme.
func splitURL(url string) (https bool, authority, uri string, ok bool) {
	folded := lower(url[:min(len(url), 8)])
	switch {
	case strings.HasPrefix(folded, "http://"):
		url = url[7:]
	case strings.HasPrefix(folded, "https://"):
		https, url = true, url[8:]
	default:
		return false, "", "", false
	}
	if strings.HasPrefix(url, "unix:") {
		path, rest, _ := strings.Cut(url[5:], ":")
		return https, "unix:" + path, rest, true
	}
	end := strings.IndexAny(url, "/?#")
	if end < 0 {
		end = len(url)
	}
	return https, url[:end], url[end:], true
}

func defaultPort(https bool) string {
	if https {
		return "443"
	}
	return "80"
}

func schemeText(https bool) string {
	if https {
		return "https"
	}
	return "http"
}

// splitPort cuts a port off; IPv6 addresses keep their brackets.
func splitPort(authority string) (host, port string) {
	i := strings.LastIndexByte(authority, ':')
	if i < 0 || strings.HasSuffix(authority, "]") || strings.HasPrefix(authority, "unix:") {
		return authority, ""
	}
	return authority[:i], authority[i+1:]
}

// proxyHost is $proxy_host: the port is left out where the scheme has it anyway (ngx_http_proxy_set_vars).
func proxyHost(authority string, https bool) string {
	if strings.HasPrefix(authority, "unix:") {
		return "localhost"
	}
	if host, port := splitPort(authority); port == defaultPort(https) {
		return host
	}
	return authority
}
