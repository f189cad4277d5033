package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var websocketFrames = []*Case{
	{
		ID: "LIVE-WS-05", Requirement: "websocket", Title: "Messages of every form pass whole", Needs: []string{caseWebSocket},
		Level: Token, View: Closer, Run: everyFormPasses,
	},
	{
		ID: "LIVE-WS-06", Requirement: "websocket", Title: "Each side is told how the other closed", Needs: []string{caseWebSocket},
		Level: Token, View: Closer, Run: closeCodesPass,
	},
	{
		ID: "LIVE-WS-07", Requirement: "websocket", Title: "A WebSocket that the service refuses is refused", Needs: []string{caseWebSocket},
		Level: Token, Run: refusedSocketIsRefused,
	},
	{
		ID: "LIVE-WS-08", Requirement: "websocket", Title: "Compression is agreed on by both ends, or by none", Needs: []string{caseWebSocket},
		Level: Token, View: Closer, Run: compressionIsAgreed,
	},
	{
		ID: "LIVE-WS-09", Requirement: "websocket", Title: "A WebSocket may be silent for twice the time between pings", Needs: []string{caseWebSocket},
		Level: Token, View: Closer, Labels: []string{Slow, Timing}, Alone: true, Advises: true, Run: silenceIsBorne,
	},
	{
		ID: "LIVE-WS-10", Requirement: "websocket", Title: "Messages of 256 KB pass", Needs: []string{caseWebSocket},
		Level: Token, View: Closer, Advises: true, Run: hugeMessagesPass,
	},
}

// served is an open WebSocket on which a hub speaks.
func served(ctx context.Context, g gomega.Gomega, t *Target) *signalrclient.Hub {
	h, ok := openWebSocket(ctx, g, t, signalrclient.Browser)
	if !ok {
		t.leave("no app server is connected to the service")
	}
	return h
}

// socketOf is the WebSocket below a hub.
func socketOf(h *signalrclient.Hub) *signalrclient.WebSocket {
	ws, _ := h.Link.(*signalrclient.WebSocket)
	return ws
}

func everyFormPasses(ctx context.Context, g gomega.Gomega, t *Target) {
	h := served(ctx, g, t)
	defer socketOf(h).Cut()
	for _, size := range []int{1, conformance.LongMessage - 100} {
		err := h.Echo(ctx, strings.Repeat("x", size))
		g.Expect(err).NotTo(gomega.HaveOccurred(), "expected a message of %d bytes to come back whole, seen %v", size, err)
	}
	call := []byte(`{"type":1,"invocationId":"parts","target":"echo","arguments":["in parts"]}` + "\x1e")
	err := socketOf(h).SendInParts(ctx, call[:20], call[20:40], call[40:])
	if err == nil {
		_, err = h.Await(ctx, func(m signalrclient.Message) bool { return m.InvocationID == "parts" })
	}
	g.Expect(err).NotTo(gomega.HaveOccurred(), "expected a message in three frames to arrive whole, seen %v", err)
	err = socketOf(h).Ping(ctx)
	g.Expect(err).NotTo(gomega.HaveOccurred(), "expected a ping frame to be answered, seen %v", err)
	binaryFramesPass(ctx, g, t)
}

// packedCall invokes echo with "x" in MessagePack, its length before it (HubProtocol.md, "MessagePack (MsgPack) encoding").
var packedCall = []byte("\x0d\x95\x01\x80\xa11\xa4echo\x91\xa1x")

func binaryFramesPass(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.negotiated(ctx)
	t.must(err)
	ws, err := s.ConnectWebSocket(ctx, s.id)
	t.must(err)
	defer ws.Cut()
	err = ws.Send(ctx, []byte(`{"protocol":"messagepack","version":1}`+"\x1e"))
	if err == nil {
		_, err = ws.Receive(ctx)
	}
	if err == nil {
		err = ws.SendBinary(ctx, packedCall)
	}
	for err == nil {
		var c signalrclient.Chunk
		if c, err = ws.Receive(ctx); bytes.Contains(c.Data, []byte("\x91\xa1x")) {
			return
		}
	}
	g.Expect(err).NotTo(gomega.HaveOccurred(), "expected a binary message to come back, seen %v", err)
}

// The close of a service that is not the usual one.
const (
	unusualCode   = 4001
	unusualReason = "see you"
)

