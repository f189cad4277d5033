package fakesignalr

// Reason says, for machines, why a request was not simply served. It stands in the header X-Fake-Reason of the answer and in
// the record; the record is authoritative, because a proxy may drop the header.
type Reason string

// The reasons, in the order in which the service looks at a request.
const (
	ReasonMalformed     Reason = "malformed-request" // net/http refused it before any handler saw it
	ReasonDuplicateHost Reason = "duplicate-host"
	ReasonMissingHost   Reason = "missing-host"

	ReasonNetworkACL    Reason = "network-acl"
	ReasonForced        Reason = "forced-answer"
	ReasonTargetTooLong Reason = "target-too-long"
	ReasonHeadTooLarge  Reason = "head-too-large"
	ReasonUnknownHost   Reason = "unknown-host"
	ReasonUnknownPath   Reason = "unknown-path"
	ReasonProtectedPath Reason = "protected-path"
	ReasonMethod        Reason = "method"
	ReasonOrigin        Reason = "origin"
	ReasonNoLength      Reason = "length-required"

	ReasonHubMissing  Reason = "hub-missing"
	ReasonHubRepeated Reason = "hub-repeated"

	ReasonTokenMissing   Reason = "token-missing"
	ReasonTokenMisplaced Reason = "token-misplaced" // in the query of a request that is neither WebSocket nor event stream
	ReasonTokenMalformed Reason = "token-malformed"
	ReasonTokenSignature Reason = "token-signature"
	ReasonTokenForeign   Reason = "token-foreign" // good, but at another service of the cluster
	ReasonTokenAudience  Reason = "token-audience"
	ReasonTokenExpired   Reason = "token-expired"

	ReasonVersionRepeated Reason = "version-repeated"
	ReasonVersion         Reason = "version-not-a-number"
	ReasonTooMany         Reason = "too-many-connections"

	ReasonIDMissing         Reason = "id-missing"
	ReasonConnectionUnknown Reason = "connection-unknown"
	ReasonConnectionForeign Reason = "connection-foreign" // another instance owns it
	ReasonConnectionExpired Reason = "connection-expired" // the connect window passed
	ReasonConnectionClosed  Reason = "connection-closed"
	ReasonTransportDisabled Reason = "transport-disabled"
	ReasonTransportSwitch   Reason = "transport-switch"
	ReasonTransportBusy     Reason = "transport-busy"
	ReasonPostToWebSocket   Reason = "post-to-websocket"
	ReasonDeleteNotPolling  Reason = "delete-not-polling"
	ReasonBodyTooLarge      Reason = "body-too-large"
	ReasonBodyUnreadable    Reason = "body-unreadable"
	ReasonClassicTransport  Reason = "classic-transport"
	ReasonPollSuperseded    Reason = "poll-superseded" // a newer poll came; no fault of the proxy
)

// ReasonHeader is the response header that carries the reason.
const ReasonHeader = "X-Fake-Reason"

// InstanceHeader is the response header that carries the tag of the instance that answered.
const InstanceHeader = "X-Fake-Instance"

// Forgiveness names one thing that a knob made the service overlook.
type Forgiveness string

// What can be forgiven; each has a knob.
const (
	ForgaveHost  Forgiveness = "host"
	ForgavePath  Forgiveness = "path"
	ForgaveQuery Forgiveness = "query"
	ForgaveToken Forgiveness = "token"
	ForgaveOwner Forgiveness = "owner"
)

// Note marks something worth knowing about a request that is no fault by itself.
type Note string

// The notes.
const (
	NoteUpgradeLost    Note = "upgrade-lost"     // Sec-WebSocket-* without a usable Upgrade
	NoteWithoutLength  Note = "post-no-length"   // a POST with neither Content-Length nor Transfer-Encoding
	NoteHeaderUnwired  Note = "header-unordered" // no raw head was seen, so order and duplicates are net/http's
	NoteHeaderCut      Note = "header-cut"       // more header than a record holds
	NoteResumed        Note = "resumed"          // a stateful reconnect
	NoteFirstPoll      Note = "first-poll"
	NoteBodyIncomplete Note = "body-incomplete"
)
