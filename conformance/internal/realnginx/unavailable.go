package realnginx

// UnavailableError says why the real NGINX cannot be run here. It is no fault of the configuration.
type UnavailableError struct{ Reason string }

// Error is the reason as a sentence.
func (u *UnavailableError) Error() string { return "the real NGINX cannot be run here: " + u.Reason }
