package wire

import (
	"errors"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// mostHops is more than any packet of this machine has left (IP_MINTTL in ip(7)).
const mostHops = 255

// Cross makes a socket that dials peer's port from that same port of host, and waits there: that
// it is refused it does not hear. When a program dials back, both dials meet, and are one connection
// (RFC 9293, simultaneous open). Port must be the only one that the namespace gives to clients: a
// listener's the kernel would not give to the program as well. The caller closes the result.
func (m Maker) Cross(host, peer netip.Addr, port int) (*os.File, error) {
	if m == nil {
		return nil, errors.New("dials cross in a namespace")
	}
	fd, from, err := m.socket(netip.AddrPortFrom(host, 0), Default)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "crossing")
	to := &unix.SockaddrInet4{Addr: peer.As4(), Port: port}
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1),
		unix.Bind(fd, from),
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MINTTL, mostHops))
	if err == nil {
		if err = unix.Connect(fd, to); err == unix.EINPROGRESS {
			err = m.refusals(to)
		}
	}
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MINTTL, 1)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// refusals hears a few refusals: those of earlier dials are over then.
func (m Maker) refusals(of *unix.SockaddrInet4) error {
	for range 3 {
		fd, err := m(false)
		if err != nil {
			return err
		}
		err = unix.Connect(fd, &unix.SockaddrInet4{Addr: of.Addr, Port: of.Port - 1})
		unix.Close(fd)
		if err != unix.ECONNREFUSED {
			return errors.Join(errors.New("a dial was not refused"), err)
		}
	}
	return nil
}
