package oracle

// Tally counts what was compared.
type Tally struct {
	Requests int            // requests sent
	Compared int            // of them, those whose end the trace predicts
	Assumed  int            // of the compared, those where NGINX had to do one of several things that hang on an unknown
	Cached   int            // of the compared, those answered from the cache
	Limited  int            // requests that a limit refused
	Open     int            // of the compared, those answered with a status that the trace leaves open
	Unknown  map[string]int // requests whose end the trace does not predict, by what is missing
}

// Add adds another tally.
func (t *Tally) Add(o Tally) {
	t.Requests += o.Requests
	t.Compared += o.Compared
	t.Assumed += o.Assumed
	t.Open += o.Open
	t.Cached += o.Cached
	t.Limited += o.Limited
	for why, n := range o.Unknown {
		t.unknown(why, n)
	}
}

func (t *Tally) unknown(why string, n int) {
	if t.Unknown == nil {
		t.Unknown = map[string]int{}
	}
	t.Unknown[why] += n
}
