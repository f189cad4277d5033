package refproxy

import (
	"io"
	"net/http"
	"strings"
)

// hangUp is NGINX's status for closing the connection without an answer (nginx ngx_http_request.h, NGX_HTTP_CLOSE).
const hangUp = 444

func (a *answer) write(w http.ResponseWriter) {
	switch a.status {
	case hangUp:
		cut(w)
		return
	case 0:
		refuse(w, http.StatusNotImplemented, OwnHeader, a.label)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain")
	if a.html {
		h.Set("Content-Type", "text/html")
	}
	if a.location != "" {
		h.Set("Location", a.location)
	}
	if a.blocks != "" {
		h.Set(BlockedHeader, printable(a.blocks))
	}
	apply(a.edits, h)
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body) //nolint:gosec // a client that left is of no concern, and what is HTML holds nothing of the request
}

// refuse answers for the proxy itself, with the reason in a header.
func refuse(w http.ResponseWriter, status int, header, why string) {
	h := w.Header()
	h.Set(header, printable(why))
	h.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, why+"\n") //nolint:gosec // plain text
}

// printable is a text that fits into a header line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// cut ends the connection to the client without another word.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // net/http then ends the stream of HTTP/2, which has no connection of its own
	}
	_ = conn.Close()
}

// apply edits the headers of an answer. One whose value is unknown is left as the upstream sent it, and said to be uncertain.
func apply(edits []edit, h http.Header) {
	for _, e := range edits {
		switch {
		case e.value.unknown():
			h.Add(UncertainHeader, printable(e.name+": "+e.value.why))
		case e.value.text == "":
			h.Del(e.name)
		case e.add:
			h.Add(e.name, e.value.text)
		default:
			h.Set(e.name, e.value.text)
		}
	}
}
