package fakesignalr

import (
	"encoding/base64"
	"mime"
	"net/http"
	"strings"
)

// connect serves /client/ as HttpConnectionDispatcher.cs, ExecuteAsync, does: the method, then what the request accepts,
// decides which transport it belongs to.
func (v *visit) connect() {
	switch v.r.Method {
	case http.MethodPost:
		v.doing(OperationSend)
		v.send()
	case http.MethodDelete:
		v.doing(OperationDelete)
		v.terminate()
	case http.MethodGet:
		v.get()
	default:
		v.refuse(textFault(http.StatusMethodNotAllowed, ReasonMethod, ""))
	}
}

func (v *visit) get() {
	switch {
	case acceptsEvents(v.r):
		v.doing(OperationEvents)
		v.events()
	case isUpgrade(v.r):
		v.doing(OperationWebSocket)
		v.webSocket()
	default:
		v.noteLostUpgrade()
		v.doing(OperationPoll)
		v.poll()
	}
}

func acceptsEvents(r *http.Request) bool {
	for _, header := range r.Header.Values("Accept") {
		for part := range strings.SplitSeq(header, ",") {
			if kind, _, err := mime.ParseMediaType(part); err == nil && kind == "text/event-stream" {
				return true
			}
		}
	}
	return false
}

// isUpgrade holds for a complete WebSocket handshake (RFC 6455 section 4.2.1). Anything less is not refused but taken for a
// poll, as ASP.NET does.
func isUpgrade(r *http.Request) bool {
	return r.Method == http.MethodGet && r.ProtoAtLeast(1, 1) &&
		hasToken(r.Header["Connection"], "upgrade") && hasToken(r.Header["Upgrade"], "websocket") &&
		r.Header.Get("Sec-WebSocket-Version") == "13" && isNonce(r.Header["Sec-Websocket-Key"])
}

// isNonce holds for one value that decodes to 16 bytes.
func isNonce(keys []string) bool {
	if len(keys) != 1 {
		return false
	}
	nonce, err := base64.StdEncoding.DecodeString(keys[0])
	return err == nil && len(nonce) == 16
}

func (v *visit) noteLostUpgrade() {
	if v.r.Header.Get("Sec-WebSocket-Key") != "" || v.r.Header.Get("Sec-WebSocket-Version") != "" {
		v.note(NoteUpgradeLost)
	}
}

// lookup finds the connection that a request names, if this instance owns it.
func (v *visit) lookup() (*connection, *fault) {
	id := v.query.last("id")
	if id == "" && v.knobs.ForgiveQuery {
		if id = v.r.Header.Get(ConnectionHeader); id != "" {
			v.forgive(ForgaveQuery)
		}
	}
	if id == "" {
		return nil, textFault(http.StatusBadRequest, ReasonIDMissing, "Connection ID required")
	}
	c := v.cluster.registry.find(id)
	if c == nil {
		return nil, notFound(ReasonConnectionUnknown)
	}
	if c.owner == v.Instance {
		return c, nil
	}
	if v.knobs.ForgiveOwner {
		v.forgive(ForgaveOwner)
		return c, nil
	}
	return nil, notFound(ReasonConnectionForeign)
}

// send takes messages for an event stream or a polling connection (HttpConnectionDispatcher.cs, ProcessSend).
func (v *visit) send() {
	c, f := v.lookup()
	if f == nil {
		f = c.takesPost()
	}
	if f != nil {
		v.refuse(f)
		return
	}
	body, f := v.readBody()
	if f == nil && !c.hub.receive(body) {
		f = notFound(ReasonConnectionClosed)
	}
	if f != nil {
		v.refuse(f)
		return
	}
	v.w.reply(http.StatusOK, "text/plain", nil)
}

func (c *connection) takesPost() *fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.alive(); f != nil {
		return f
	}
	if c.transport == webSockets {
		body := "POST requests are not allowed for WebSocket connections."
		return textFault(http.StatusMethodNotAllowed, ReasonPostToWebSocket, body)
	}
	return nil
}

// terminate ends a polling connection (HttpConnectionDispatcher.cs, ProcessDeleteAsync).
func (v *visit) terminate() {
	c, f := v.lookup()
	if f == nil {
		f = c.takesDelete()
	}
	if f != nil {
		v.refuse(f)
		return
	}
	c.die()
	v.w.reply(http.StatusAccepted, "text/plain", nil)
}

func (c *connection) takesDelete() *fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.alive(); f != nil {
		return f
	}
	if c.transport != longPolling {
		body := "Cannot terminate this connection using the DELETE endpoint."
		return textFault(http.StatusBadRequest, ReasonDeleteNotPolling, body)
	}
	return nil
}

func hasToken(values []string, token string) bool {
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}
