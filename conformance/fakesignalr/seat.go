package fakesignalr

// Seat is where an instance is, and what it is known by.
type Seat struct {
	Host  string   `json:"host"`
	Tag   string   `json:"tag"`
	Addr  string   `json:"addr"`
	Plain string   `json:"plain,omitempty"`
	Keys  []string `json:"-"`
}

// Seats lists the instances in the order of the services.
func (c *Cluster) Seats() []Seat {
	seats := []Seat{}
	for _, i := range c.all {
		seats = append(seats, Seat{i.Host, i.Tag, i.Addr(), i.PlainAddr(), i.Keys})
	}
	return seats
}

// Err is always nil: what this program holds can be looked at.
func (*Cluster) Err() error { return nil }
