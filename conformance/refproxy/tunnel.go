package refproxy

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// tunnel passes bytes both ways once the upstream has switched protocols, until one side ends or both are quiet for too long.
func (x *exchange) tunnel() {
	client, buffered, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		refuse(x.w, http.StatusInternalServerError, CauseHeader, err.Error())
		return
	}
	defer func() { _ = client.Close() }()
	if _, err := client.Write(x.switchingHead()); err != nil {
		return
	}
	x.wait.limit = 0
	_ = x.conn.SetDeadline(time.Time{}) // fails on a closed connection only, which the copying notices
	alive := watch(x.idle(), client, x.conn)
	defer alive.stop()
	done := make(chan struct{}, 2)
	said, heard := x.spoilSocket(buffered.Reader, x.reader)
	go alive.copy(x.conn, said, done)
	go alive.copy(client, heard, done)
	select {
	case <-done:
	case <-x.proxy.ctx.Done():
	case <-x.proxy.reloads.next():
	}
	_ = client.Close()
	_ = x.conn.Close()
	<-done
}

func (x *exchange) idle() time.Duration {
	if d, ok := x.settings[routing.IdleTimeout].duration(); ok {
		return x.proxy.scaled(d)
	}
	return 0
}

func (x *exchange) switchingHead() []byte {
	h := x.response.Header.Clone()
	apply(x.edits, h)
	x.remark(h)
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %s\r\n", x.response.Status)
	_ = h.Write(&b) // a buffer takes everything
	b.WriteString("\r\n")
	return b.Bytes()
}

// watchdog closes connections that have been quiet for too long.
type watchdog struct {
	limit time.Duration // none when zero
	timer *time.Timer
}

func watch(limit time.Duration, conns ...net.Conn) *watchdog {
	w := &watchdog{limit: limit}
	if limit > 0 {
		w.timer = time.AfterFunc(limit, func() {
			for _, c := range conns {
				_ = c.Close()
			}
		})
	}
	return w
}

func (w *watchdog) stop() {
	if w.timer != nil {
		w.timer.Stop()
	}
}

// copy passes bytes one way and tells the watchdog about each.
func (w *watchdog) copy(to io.Writer, from io.Reader, done chan<- struct{}) {
	defer func() { done <- struct{}{} }()
	buf := make([]byte, 16<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if w.timer != nil {
				w.timer.Reset(w.limit)
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
