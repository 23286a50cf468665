package wire

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"time"
)

// A Stranger is a UDP socket that sends one datagram and waits for one. It
// costs less than an [Endpoint], so that there may be thousands of them, one
// after the other.
type Stranger struct {
	udp *net.UDPConn
	buf [1 << 16]byte
}

// OpenStranger binds a socket to an address that belongs to the number i, in
// 127.0.0.0/8, where no scenario has its own.
func OpenStranger(i int) (*Stranger, error) {
	ip := netip.AddrFrom4([4]byte{127, byte(64 + i>>16&31), byte(i >> 8), byte(i)})
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, 0)))
	if err != nil {
		return nil, err
	}
	return &Stranger{udp: c}, nil
}

// Send sends data as one datagram.
func (s *Stranger) Send(data []byte, to netip.AddrPort) error {
	_, err := s.udp.WriteToUDPAddrPort(data, to)
	return err
}

// Receive waits at most d for one datagram; when none came the error is
// [ErrLater]. The data is valid until the next call.
func (s *Stranger) Receive(d time.Duration) ([]byte, error) {
	data, _, err := s.ReceiveFrom(d)
	return data, err
}

// ReceiveFrom is Receive, and says from where the datagram came.
func (s *Stranger) ReceiveFrom(d time.Duration) (data []byte, from netip.AddrPort, err error) {
	n, from, err := tryReceive(s.udp, s.buf[:])
	if err == errAgain {
		s.udp.SetReadDeadline(time.Now().Add(d))
		n, from, err = s.udp.ReadFromUDPAddrPort(s.buf[:])
	}
	if err == errAgain || errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, from, ErrLater
	}
	return s.buf[:n], unmap(from), err
}

// Close closes the socket.
func (s *Stranger) Close() { s.udp.Close() }