func closeCodesPass(ctx context.Context, g gomega.Gomega, t *Target) {
	h := served(ctx, g, t)
	_, err := h.Invoke(ctx, "close", unusualCode, unusualReason)
	for err == nil {
		_, err = h.Receive(ctx)
	}
	code, reason, _ := signalrclient.CloseCode(err)
	g.Expect(fmt.Sprint(code, reason)).To(gomega.Equal(fmt.Sprint(unusualCode, unusualReason)), "expected the service's close with %d %q to arrive, seen %v", unusualCode, unusualReason, err)
	h = served(ctx, g, t)
	g.Expect(h.Close(ctx)).NotTo(gomega.HaveOccurred(), "expected the service to answer a client that closes, seen the connection cut")
}

// strangerID is of the form of a connection's, and nobody's.
const strangerID = "NgYK8WrQ7HaSqzNZNBCotAnobody001"

func refusedSocketIsRefused(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.negotiated(ctx)
	t.must(err)
	x, err := s.Do(ctx, "connect websocket", s.WebSocketRequest(strangerID, nonce, ""))
	if t.sees() {
		t.excuse(s, "WebSocket handshake", x)
	}
	g.Expect(x.Status()).NotTo(gomega.Equal(http.StatusSwitchingProtocols), "expected a WebSocket with an id that no connection has to be refused with 404, seen %s", t.seen(x, err))
	if x.Status() != http.StatusNotFound {
		t.remark("a WebSocket with an id that no connection has is refused, but not with the service's 404 (%s)", t.seen(x, err))
	}
}

// compressionIsAgreed is about clients that offer permessage-deflate (RFC 7692), as browsers do. A proxy may take the offer away.
func compressionIsAgreed(ctx context.Context, g gomega.Gomega, t *Target) {
	for _, accepts := range []bool{false, true} {
		t.compressed(ctx, g, accepts)
	}
}

func (t *Target) compressed(ctx context.Context, g gomega.Gomega, accepts bool) {
	defer t.turn(func(k *fakesignalr.Knobs) { k.Compression = accepts })()
	s, err := t.negotiated(ctx)
	t.must(err)
	s.Compression = true
	ws, err := s.ConnectWebSocket(ctx, s.id)
	x := exchangeOf(err)
	if err == nil {
		x = ws.Exchange
		defer ws.Cut()
	}
	t.leaveWhereUnknown(x)
	g.Expect(x.Status()).To(gomega.Equal(http.StatusSwitchingProtocols), "expected a WebSocket that offers compression to be answered with 101, seen %s", t.seen(x, err))
	offered := false
	for _, r := range s.records() {
		offered = offered || len(r.Values("Sec-WebSocket-Extensions")) > 0
	}
	agreed := x.Response.Header.Get("Sec-WebSocket-Extensions") != ""
	g.Expect(agreed).To(gomega.Equal(offered && accepts), "expected the client to be told what the service said to its offer of compression, seen %s", agreement(agreed, offered && accepts))
	h := signalrclient.NewHub(ws)
	err = h.Handshake(ctx)
	if err == nil {
		err = h.Echo(ctx, strings.Repeat("hello ", 1000))
	}
	g.Expect(err).NotTo(gomega.HaveOccurred(), "expected messages to pass once compression was offered, seen %v", err)
}

func agreement(client, service bool) string {
	word := map[bool]string{true: "agreed", false: "declined"}
	return word[client] + " at the client, " + word[service] + " at the service"
}

// silenceIsBorne asks for twice the time between pings: what a connection should outlive of which one is lost.
func silenceIsBorne(ctx context.Context, g gomega.Gomega, t *Target) {
	defer t.turn(func(k *fakesignalr.Knobs) { k.Silent = true })()
	h := served(ctx, g, t)
	defer socketOf(h).Cut()
	begin := time.Now()
	silence := 2 * t.pings()
	quiet, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	_, err := h.Next(quiet)
	g.Expect(errors.Is(err, context.DeadlineExceeded)).To(gomega.BeTrue(), "expected a silent WebSocket to stay open for %s, twice the time between pings, seen it cut after %s", t.asModel(silence), t.asModel(time.Since(begin)))
}

const hugeMessage = 256 << 10

func hugeMessagesPass(ctx context.Context, g gomega.Gomega, t *Target) {
	h := served(ctx, g, t)
	defer socketOf(h).Cut()
	err := h.Echo(ctx, strings.Repeat("x", hugeMessage))
	g.Expect(err).NotTo(gomega.HaveOccurred(), "expected a message of 256 KB to come back whole, seen %v", err)
}
