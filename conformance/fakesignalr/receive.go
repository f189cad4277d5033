package fakesignalr

import (
	"net"
	"net/http"
	"slices"
	"time"
)

// receive opens the record of a request.
func (i *Instance) receive(w http.ResponseWriter, r *http.Request) *visit {
	v := &visit{Instance: i, knobs: i.cluster.Knobs(), r: r, query: parseQuery(r.URL.RawQuery)}
	v.record = i.newRecord(r)
	v.describeToken()
	v.describeLength()
	i.cluster.log.begin(v.record)
	v.w = &answer{ResponseWriter: w, log: &i.cluster.log, record: v.record}
	return v
}

func (i *Instance) newRecord(r *http.Request) *Record {
	record := &Record{
		Time: time.Now(), Instance: i.Tag, Remote: r.RemoteAddr,
		TLS: r.TLS != nil, Method: r.Method, Target: RedactTarget(r.RequestURI), Proto: r.Proto, Host: r.Host,
		RequestID:  parseQuery(r.URL.RawQuery).last("asrs_request_id"),
		Connection: requestedConnection(r),
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		record.Local = local.String()
	}
	if r.TLS != nil {
		record.SNI = r.TLS.ServerName
	}
	tap := tapOf(r.Context())
	if tap == nil {
		record.takeFolded(r)
		return record
	}
	record.TLS, record.SNI = tap.secure != nil, tap.sni()
	if head, ok := tap.claim(r.Method, r.RequestURI); ok {
		record.takeHead(head)
		return record
	}
	record.takeFolded(r)
	return record
}

func requestedConnection(r *http.Request) string {
	if id := parseQuery(r.URL.RawQuery).last("id"); id != "" {
		return id
	}
	return r.Header.Get(ConnectionHeader)
}

// takeHead keeps the header lines as they came.
func (r *Record) takeHead(head rawHead) {
	r.Hosts = head.values("Host")
	r.Header = make([]Field, len(head.fields))
	for n, f := range head.fields {
		r.Header[n] = redactField(f)
	}
	if head.cut {
		r.Notes = append(r.Notes, NoteHeaderCut)
	}
}

// takeFolded makes do with what net/http left, sorted by name.
func (r *Record) takeFolded(request *http.Request) {
	r.Notes = append(r.Notes, NoteHeaderUnwired)
	r.Hosts = []string{request.Host}
	r.Header = []Field{{"Host", request.Host}}
	for name, values := range request.Header {
		for _, value := range values {
			r.Header = append(r.Header, redactField(Field{name, value}))
		}
	}
	slices.SortStableFunc(r.Header[1:], func(a, b Field) int {
		if a.Name < b.Name {
			return -1
		}
		if a.Name > b.Name {
			return 1
		}
		return 0
	})
}

// describeLength marks a POST that lost its Content-Length: 0, which some servers answer with 411 (aspnetcore#60733).
func (v *visit) describeLength() {
	if v.r.Method != http.MethodPost || v.record.HasNote(NoteHeaderUnwired) {
		return
	}
	if len(v.record.Values("Content-Length")) == 0 && len(v.record.Values("Transfer-Encoding")) == 0 {
		v.record.Notes = append(v.record.Notes, NoteWithoutLength)
	}
}

// recordRefused records a request that net/http answered, or dropped, before any handler saw it.
func (i *Instance) recordRefused(t *wiretap, head rawHead, status int) {
	now := time.Now()
	record := &Record{
		Time: now, Instance: i.Tag, Remote: t.RemoteAddr().String(), Local: t.LocalAddr().String(),
		TLS: t.secure != nil, SNI: t.sni(), Method: head.method, Target: RedactTarget(head.target), Proto: head.proto,
		Status: status, Reason: refusedReason(head, status), Ended: now,
	}
	if status != 0 {
		record.Answered = now
	}
	record.takeHead(head)
	if len(record.Hosts) > 0 {
		record.Host = record.Hosts[0]
	}
	i.cluster.log.begin(record)
}

func refusedReason(head rawHead, status int) Reason {
	hosts := len(head.values("Host"))
	switch {
	case status == http.StatusRequestHeaderFieldsTooLarge:
		return ReasonHeadTooLarge
	case hosts > 1:
		return ReasonDuplicateHost
	case hosts == 0 && head.proto == "HTTP/1.1":
		return ReasonMissingHost
	default:
		return ReasonMalformed
	}
}
