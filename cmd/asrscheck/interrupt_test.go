package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/reports"
)

// TestInterruptEndsATestWithWhatIsKnown interrupts a run at a target that answers some requests and then nothing more.
func TestInterruptEndsATestWithWhatIsKnown(t *testing.T) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	hung := make(chan struct{}, 64)
	go func() {
		for n := 0; ; n++ {
			conn, err := socket.Accept()
			if err != nil {
				return
			}
			if n < 2 { // the first case, twice
				_, _ = conn.Write([]byte("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
				_ = conn.Close()
				continue
			}
			hung <- struct{}{}
		}
	}()
	file := filepath.Join(t.TempDir(), "results.json")
	var out, notes bytes.Buffer
	s := &session{stdin: strings.NewReader(""), stdout: &out, stderr: &notes, env: func(string) string { return "" }}
	ended := make(chan int, 1)
	begun := time.Now()
	go func() {
		ended <- run([]string{"test", "http://" + socket.Addr().String() + "/", "--report", "json=" + file}, s)
	}()
	<-hung
	if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if status := <-ended; status != exitFailed {
		t.Errorf("it exits with %d, want %d", status, exitFailed)
	}
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("it took %v to end", took)
	}
	if !strings.Contains(notes.String(), "interrupted") {
		t.Errorf("nothing is said of the interrupt: %q", notes.String())
	}
	if !strings.Contains(out.String(), "not run: interrupted") || !strings.Contains(out.String(), "broken LIVE-HOST-02") {
		t.Errorf("the report does not tell what is known and what was not run:\n%s", out.String())
	}
	saved, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer saved.Close() //nolint:errcheck // it was only read
	d, err := reports.Read(saved)
	if err != nil || len(d.Report.Subjects) != 1 || d.Report.Subjects[0].Result("websocket") == nil {
		t.Errorf("the saved results do not hold the cases that were not run: %v", err)
	}
}
