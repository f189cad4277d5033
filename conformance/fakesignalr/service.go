package fakesignalr

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
)

// Service is one Azure SignalR resource.
type Service struct {
	Host     string   // its name, as in chat.service.signalr.net
	Keys     []string // primary and secondary access key; two are made up when there are none
	Replicas int      // how many instances share the host and the keys; zero counts as one
}

// Single is a topology of one service with one instance.
func Single(host string) []Service { return Replicas(host, 1) }

// Replicas is a topology of one service with n instances: same host, same keys, but a connection belongs to the instance
// that negotiated it.
func Replicas(host string, n int) []Service {
	return []Service{{Host: host, Replicas: n}}
}

// Services is a topology of one service a host, each with keys of its own, so that a token is good at one of them only.
func Services(hosts ...string) []Service {
	services := make([]Service, len(hosts))
	for i, host := range hosts {
		services[i] = Service{Host: host, Replicas: 1}
	}
	return services
}

// keySize is that of the access keys that Azure makes, before base64.
const keySize = 32

// newKey makes an access key. The service uses the text itself as key bytes, not what it decodes to (azure-signalr
// AccessKey.cs).
func newKey() string {
	key := make([]byte, keySize)
	rand.Read(key)
	return base64.StdEncoding.EncodeToString(key)
}

// tagSize is the length of the suffix that connection ids of one instance of the real service share.
const tagSize = 9

// instances lays out the instances of services, with tags that count through.
func (c *Cluster) instances(services []Service) ([]*Instance, error) {
	var all []*Instance
	seen := map[string]bool{}
	for _, service := range services {
		host := strings.ToLower(service.Host)
		if err := checkHostName(host); err != nil {
			return nil, err
		}
		if seen[host] {
			return nil, fmt.Errorf("service %s stands twice; use Replicas", host)
		}
		seen[host] = true
		keys := service.Keys
		if len(keys) == 0 {
			keys = []string{newKey(), newKey()}
		}
		for range max(1, service.Replicas) {
			tag := fmt.Sprintf("fake%0*d", tagSize-len("fake"), len(all)+1)
			all = append(all, &Instance{Host: host, Tag: tag, Keys: keys, cluster: c})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("lay out cluster: no service given")
	}
	return all, nil
}

func checkHostName(host string) error {
	if host == "" || strings.ContainsAny(host, " /:?#@\t\r\n") {
		return fmt.Errorf("service host %q is not a host name", host)
	}
	return nil
}
