package wire

import (
	"errors"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// Cross makes a socket that dials peer's port from that same port of host, and goes on dialling: the
// kernel refuses it, as nobody listens there, and it does not hear of that. When a program dials back,
// however late, both dials meet, and are one connection (RFC 9293 section 3.5, simultaneous open). Port
// must be the only one that the namespace gives to clients: a listener's the kernel would not give to
// the program as well. The caller closes the result.
func (m Maker) Cross(host, peer netip.Addr, port int) (*os.File, error) {
	if m == nil {
		return nil, errors.New("dials cross in a namespace")
	}
	fd, from, err := m.socket(netip.AddrPortFrom(host, 0), Default)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "crossing")
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1),
		unix.Bind(fd, from),
		hearNoReset(fd))
	if err == nil {
		err = unix.Connect(fd, &unix.SockaddrInet4{Addr: peer.As4(), Port: port})
	}
	if err != nil && err != unix.EINPROGRESS {
		f.Close()
		return nil, err
	}
	return f, nil
}

// hearNoReset lets a TCP socket hear no segment that resets its connection: neither the refusal of its
// first SYN nor those of the SYNs that follow after a second and more (SO_ATTACH_FILTER in socket(7);
// what the filter sees begins with the TCP header, whose byte 13 has the flags: RFC 9293 section 3.1).
func hearNoReset(fd int) error {
	const flags, rst, whole = 13, 0x04, 0xffffffff
	program := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: flags},
		{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: rst, Jt: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: whole},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	}
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
		&unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]})
}
