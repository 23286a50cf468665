//go:build unix

package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Long is how long a test waits for what must happen; short for what must not.
const (
	long  = 20 * time.Second
	short = time.Millisecond
)

// pair returns the two ends of one connection: dialled, and accepted.
func pair(t *testing.T, host string, w Window) (dialled, accepted *Conn) {
	t.Helper()
	l, err := Listen("L", host, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	if dialled, err = Dial(t.Context(), "D", l.Addr, w); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dialled.Reset() })
	if accepted, err = l.Accept("A", long); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { accepted.Reset() })
	return dialled, accepted
}

// read reads once and reports what came, and what it cost in the counts.
func read(t *testing.T, c *Conn, d time.Duration) (string, error) {
	t.Helper()
	buf := make([]byte, 100)
	n, err := c.Read(buf, d)
	return string(buf[:n]), err
}

func TestConnCarriesBytesBothWays(t *testing.T) {
	d, a := pair(t, "127.0.0.1", Default)
	if d.Local != a.Remote || d.Remote != a.Local {
		t.Errorf("the ends disagree: %v-%v and %v-%v", d.Local, d.Remote, a.Local, a.Remote)
	}
	for _, way := range []struct{ from, to *Conn }{{d, a}, {a, d}} {
		if n, err := way.from.Write([]byte("hello"), long); n != 5 || err != nil {
			t.Fatalf("Write: %d, %v", n, err)
		}
		if got, err := read(t, way.to, long); got != "hello" || err != nil {
			t.Fatalf("Read: %q, %v", got, err)
		}
		if way.from.Sent() != 5 || way.to.Received() != 5 {
			t.Errorf("sent %d, received %d; want 5, 5", way.from.Sent(), way.to.Received())
		}
	}
}

func TestReadSaysLater(t *testing.T) {
	d, a := pair(t, "127.0.0.1", Default)
	if got, err := read(t, d, short); got != "" || err != ErrLater {
		t.Fatalf("Read of nothing: %q, %v; want ErrLater", got, err)
	}
	if d.EOF || !d.Open() {
		t.Error("not yet is not the end")
	}
	a.Write([]byte("now"), long)
	if got, err := read(t, d, long); got != "now" || err != nil {
		t.Errorf("Read after ErrLater: %q, %v", got, err)
	}
}

func TestCloseWriteIsHalfAClose(t *testing.T) {
	d, a := pair(t, "127.0.0.1", Default)
	if d.WroteFIN() {
		t.Error("WroteFIN before CloseWrite")
	}
	d.Write([]byte("last words"), long)
	if err := d.CloseWrite(); err != nil || !d.WroteFIN() || !d.Open() {
		t.Fatalf("CloseWrite: %v, WroteFIN %v, Open %v", err, d.WroteFIN(), d.Open())
	}
	if got, err := read(t, a, long); got != "last words" || err != nil {
		t.Fatalf("what was sent before the FIN: %q, %v", got, err)
	}
	for range 2 { // the end of a stream stays its end
		if _, err := read(t, a, long); err != io.EOF || !a.EOF {
			t.Fatalf("Read after the FIN: %v, EOF %v; want io.EOF", err, a.EOF)
		}
	}
	a.Write([]byte("still here"), long)
	if got, err := read(t, d, long); got != "still here" || err != nil {
		t.Errorf("the other direction after a half-close: %q, %v", got, err)
	}
}

func TestResetIsSeenAsReset(t *testing.T) {
	d, a := pair(t, "127.0.0.1", Default)
	if err := d.Reset(); err != nil || d.Open() {
		t.Fatalf("Reset: %v, Open %v", err, d.Open())
	}
	if _, err := read(t, a, long); err != ErrReset || a.EOF {
		t.Errorf("Read after an RST: %v, EOF %v; want ErrReset", err, a.EOF)
	}
	if _, err := a.Write([]byte("anybody?"), long); err != ErrReset {
		t.Errorf("Write after an RST: %v; want ErrReset", err)
	}
	if err := d.Reset(); err != nil {
		t.Errorf("a second Reset: %v", err)
	}
}

