package live

import "slices"

// All are the cases, in the order in which they run: what others need comes first.
var All = slices.Concat(
	hostOverride, foreignHost, hostFromOutside,
	upstreamTLS,
	tlsSNI,
	tlsVerify,
	path, appParameters,
	negotiate, negotiateAnswers,
	websocket, websocketFrames, websocketReload,
	serverSentEvents, eventHeaders,
	longPolling, pollingForms, fromOutside,
	affinity, connectionAgain, connectionKnown,
	severalServices,
	clientTLS, plainHTTP,
	cors, refusalsLetIn,
	limits, firewall, limitsBeyond, firewallBait,
	exposure, methods,
	tokenLog, privateAccess,
	healthProbe,
	badCertificates,
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
	return slices.ContainsFunc(Judging(), func(c *Case) bool { return c.Requirement == requirement })
}

// Judging are the cases that do more than advise.
func Judging() []*Case {
	return slices.DeleteFunc(slices.Clone(All), func(c *Case) bool { return c.Advises })
}
