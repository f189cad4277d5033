package apim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// onePath tells of APIs at a path that another one has: API Management creates no second one there, unless both are versions in one set
// ("Cannot create API … with the same Path … unless it's a part of the same version set"). A path serves WebSocket, or the other transports.
func (b *builder) onePath(all []*api) {
	if serviceName(b.r) == "" { // what stands below names that are not known may belong to different services
		return
	}
	first := map[string]*api{}
	for _, a := range all {
		path := strings.Trim(a.Get("path").Text(), "/")
		key := strings.ToLower(path)
		if a.open.IsUnknown() || !a.current || a.Get("path").Kind() == jsontree.Unknown {
			continue
		}
		other := first[key]
		if other == nil {
			first[key] = a
			continue
		}
		if baseName(other.Own()) == baseName(a.Own()) || inOneSet(other, a) {
			continue
		}
		message := fmt.Sprintf("the API %.100s has the path /%.200s of API %.100s: API Management takes one API at a path, unless they are versions in one set, so that no path serves both HTTP and WebSocket", a.Own(), path, other.Own())
		b.problem(routing.Refused, a.span, message, "give one of them another path: WebSocket goes beside an HTTP API at client/negotiate, and clients are pinned to it")
	}
}

// inOneSet reports whether two APIs may be versions in one set.
func inOneSet(a, b *api) bool {
	of := func(a *api) string {
		return strings.ToLower(azure.LastSegment(cmp.Or(a.Get("apiVersionSetId").Text(), a.Child("apiVersionSet").Get("id").Text())))
	}
	unread := func(a *api) bool {
		return a.Get("apiVersionSetId").Kind() == jsontree.Unknown || !a.Child("apiVersionSet").Node.Unset() && of(a) == ""
	}
	return of(a) != "" && of(a) == of(b) || slices.ContainsFunc([]*api{a, b}, unread)
}
