package fakesignalr

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// requestTypes are those that a network ACL tells apart (ARM networkACLs: ClientConnection, ServerConnection, RESTAPI), and the health path,
// of which it is not known which type covers it.
var requestTypes = []string{"client", "server", "rest", "health"}

// requestType is the type of a request, by its path alone.
func requestType(place endpoint, cleaned string) string {
	switch {
	case place == placeHealth:
		return "health"
	case strings.HasPrefix(cleaned, "/server"), strings.HasPrefix(cleaned, "/aspnetserver"):
		return "server"
	case strings.HasPrefix(cleaned, "/api"):
		return "rest"
	default:
		return "client"
	}
}

// checkNetwork is the ACL, which stands before everything else (azure-signalr#1704).
func (v *visit) checkNetwork() *fault {
	if v.knobs.DenyAll || slices.Contains(v.knobs.denied(), requestType(placeOf(v.r), cleanPath(v.r))) {
		return pageFault(http.StatusForbidden, ReasonNetworkACL)
	}
	return nil
}

func (k Knobs) denied() []string {
	return strings.FieldsFunc(k.Deny, func(r rune) bool { return r == ',' || r == ' ' })
}

func (k Knobs) checkDenied() error {
	for _, kind := range k.denied() {
		if !slices.Contains(requestTypes, kind) {
			return fmt.Errorf("set knobs: deny %q is none of %s", kind, strings.Join(requestTypes, ", "))
		}
	}
	return nil
}
