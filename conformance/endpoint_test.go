package conformance

import (
	"strings"
	"testing"
)

func TestClientEndpointsAreReadAsUsersWriteThem(t *testing.T) {
	tests := []struct{ in, want string }{
		{"https://proxy.example.com", "https://proxy.example.com/"},
		{"https://PROXY.example.com:443/", "https://proxy.example.com/"},
		{"http://rt.example.com:8080/signalr", "http://rt.example.com:8080/signalr/"},
		{"http://[::1]/", "http://[::1]/"},
	}
	for _, tt := range tests {
		e, err := ParseEndpoint(tt.in)
		if err != nil || e.String() != tt.want {
			t.Errorf("%s is read as %s, %v; want %s", tt.in, e, err, tt.want)
		}
	}
}

func TestWhatIsNoClientEndpointIsRefused(t *testing.T) {
	for _, in := range []string{"", "proxy.example.com", "wss://proxy.example.com/", "https://proxy.example.com/?x=1", "https://user@proxy.example.com/", "https://proxy.example.com:0/", "https://proxy:70000", "://"} {
		if e, err := ParseEndpoint(in); err == nil {
			t.Errorf("%q is read as %s", in, e)
		}
	}
}

func TestPasswordOfAURLIsNotShown(t *testing.T) {
	for _, in := range []string{"https://user:c4nary@proxy.example.com/", "https://user:c4nary@proxy.example.com:x/", "wss://c4nary@proxy.example.com/"} {
		if _, err := ParseEndpoint(in); err == nil || strings.Contains(err.Error(), "c4nary") {
			t.Errorf("%v", err)
		}
	}
}
