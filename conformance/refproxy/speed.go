package refproxy

import (
	"math"
	"sync/atomic"
	"time"
)

// speed is what durations of the model are divided by. It holds a float64.
type speed struct{ bits atomic.Uint64 }

func (s *speed) set(to float64) { s.bits.Store(math.Float64bits(to)) }

// SetSpeed changes Config.Speed for requests to come.
func (p *Proxy) SetSpeed(to float64) { p.speed.set(to) }

// scaled is a duration of the model at the proxy's speed.
func (p *Proxy) scaled(d time.Duration) time.Duration {
	if by := math.Float64frombits(p.speed.bits.Load()); by > 0 {
		d = time.Duration(float64(d) / by)
	}
	return max(d, time.Millisecond)
}
