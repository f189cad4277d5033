package appgateway_test

import "testing"

func TestRedirects(t *testing.T) {
	listener := ref("httpListeners", "rt-https")
	for _, tt := range []struct {
		name     string
		redirect object
		want     string
	}{
		{"to a listener, all kept", object{"redirectType": "Permanent", "targetListener": listener, "includePath": true, "includeQueryString": true}, "redirected (301) to https://rt.contoso.example/client/?hub=x"},
		{"to a listener, nothing kept", object{"redirectType": "Found", "targetListener": listener}, "redirected (302) to https://rt.contoso.example"},
		{"to a URL with the path", object{"redirectType": "SeeOther", "targetUrl": "https://x.example/", "includePath": true}, "redirected (303) to https://x.example/client/"},
		{"to a URL with the query", object{"redirectType": "Temporary", "targetUrl": "https://x.example/a", "includeQueryString": "true"}, "redirected (307) to https://x.example/a?hub=x"},
		{"of no type", object{"targetUrl": "https://x.example"}, "redirected (unknown (the redirect has no type)) to https://x.example"},
		{"to nowhere", object{"redirectType": "Found"}, "redirected (302) to unknown (the redirect has no target)"},
		{"to a listener that is not there", object{"redirectType": "Found", "targetListener": ref("httpListeners", "gone")}, `redirected (302) to unknown (targetListener refers to "gone", which is not among the gateway's httpListeners)`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := changed(t, func(g object) {
				pathRule(g)["redirectConfiguration"] = add(g, "redirectConfigurations", "away", tt.redirect)
			})
			if got := tell(ask(g, "GET", "https://rt.contoso.example/client/?hub=x")); got != tt.want {
				t.Errorf("is %s\nnot %s", got, tt.want)
			}
		})
	}
}

func TestHTTPRedirectsToHTTPS(t *testing.T) {
	g := lower(t, "gw.json", fixture(t, "ok/http_redirects_to_https.json"))
	if got := tell(ask(g, "POST", "http://rt.contoso.example/client/negotiate?hub=x")); got != "redirected (301) to https://rt.contoso.example/client/negotiate?hub=x" {
		t.Error(got)
	}
}

func TestTheRequestsHostIsKeptWhereTheTargetListenerHasNoSingleName(t *testing.T) {
	g := changed(t, func(g object) {
		l := item(g, "httpListeners")
		delete(l, "hostName")
		item(g, "frontendPorts")["port"] = 443
		l["hostNames"] = []string{"*.contoso.example"}
		pathRule(g)["redirectConfiguration"] = add(g, "redirectConfigurations", "away", object{"redirectType": "Found", "targetListener": ref("httpListeners", "rt-https")})
	})
	if got := tell(ask(g, "GET", "https://a.contoso.example/client/")); got != "redirected (302) to https://a.contoso.example" {
		t.Error(got)
	}
}
