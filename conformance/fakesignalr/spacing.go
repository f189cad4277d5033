package fakesignalr

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Bounds of one order for events.
const (
	maxEvents       = 10_000
	maxEventSpacing = 10 * time.Minute
)

// SendEvents makes the service invoke "event" on a connection, count times, spacing apart, the first at once. The arguments
// are the index from 0 and the time of sending in Unix milliseconds. It returns when the order is accepted.
func (c *Cluster) SendEvents(connection string, count int, spacing time.Duration) error {
	found := c.registry.find(connection)
	if found == nil {
		return fmt.Errorf("send events: no connection %q", connection)
	}
	return found.sendEvents(count, spacing)
}

func (c *connection) sendEvents(count int, spacing time.Duration) error {
	if count < 1 || count > maxEvents || spacing < 0 || spacing > maxEventSpacing {
		return fmt.Errorf("send events: %d events %v apart is out of bounds", count, spacing)
	}
	if !c.ordered.CompareAndSwap(false, true) {
		return errors.New("send events: the connection still sends the last ones")
	}
	if !c.cluster.enter() {
		return errors.New("send events: cluster is closing")
	}
	go func() {
		defer c.cluster.leave()
		defer c.ordered.Store(false)
		c.sendApart(count, spacing)
	}()
	return nil
}

func (c *connection) sendApart(count int, spacing time.Duration) {
	for index := range count {
		if index > 0 {
			select {
			case <-c.ctx.Done():
				return
			case <-time.After(spacing):
			}
		}
		c.hub.say(message{Type: typeInvocation, Target: "event", Arguments: []json.RawMessage{
			json.RawMessage(strconv.Itoa(index)),
			json.RawMessage(strconv.FormatInt(time.Now().UnixMilli(), 10)),
		}})
	}
}
