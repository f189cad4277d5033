package fakesignalr

import (
	"slices"
	"sync"
	"time"
)

// Bounds of the log: whichever is reached first evicts the oldest records.
const (
	maxRecords     = 20_000
	maxRecordBytes = 32 << 20
	maxHandshakes  = 1_000
)

// Handshake is a TLS handshake that failed, which is what a proxy that verifies certificates does to a rogue service.
type Handshake struct {
	Time     time.Time `json:"time"`
	Instance string    `json:"instance"`
	Remote   string    `json:"remote"`
	SNI      string    `json:"sni,omitempty"`
	Error    string    `json:"error"`
}

// requestLog keeps the latest records of a cluster in bounded memory.
type requestLog struct {
	mu         sync.Mutex
	records    []*Record
	bytes      int
	seq        uint64
	dropped    uint64
	handshakes []Handshake
}

// begin numbers a record and keeps it. The caller changes it through update only.
func (l *requestLog) begin(r *Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	r.Seq = l.seq
	l.records = append(l.records, r)
	l.bytes += r.size()
	for len(l.records) > maxRecords || l.bytes > maxRecordBytes {
		l.bytes -= l.records[0].size()
		l.records[0] = nil
		l.records = l.records[1:]
		l.dropped++
	}
}

// update changes a record. What a record's size counts is set before begin and stays.
func (l *requestLog) update(r *Record, change func(*Record)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(r)
}

func (l *requestLog) list(f Filter) []Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []Record
	for _, r := range l.records {
		if f.selects(r) {
			found = append(found, *r)
		}
	}
	return found
}

func (l *requestLog) failedHandshake(h Handshake) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.handshakes) >= maxHandshakes {
		l.handshakes = slices.Delete(l.handshakes, 0, len(l.handshakes)-maxHandshakes+1)
	}
	l.handshakes = append(l.handshakes, h)
}

// reset forgets everything but the numbering, so that sequence numbers stay unique.
func (l *requestLog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records, l.bytes, l.dropped, l.handshakes = nil, 0, 0, nil
}

// Records lists the requests that the cluster received and still remembers, oldest first.
func (c *Cluster) Records(f Filter) []Record { return c.log.list(f) }

// Dropped counts the records that had to make room since the last reset.
func (c *Cluster) Dropped() uint64 {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	return c.log.dropped
}

// Handshakes lists the TLS handshakes that failed, oldest first.
func (c *Cluster) Handshakes() []Handshake {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	return slices.Clone(c.log.handshakes)
}

// ResetRecords forgets all records and failed handshakes.
func (c *Cluster) ResetRecords() { c.log.reset() }
