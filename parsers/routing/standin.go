package routing

import "strings"

// NotNamed is the label in the host name of a service whose own name is not known: before it stands what tells it apart from other
// services of the estate, without naming it.
const NotNamed = "name-not-known"

// GivenLater is the label before NotNamed where somebody names the service when it is deployed: two that stand for such names may be one.
const GivenLater = "given-later"

// IsStandIn reports whether a host name stands for one that is not known. It may be any name that is, and is none of another stand-in.
func IsStandIn(host string) bool { return strings.Contains(host, "."+NotNamed+".") }

// MayBeSame reports whether two host names that differ may turn out to be one, because one of them is only going to be known.
func MayBeSame(a, b string) bool {
	if IsStandIn(a) != IsStandIn(b) {
		return true
	}
	const later = "." + GivenLater + "." + NotNamed + "."
	return IsStandIn(a) && !strings.EqualFold(a, b) && (strings.Contains(a, later) || strings.Contains(b, later))
}
