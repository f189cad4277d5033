package routing

import "strings"

// NotNamed is the label in the host name of a service whose own name is not known: before it stands what tells it apart from other
// services of the estate, without naming it.
const NotNamed = "name-not-known"

// IsStandIn reports whether a host name stands for one that is not known. It may be any name that is, and is none of another stand-in.
func IsStandIn(host string) bool { return strings.Contains(host, "."+NotNamed+".") }
