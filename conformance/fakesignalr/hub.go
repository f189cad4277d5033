package fakesignalr

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"
)

// recordSeparator ends the handshake, and every message of text protocols (HubProtocol.md, "JSON encoding").
const recordSeparator = 0x1e

// session is the hub protocol on one connection: handshake, pings, invocations.
type session struct {
	c *connection

	mu       sync.Mutex
	in       []byte
	protocol *protocol // nil until the handshake
	over     bool
	heard    *time.Timer                   // drops a client that fell silent; nil until its first ping
	pings    atomic.Bool                   // polls are their own sign of life
	streams  map[string]context.CancelFunc // those that are under way, by invocation
}

func newSession(c *connection) *session { return &session{c: c} }

// begin starts the clocks when the first carrier comes. Long polling has no pings, because every poll's end is one
// (ASP.NET IConnectionInherentKeepAliveFeature).
func (s *session) begin(t transport) {
	knobs := s.c.cluster.Knobs()
	limit := s.c.claims.HandshakeTimeout.seconds(30, knobs.HandshakeTimeout)
	timer := time.AfterFunc(limit, s.handshakeExpired)
	context.AfterFunc(s.c.ctx, func() { timer.Stop() })
	if t != longPolling {
		s.pings.Store(true)
		s.pingLater()
	}
}

func (s *session) handshakeExpired() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.protocol == nil && !s.over {
		s.refuseHandshake("Handshake was canceled.")
	}
}

// pingLater sends a ping each period, silent mode excepted. A goroutine for each connection would take more than a timer.
func (s *session) pingLater() {
	time.AfterFunc(s.c.cluster.Knobs().PingPeriod, func() {
		if s.c.ctx.Err() != nil {
			return
		}
		if !s.c.cluster.Knobs().Silent {
			s.say(message{Type: typePing})
		}
		s.pingLater()
	})
}

// say sends a message once the handshake is done.
func (s *session) say(m message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sayLocked(m)
}

func (s *session) sayLocked(m message) {
	if s.protocol == nil || s.over {
		return
	}
	encoded, err := s.protocol.encode(m)
	if err != nil || !s.c.out.put(frame{encoded, s.protocol.binary}) {
		s.end(nil, 1011, "client too slow")
	}
}

// receive takes bytes from the client, whole messages or parts; false means that the connection is over.
func (s *session) receive(data []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return false
	}
	s.in = append(s.in, data...)
	for more := true; more && !s.over; {
		more = s.step()
	}
	if len(s.in) > maxMessage {
		s.abort("message too large")
	}
	return true
}

// step handles the first whole message in the buffer, if there is one.
func (s *session) step() bool {
	if s.protocol == nil {
		return s.handshake()
	}
	body, rest, ok := s.protocol.split(s.in)
	if !ok {
		return false
	}
	m, err := s.protocol.decode(body)
	s.in = rest
	if err != nil {
		s.abort("message is not valid")
		return false
	}
	s.handle(m)
	return true
}

// noServers is what the service says in default mode when no app server is connected (dotnet/aspnetcore#14979).
const noServers = "SignalR Service is now in 'Default' service mode. Current mode works as a proxy that routes client traffic to the connected app servers. However app servers are not connected."

func (s *session) handshake() bool {
	request, rest, ok := bytes.Cut(s.in, []byte{recordSeparator})
	if !ok {
		return false
	}
	s.in = rest
	var wanted struct {
		Protocol string `json:"protocol"`
		Version  int    `json:"version"`
	}
	if json.Unmarshal(request, &wanted) != nil || wanted.Protocol == "" {
		s.refuseHandshake("Handshake was not a valid handshake request.")
		return false
	}
	if s.c.cluster.Knobs().NoServers {
		s.refuseHandshake(noServers)
		return false
	}
	found, known := protocols[wanted.Protocol]
	if !known {
		s.refuseHandshake("The protocol '" + wanted.Protocol + "' is not supported.")
		return false
	}
	if wanted.Version < 1 || wanted.Version > 2 {
		s.refuseHandshake("The server does not support version of the protocol.")
		return false
	}
	s.c.out.put(frame{data: []byte("{}\x1e")}) // text whatever the protocol (HubProtocol.md)
	s.protocol = &found
	return true
}

func (s *session) refuseHandshake(why string) {
	reply, err := json.Marshal(map[string]string{"error": why})
	if err == nil {
		reply = append(reply, recordSeparator)
	}
	s.end(reply, 1000, "")
}

// abort ends the connection with a close message that says why.
func (s *session) abort(why string) {
	s.sayLocked(message{Type: typeClose, Error: why})
	s.end(nil, 1000, "")
}

func (s *session) end(last []byte, code int, text string) {
	if s.over {
		return
	}
	s.over = true
	if s.heard != nil {
		s.heard.Stop()
	}
	s.c.finish(last, code, text)
}
