package realnginx

import (
	"context"
	"fmt"
	"net"
	"syscall"
)

// answerNames serves DNS on an address of the network of the calling thread. Where that is every address, an answer leaves from the
// one that was asked (ip(7), IP_PKTINFO), because NGINX hears no other.
func answerNames(address string, known *names) error {
	config := net.ListenConfig{Control: wantDestination}
	c, err := config.ListenPacket(context.Background(), "udp4", address)
	if err != nil {
		return fmt.Errorf("serve DNS: %w", err)
	}
	go func() {
		conn, _ := c.(*net.UDPConn)
		query, control := make([]byte, 1500), make([]byte, 128)
		for {
			n, nc, _, from, err := conn.ReadMsgUDP(query, control)
			if err != nil {
				return
			}
			if out := dnsAnswer(query[:n], known); out != nil {
				_, _, _ = conn.WriteMsgUDP(out, anyDevice(control[:nc]), from) // who gets no answer asks again
			}
		}
	}()
	return nil
}

func wantDestination(_, _ string, c syscall.RawConn) error {
	var set error
	err := c.Control(func(fd uintptr) {
		set = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, syscall.IP_PKTINFO, 1)
	})
	if err != nil {
		return err //nolint:wrapcheck // the caller wraps it
	}
	return set
}

// anyDevice makes control data as it was received fit for sending: its in_pktinfo keeps the address, and loses the device.
func anyDevice(control []byte) []byte {
	messages, err := syscall.ParseSocketControlMessage(control)
	if err != nil {
		return nil
	}
	for _, m := range messages {
		if m.Header.Type == syscall.IP_PKTINFO && len(m.Data) >= 4 {
			clear(m.Data[:4])
		}
	}
	return control
}
