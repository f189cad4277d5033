package fakesignalr_test

import (
	"testing"

	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

func TestStreamsBringTheirItemsAndEndWhenTheyAreCanceled(t *testing.T) {
	const item, completion = 2, 3
	for name, tt := range map[string]struct {
		start, cancel string
		items         int // at least
	}{
		"whole":        {`{"type":4,"invocationId":"1","target":"counter","arguments":[3,1]}`, "", 3},
		"canceled":     {`{"type":4,"invocationId":"1","target":"counter","arguments":[10000,600000]}`, `{"type":5,"invocationId":"1"}`, 1},
		"out of range": {`{"type":4,"invocationId":"1","target":"counter","arguments":[-1,1]}`, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := single(t)
			hub, _ := r.served(r.client(0), "websocket")
			if err := hub.Send(soon(t), []byte(tt.start+"\x1e")); err != nil {
				t.Fatal(err)
			}
			for range tt.items {
				if _, err := hub.Await(soon(t), func(m signalrclient.Message) bool { return m.Type == item }); err != nil {
					t.Fatalf("no item came: %v", err)
				}
			}
			if tt.cancel != "" {
				if err := hub.Send(soon(t), []byte(tt.cancel+"\x1e")); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := hub.Await(soon(t), func(m signalrclient.Message) bool { return m.Type == completion }); err != nil {
				t.Errorf("the stream does not end: %v", err)
			}
		})
	}
}
