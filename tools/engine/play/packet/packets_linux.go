//go:build !noevidence

package packet

import (
	"golang.org/x/sys/unix"

	"loopback/tools/engine/space"
)

// packets sees every ICMP message of a scenario's network: a raw socket gets a
// copy of each, raw(7).
type packets struct {
	given []decoding // packets for the next decoded

	fd      int
	opened  bool
	request []byte            // the last echo request of the program's, from its ICMP header on
	ids     map[string]string // what the ids of pings are called
	from    [4]byte
}

// open takes the raw socket, which was there before the program.
func (k *packets) open(sp *space.Space) error {
	if k.opened {
		return nil
	}
	fd, err := sp.Socket(space.ICMP)
	if err != nil {
		return err
	}
	k.fd, k.opened = fd, true
	return nil
}

// Close gives the raw socket back.
func (k *packets) Close() {
	if k.opened {
		unix.Close(k.fd)
	}
}

// next returns the next message, from its ICMP header on, if there is one.
func (k *packets) next() (m []byte, ok bool) {
	buf := make([]byte, 1<<16)
	for {
		n, _, err := unix.Recvfrom(k.fd, buf, unix.MSG_DONTWAIT)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, false
		}
		header := int(buf[0]&15) * 4 // the kernel has checked the IPv4 header
		if n < header+8 {
			continue
		}
		copy(k.from[:], buf[12:16])
		return buf[header:n], true
	}
}

// send sends a message to where the last one came from, with four bytes of
// options in the IPv4 header if so wished: three that do nothing, and the end.
func (k *packets) send(m []byte, options bool) error {
	text := ""
	if options {
		text = "\x01\x01\x01\x00"
	}
	if err := unix.SetsockoptString(k.fd, unix.IPPROTO_IP, unix.IP_OPTIONS, text); err != nil {
		return err
	}
	return unix.Sendto(k.fd, m, 0, &unix.SockaddrInet4{Addr: k.from})
}
