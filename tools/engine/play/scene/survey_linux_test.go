package scene

import (
	"context"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loopback/tools/engine/probe"
)

// A handshake whose last step is missing at the program's end is under way,
// although the grader's end is connected. The kernel waits there for bytes
// (TCP_DEFER_ACCEPT, tcp(7)), so that the moment lasts.
func TestShaking(t *testing.T) {
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, 60) })
	}}
	ln, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s := &Scene{}
	look := func() probe.Socket {
		theirs, err := s.Net.TCP(c.RemoteAddr().(*net.TCPAddr).AddrPort(), c.LocalAddr().(*net.TCPAddr).AddrPort())
		if err != nil {
			t.Skip("SKIP: ", err)
		}
		return theirs
	}
	if theirs := look(); !s.shaking(theirs) {
		t.Errorf("not under way: %+v", theirs)
	}
	if s.defers = true; s.shaking(look()) {
		t.Error("under way, although it is known that the kernel waits for bytes")
	}
	s.defers = false
	if _, err := c.Write([]byte("now")); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(FenceBound); s.shaking(look()); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("under way still: %+v", look())
		}
	}
	if at := netip.MustParseAddrPort(ln.Addr().String()); s.shaking(probe.Socket{State: probe.SynReceived,
		Local: netip.AddrPortFrom(at.Addr(), 1)}) {
		t.Error("a handshake with a port where nobody listens is under way")
	}
}
