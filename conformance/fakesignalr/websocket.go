package fakesignalr

import (
	"context"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// resumeWindow is how long a connection with stateful reconnect waits for its client after the socket was cut.
const resumeWindow = 30 * time.Second

// closedAbnormally stands for a socket that ended without a close frame (RFC 6455 section 7.4.1).
const closedAbnormally = 1006

func (v *visit) webSocket() {
	f := v.checkOrigin()
	var c *connection
	if f == nil {
		c, f = v.lookupWebSocket()
	}
	if f != nil {
		v.refuse(f)
		return
	}
	now, resumed, f := c.attach(webSockets)
	if f != nil {
		v.refuse(f)
		return
	}
	if tap := tapOf(v.r.Context()); tap != nil {
		tap.stop()
	}
	// Behind a proxy that overrides Host, Origin never equals Host, so the library's check would be wrong.
	ws, err := websocket.Accept(v.w, v.r, &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: v.compression()})
	if err != nil {
		v.update(func(r *Record) { r.Reason = ReasonMalformed })
		c.release(now, 0)
		return
	}
	if resumed {
		v.note(NoteResumed)
		c.hub.resume()
	}
	if !v.cluster.enter() {
		_ = ws.CloseNow()
		c.release(now, 0)
		return
	}
	v.lasting = true
	log, record := &v.cluster.log, v.record
	go func() { // what the request took, buffers and a grown stack, is given back meanwhile
		defer c.cluster.leave()
		code := c.converse(now, ws)
		log.update(record, func(r *Record) { r.CloseCode, r.Ended = code, time.Now() })
	}()
}

// lookupWebSocket finds the connection. Without an id ASP.NET makes one (skipNegotiation), which Azure's documentation rules
// out, so it takes a knob.
func (v *visit) lookupWebSocket() (*connection, *fault) {
	if !v.knobs.SkipNegotiation || v.query.last("id") != "" {
		return v.lookup()
	}
	c, ok := v.cluster.registry.open(v, 1)
	if !ok {
		return nil, textFault(http.StatusTooManyRequests, ReasonTooMany, "Too many connections")
	}
	return c, nil
}

// compression is off as in ASP.NET Core SignalR; what Azure does is not known.
func (v *visit) compression() websocket.CompressionMode {
	if v.knobs.Compression {
		return websocket.CompressionNoContextTakeover
	}
	return websocket.CompressionDisabled
}

// converse carries messages both ways until the socket ends.
func (c *connection) converse(now *carrier, ws *websocket.Conn) (code int) {
	ws.SetReadLimit(maxMessage)
	ctx, cancel := context.WithCancel(now.ctx)
	defer cancel()
	pumped := make(chan struct{})
	go func() {
		defer close(pumped)
		c.pump(ctx, ws)
	}()
	code = c.readFrames(ctx, ws)
	cancel()
	<-pumped
	_ = ws.CloseNow()
	linger := time.Duration(0)
	if c.stateful && code == closedAbnormally {
		linger = resumeWindow
	}
	c.release(now, linger)
	return code
}

// pump takes the outbox to the client, and closes the socket once nothing will follow.
func (c *connection) pump(ctx context.Context, ws *websocket.Conn) {
	for {
		messages, open, err := c.out.next(ctx)
		if err != nil {
			return
		}
		for _, message := range messages {
			if ws.Write(ctx, message.kind(), message.data) != nil {
				return
			}
		}
		if !open {
			code, text := c.farewell()
			_ = ws.Close(websocket.StatusCode(code), text)
			return
		}
	}
}

func (f frame) kind() websocket.MessageType {
	if f.binary {
		return websocket.MessageBinary
	}
	return websocket.MessageText
}

// readFrames returns the code with which the client closed.
func (c *connection) readFrames(ctx context.Context, ws *websocket.Conn) int {
	for {
		_, data, err := ws.Read(ctx)
		if err != nil {
			if code := websocket.CloseStatus(err); code >= 0 {
				return int(code)
			}
			return closedAbnormally
		}
		c.hub.receive(data)
	}
}
