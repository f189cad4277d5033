package realnginx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
)

// Attributes of rtnetlink(7) that package syscall does not name (linux/if_link.h, linux/veth.h).
const (
	iflaInfoKind = 1
	iflaInfoData = 2
	iflaNetNSFd  = 28
	vethInfoPeer = 1
)

// tableLocal is the routing table that is searched first.
const tableLocal = 255

// request sends one rtnetlink(7) message from the network namespace of the calling thread and waits for the acknowledgment.
func request(kind uint16, flags uint16, payload []byte) error {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, syscall.NETLINK_ROUTE)
	if err != nil {
		return fmt.Errorf("open netlink socket: %w", err)
	}
	defer func() { _ = syscall.Close(fd) }() // nothing was left to write
	head := syscall.NlMsghdr{
		Len:  uint32(syscall.SizeofNlMsghdr + len(payload)), //nolint:gosec // messages are short
		Type: kind, Flags: syscall.NLM_F_REQUEST | syscall.NLM_F_ACK | flags, Seq: 1,
	}
	message := append(raw(head), payload...)
	if err := syscall.Sendto(fd, message, 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return fmt.Errorf("send to the kernel: %w", err)
	}
	return acknowledged(fd)
}

func acknowledged(fd int) error {
	buf := make([]byte, os.Getpagesize())
	n, _, err := syscall.Recvfrom(fd, buf, 0)
	if err != nil {
		return fmt.Errorf("receive from the kernel: %w", err)
	}
	answers, err := syscall.ParseNetlinkMessage(buf[:n])
	if err != nil {
		return fmt.Errorf("read the kernel's answer: %w", err)
	}
	if len(answers) == 0 || answers[0].Header.Type != syscall.NLMSG_ERROR || len(answers[0].Data) < 4 {
		return errors.New("the kernel answers otherwise than with a status")
	}
	if code := int32(binary.NativeEndian.Uint32(answers[0].Data)); code != 0 { //nolint:gosec // a negative errno
		return syscall.Errno(-code) //nolint:gosec // as netlink(7) has it
	}
	return nil
}

// raw is a structure of the kernel as bytes.
func raw(v any) []byte {
	b, _ := binary.Append(nil, binary.NativeEndian, v) // every structure here has a fixed size
	return b
}

// attribute is one type-length-value, padded to four bytes.
func attribute(kind uint16, value []byte) []byte {
	b := raw(syscall.RtAttr{Len: uint16(syscall.SizeofRtAttr + len(value)), Type: kind}) //nolint:gosec // short
	b = append(b, value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// addPair makes two network devices that are the ends of one cable, the far one in another network namespace.
func addPair(near, far string, farNamespace *os.File) error {
	name := func(s string) []byte { return attribute(syscall.IFLA_IFNAME, append([]byte(s), 0)) }
	fd := attribute(iflaNetNSFd, raw(uint32(farNamespace.Fd()))) //nolint:gosec // file descriptors are small
	peer := attribute(vethInfoPeer, join(raw(syscall.IfInfomsg{}), name(far), fd))
	link := join(attribute(iflaInfoKind, []byte("veth")), attribute(iflaInfoData, peer))
	payload := join(raw(syscall.IfInfomsg{}), name(near), attribute(syscall.IFLA_LINKINFO, link))
	return request(syscall.RTM_NEWLINK, syscall.NLM_F_CREATE|syscall.NLM_F_EXCL, payload)
}

// up switches a device on.
func up(device string) error {
	i, err := net.InterfaceByName(device)
	if err != nil {
		return fmt.Errorf("find device: %w", err)
	}
	return request(syscall.RTM_NEWLINK, 0, raw(syscall.IfInfomsg{Index: int32(i.Index), Flags: syscall.IFF_UP, Change: syscall.IFF_UP})) //nolint:gosec // small
}

// addAddress gives a device an address.
func addAddress(device string, p netip.Prefix) error {
	i, err := net.InterfaceByName(device)
	if err != nil {
		return fmt.Errorf("find device: %w", err)
	}
	m := syscall.IfAddrmsg{Family: syscall.AF_INET, Prefixlen: uint8(p.Bits()), Index: uint32(i.Index)} //nolint:gosec // at most 32; small
	address := p.Addr().AsSlice()
	payload := join(raw(m), attribute(syscall.IFA_LOCAL, address), attribute(syscall.IFA_ADDRESS, address))
	return request(syscall.RTM_NEWADDR, syscall.NLM_F_CREATE|syscall.NLM_F_EXCL, payload)
}

// route is one entry of a routing table.
type route struct {
	to     netip.Prefix
	device string
	via    netip.Addr // of a gateway; not valid: none
	table  uint8
	kind   uint8 // RTN_UNICAST, or RTN_LOCAL for addresses that count as the machine's own
	scope  uint8
}

func (r route) add() error {
	i, err := net.InterfaceByName(r.device)
	if err != nil {
		return fmt.Errorf("find device: %w", err)
	}
	m := syscall.RtMsg{
		Family: syscall.AF_INET, Dst_len: uint8(r.to.Bits()), Table: r.table, //nolint:gosec // at most 32
		Protocol: syscall.RTPROT_STATIC, Scope: r.scope, Type: r.kind,
	}
	payload := join(raw(m), attribute(syscall.RTA_DST, r.to.Addr().AsSlice()), attribute(syscall.RTA_OIF, raw(uint32(i.Index)))) //nolint:gosec // small
	if r.via.IsValid() {
		payload = append(payload, attribute(syscall.RTA_GATEWAY, r.via.AsSlice())...)
	}
	return request(syscall.RTM_NEWROUTE, syscall.NLM_F_CREATE|syscall.NLM_F_EXCL, payload)
}
