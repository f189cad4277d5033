package live

import "slices"

// All are the cases, in the order in which they run: what others need comes first.
var All = slices.Concat(
	hostOverride,
	upstreamTLS,
	tlsSNI,
	tlsVerify,
	path,
	negotiate,
	websocket,
	serverSentEvents,
	longPolling,
	affinity,
	clientTLS,
	cors,
	limits,
	firewall,
	exposure,
)

// ByID finds a case.
func ByID(id string) *Case {
	for _, c := range All {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// Judges reports whether some case judges a requirement.
func Judges(requirement string) bool {
	return slices.ContainsFunc(All, func(c *Case) bool { return c.Requirement == requirement })
}
