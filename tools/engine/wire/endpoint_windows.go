package wire

import (
	"net"
	"net/netip"
	"time"
)

// hideFromAll closes the socket; the port may be somebody else's next.
func hideFromAll(c *net.UDPConn) error { return c.Close() }

// EndpointOf is never called here.
func EndpointOf(string, int, netip.Addr) (*Endpoint, error) { return nil, errNoMaker }

// tryReceive cannot receive without waiting here; it waits for a moment.
func tryReceive(c *net.UDPConn, buf []byte) (int, netip.AddrPort, error) {
	c.SetReadDeadline(time.Now().Add(time.Millisecond))
	n, from, err := c.ReadFromUDPAddrPort(buf)
	if ne, ok := err.(net.Error); ok && ne.Timeout() {
		return 0, from, errAgain
	}
	return n, from, err
}
