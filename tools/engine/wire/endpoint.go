package wire

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"time"
)

// An Endpoint is a UDP socket of the grader's. It is not connected: it hears
// everybody, and can speak to everybody. It is used by one goroutine.
type Endpoint struct {
	Name  string // its column in the timeline
	Local netip.AddrPort

	udp    *net.UDPConn
	buf    []byte
	closed bool
}

// MaxDatagram is the most that one UDP datagram carries over IPv4: a packet
// has at most 65,535 bytes (RFC 791 §3.1), of which the IP header takes 20 and
// the UDP header 8 (RFC 768).
const MaxDatagram = 65535 - 20 - 8

// receiveBuffer is what an endpoint asks the kernel to hold for it: a datagram
// that finds the queue full is lost, and nobody may lose one by accident.
const receiveBuffer = 4 << 20

// maxOverIPv6 is [MaxDatagram] over IPv6, where the length of a packet leaves out its
// header.
const maxOverIPv6 = 65535 - 8

// ErrTooLong is returned for a datagram that is too long to be sent.
var ErrTooLong = errors.New("a datagram carries at most 65,507 bytes, and 65,527 over IPv6")

// OpenEndpoint binds a UDP socket to host, on a port of the kernel's choice.
func OpenEndpoint(name, host string) (*Endpoint, error) {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return nil, err
	}
	return OpenEndpointAt(name, netip.AddrPortFrom(ip, 0))
}

// OpenEndpointAt binds a UDP socket to addr. A port that the kernel has given to
// another socket, which is still bound to it at another address, is free here.
func OpenEndpointAt(name string, addr netip.AddrPort) (*Endpoint, error) {
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(addr))
	if err != nil {
		return nil, err
	}
	return newEndpoint(name, c)
}

// newEndpoint makes an endpoint of a socket that is bound. It closes c when it fails.
func newEndpoint(name string, c *net.UDPConn) (*Endpoint, error) {
	if err := c.SetReadBuffer(receiveBuffer); err != nil {
		c.Close()
		return nil, fmt.Errorf("receive buffer: %w", err)
	}
	return &Endpoint{Name: name, Local: unmap(c.LocalAddr().(*net.UDPAddr).AddrPort()),
		udp: c, buf: make([]byte, 1<<16)}, nil
}

// Send sends data as one datagram. That it was sent is all that the kernel
// knows: it may find a full queue, or nobody, at the other end.
func (e *Endpoint) Send(data []byte, to netip.AddrPort) error {
	most := MaxDatagram
	if to.Addr().Is6() {
		most = maxOverIPv6
	}
	if len(data) > most {
		return ErrTooLong
	}
	_, err := e.udp.WriteToUDPAddrPort(data, to)
	return err
}

// Receive waits at most d for one datagram. The data is the caller's. An empty
// datagram is a datagram; when none came the error is [ErrLater].
func (e *Endpoint) Receive(d time.Duration) (data []byte, from netip.AddrPort, err error) {
	n, from, err := tryReceive(e.udp, e.buf)
	if err == errAgain && d > 0 {
		e.udp.SetReadDeadline(time.Now().Add(d))
		n, from, err = e.udp.ReadFromUDPAddrPort(e.buf)
	}
	switch {
	case err == nil:
		return slices.Clone(e.buf[:n]), unmap(from), nil
	case err == errAgain, errors.Is(err, os.ErrDeadlineExceeded):
		return nil, netip.AddrPort{}, ErrLater
	}
	return nil, netip.AddrPort{}, err
}

// Open reports whether the endpoint still hears anybody.
func (e *Endpoint) Open() bool { return !e.closed }

// Close closes the socket. Its port is free for others.
func (e *Endpoint) Close() {
	e.closed = true
	e.udp.Close() // again, perhaps: that does no harm
}

// Vanish makes the endpoint look closed: who sends to it from now on may hear
// from the kernel that the port is unreachable. But nobody else can get the port
// and swallow what is sent there, until Close.
func (e *Endpoint) Vanish() error {
	e.closed = true
	return hideFromAll(e.udp)
}

// ReserveUDP returns an address where nobody answers datagrams and nobody else
// can: a socket is bound to it, but connected to a second one, so that the
// kernel delivers to it from there alone and answers everybody else with an
// ICMP port unreachable. (To bind, close and hope would leave the port to
// others.)
func ReserveUDP(host string) (addr string, release func(), err error) {
	other, err := OpenEndpoint("", host)
	if err != nil {
		return "", nil, err
	}
	local := net.UDPAddrFromAddrPort(netip.AddrPortFrom(other.Local.Addr(), 0))
	c, err := net.DialUDP("udp", local, net.UDPAddrFromAddrPort(other.Local))
	if err != nil {
		other.Close()
		return "", nil, err
	}
	return c.LocalAddr().String(), func() { c.Close(); other.Close() }, nil
}
