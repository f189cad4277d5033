package realnginx

// Unavailable says why the real NGINX cannot be run here. It is no fault of the configuration.
type Unavailable struct{ Reason string }

// Error is the reason as a sentence.
func (u *Unavailable) Error() string { return "the real NGINX cannot be run here: " + u.Reason }