func TestCloseIsOrderly(t *testing.T) {
	d, a := pair(t, "127.0.0.1", Default)
	d.Write([]byte("x"), long)
	if err := d.Close(); err != nil || d.Open() {
		t.Fatalf("Close: %v, Open %v", err, d.Open())
	}
	if got, err := read(t, a, long); got != "x" || err != nil {
		t.Errorf("what was sent before: %q, %v", got, err)
	}
	if _, err := read(t, a, long); err != io.EOF {
		t.Errorf("then: %v; want io.EOF", err)
	}
}

// fill writes until nothing has been taken for a while and returns how much
// the buffers of both ends hold. That a buffer is full is the one thing here
// that only waiting can show.
func fill(t *testing.T, c *Conn) int {
	t.Helper()
	data := make([]byte, 16<<10)
	for idle := 0; idle < 10 && c.Sent() < 64<<20; {
		n, err := c.Write(data, 20*time.Millisecond)
		if err != nil && err != ErrLater {
			t.Fatal(err)
		}
		if idle++; n > 0 {
			idle = 0
		}
	}
	return int(c.Sent())
}

func TestSmallWindowIsSmall(t *testing.T) {
	d, a := pair(t, "127.0.0.1", Small)
	held := fill(t, d)
	t.Logf("both ends small: the buffers hold %d bytes", held)
	if held == 0 || held > 64<<10 {
		t.Errorf("small buffers hold %d bytes; want at most 64 KiB", held)
	}
	buf := make([]byte, 64<<10)
	for a.Received() < int64(held) {
		if _, err := a.Read(buf, long); err != nil {
			t.Fatalf("after %d of %d bytes: %v", a.Received(), held, err)
		}
	}
	if _, err := a.Read(buf, short); err != ErrLater {
		t.Errorf("more came than was sent: %v", err)
	}
}

func TestAcceptSaysLater(t *testing.T) {
	l, err := Listen("L", "127.0.0.1", Default)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Accept("A", short); err != ErrLater {
		t.Errorf("Accept of nobody: %v; want ErrLater", err)
	}
	l.Close()
	if _, err := Dial(t.Context(), "D", l.Addr, Default); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("Dial after Close: %v; want connection refused", err)
	}
}

func TestIPv6(t *testing.T) {
	l, err := Listen("L", "::1", Default)
	if err != nil {
		t.Skip("this machine has no IPv6 loopback address:", err)
	}
	l.Close()
	d, a := pair(t, "::1", Default)
	if !d.Remote.Addr().Is6() || d.Remote != a.Local || !strings.HasPrefix(d.Remote.String(), "[::1]:") {
		t.Errorf("remote %v, the other end's local %v", d.Remote, a.Local)
	}
}

// A reserved address refuses, and the port can be had by nobody else.
func TestReserve(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "127.3.2.1", "::1"} {
		t.Run(host, func(t *testing.T) {
			l, err := Reserve("L", host)
			if err != nil {
				t.Skip("cannot bind to", host, err)
			}
			at := netip.MustParseAddrPort(l.Addr)
			if at.Port() == 0 || at.Addr() != netip.MustParseAddr(host) {
				t.Fatalf("reserved %s", l.Addr)
			}
			if _, err := Dial(t.Context(), "D", l.Addr, Default); !errors.Is(err, unix.ECONNREFUSED) {
				t.Errorf("Dial: %v; want connection refused", err)
			}
			if ln, err := net.Listen("tcp", l.Addr); err == nil {
				ln.Close()
				t.Error("somebody else could listen there")
			}
			if _, err := l.Accept("A", short); err != ErrReserved {
				t.Errorf("Accept: %v; want ErrReserved", err)
			}
			l.Close()
		})
	}
	if _, err := Reserve("L", "no address"); err == nil {
		t.Error("Reserve of no address succeeded")
	}
}

func TestDialGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if c, err := Dial(ctx, "D", "127.0.0.1:1", Default); err == nil {
		c.Reset()
		t.Error("a dial that was called off succeeded")
	}
}
