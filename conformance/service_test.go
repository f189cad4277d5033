package conformance

import (
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestAServiceIsFoundByItsNames(t *testing.T) {
	services := NewServices(&routing.Estate{Services: []routing.Service{{Host: "rt.contoso.example"}}}, []string{"Own.contoso.example:443"})
	for host, want := range map[string]string{
		"chat.service.signalr.net": "chat.service.signalr.net", "CHAT.service.signalr.net.:443": "chat.service.signalr.net", "chat.signalr.azure.cn": "chat.signalr.azure.cn",
		"chat.privatelink.service.signalr.net": "chat.service.signalr.net", "chat.privatelink.signalr.azure.us": "chat.signalr.azure.us",
		"rt.contoso.example": "rt.contoso.example", "own.contoso.example": "own.contoso.example",
		"": "", ".service.signalr.net": "", "service.signalr.net": "", "chat.service.signalr.net.contoso.example": "", "chat.privatelink.contoso.example": "",
	} {
		if got := services.Of(host); got != want || services.Is(host) != (want != "") {
			t.Errorf("%q leads to %q, want %q", host, got, want)
		}
	}
}
