//go:build !noevidence

package probe

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// withoutDiag runs a test twice: by sock_diag, and by /proc/net/tcp.
func withoutDiag(t *testing.T, f func(t *testing.T, diag bool)) {
	t.Run("sock_diag", func(t *testing.T) {
		if !diagWorks() {
			t.Skip("this kernel has no sock_diag")
		}
		f(t, true)
	})
	t.Run("proc", func(t *testing.T) {
		old := diagWorks
		diagWorks = func() bool { return false }
		defer func() { diagWorks = old }()
		f(t, false)
	})
}

// addrs are the loopback addresses that a program may be asked to listen on.
func addrs(t *testing.T) []string {
	all := []string{"127.0.0.1:0", "127.77.0.9:0", ":0"}
	if ln, err := net.Listen("tcp", "[::1]:0"); err == nil {
		ln.Close()
		return append(all, "[::1]:0")
	}
	t.Log("no IPv6 here")
	return all
}

// The life of a connection, as the server's end sees it.
func TestTCP(t *testing.T) {
	withoutDiag(t, func(t *testing.T, diag bool) {
		for _, addr := range addrs(t) {
			t.Run(addr, func(t *testing.T) { testTCP(t, addr, diag) })
		}
	})
}

func testTCP(t *testing.T, addr string, diag bool) {
	c := start(t, "serve", true, "LOOPBACK_PROBE_LISTEN="+addr)
	conn := dial(t, c.addr)
	want := func(what string, ok func(Socket) bool) {
		t.Helper()
		var s Socket
		until(t, what, func() bool {
			var err error
			s, err = serverEnd(conn)
			return err == nil && ok(s)
		})
		l, r := local(conn)
		if s.Local != r || s.Remote != l {
			t.Errorf("%s: %v and %v, want %v and %v", what, s.Local, s.Remote, r, l)
		}
	}
	want("not accepted", func(s Socket) bool { return s.State == Established && s.Inode == 0 && s.Unread == 0 })
	conn.Write([]byte("hello"))
	want("5 bytes wait", func(s Socket) bool { return s.Unread == 5 && (s.Received == 5 || !diag) })
	c.say(t)
	want("accepted", func(s Socket) bool { return s.Inode != 0 && s.Unread == 5 })
	c.say(t)
	want("read", func(s Socket) bool { return s.Unread == 0 && s.State == Established && (s.Received == 5 || !diag) })
	stop(t, c)
	conn.CloseWrite()
	want("an unread FIN", func(s Socket) bool { return s.State == CloseWait && s.Unread == 1 })
	until(t, "our FIN is acknowledged", func() bool {
		s, err := ourEnd(conn)
		return err == nil && s.State == FinWait2 && s.Unacked == 0 && (s.Sent == 5 || !diag)
	})
	if err := unix.Kill(c.pid(), unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	want("the FIN is read", func(s Socket) bool { return s.State == CloseWait && s.Unread == 0 })
	c.say(t)
	until(t, "the program's end is gone", func() bool {
		_, err := serverEnd(conn)
		return errors.Is(err, ErrNoSocket)
	})
}

// stop stops a child and waits until it stands.
func stop(t *testing.T, c *child) {
	t.Helper()
	if err := unix.Kill(c.pid(), unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	untilState(t, c.pid(), Stopped)
}

// The kernel answers with the listener when the connection is gone.
func TestTCPGone(t *testing.T) {
	withoutDiag(t, func(t *testing.T, _ bool) {
		for _, addr := range addrs(t) {
			c := start(t, "echo", true)
			if addr != "127.0.0.1:0" {
				c = start(t, "serve", true, "LOOPBACK_PROBE_LISTEN="+addr)
			}
			conn := dial(t, c.addr)
			until(t, "there", func() bool { _, err := serverEnd(conn); return err == nil })
			l, r := local(conn)
			conn.SetLinger(0)
			conn.Close()
			until(t, "reset", func() bool { _, err := TCP(r, l); return errors.Is(err, ErrNoSocket) })
			ln := r
			if addr == ":0" {
				ln = netip.AddrPortFrom(netip.IPv6Unspecified(), r.Port())
			}
			if s, err := Listener(ln); err != nil || s.State != Listening || s.Local != ln {
				t.Errorf("the listener at %v: %+v, %v", ln, s, err)
			}
		}
	})
}

func TestListener(t *testing.T) {
	withoutDiag(t, func(t *testing.T, diag bool) {
		for _, addr := range addrs(t) {
			c := start(t, "serve", true, "LOOPBACK_PROBE_LISTEN="+addr)
			at := netip.MustParseAddrPort(c.addr)
			s, err := Listener(at)
			if err != nil || s.Unread != 0 || diag && s.Unacked == 0 || s.Inode == 0 {
				t.Errorf("Listener(%v) = %+v, %v", at, s, err)
			}
			for range 3 {
				dial(t, c.addr)
			}
			until(t, "3 wait", func() bool { s, err = Listener(at); return err == nil && s.Unread == 3 })
			held, err := ListenersOf([]int{c.pid(), c.pid()})
			if err != nil || len(held) != 1 || held[0] != s {
				t.Errorf("ListenersOf = %+v, %v; want %+v", held, err, s)
			}
		}
	})
}

func TestListenerExactly(t *testing.T) {
	withoutDiag(t, func(t *testing.T, _ bool) {
		c := start(t, "serve", true, "LOOPBACK_PROBE_LISTEN=0.0.0.0:0")
		at := netip.MustParseAddrPort(c.addr)
		if _, err := Listener(at); err != nil {
			t.Errorf("Listener(%v): %v", at, err)
		}
		if at.Addr() != netip.IPv6Unspecified() {
			t.Errorf("Go listens on %v when asked for 0.0.0.0; this test expects [::]", at)
		}
		for _, a := range []string{"127.0.0.1", "::1", "0.0.0.0"} {
			other := netip.AddrPortFrom(netip.MustParseAddr(a), at.Port())
			if s, err := Listener(other); !errors.Is(err, ErrNoSocket) {
				t.Errorf("Listener(%v) = %+v, %v; want ErrNoSocket", other, s, err)
			}
		}
		for _, bad := range []netip.AddrPort{{}, netip.MustParseAddrPort("[::1]:0"),
			netip.MustParseAddrPort("127.0.0.1:0")} {
			if s, err := Listener(bad); !errors.Is(err, ErrNoSocket) {
				t.Errorf("Listener(%v) = %+v, %v; want ErrNoSocket", bad, s, err)
			}
			if s, err := TCP(at, bad); !errors.Is(err, ErrNoSocket) {
				t.Errorf("TCP(%v, %v) = %+v, %v; want ErrNoSocket", at, bad, s, err)
			}
		}
	})
}

func TestOpenSockets(t *testing.T) {
	c := start(t, "echo", true)
	base, err := OpenSockets([]int{c.pid()})
	if err != nil || base != 1 {
		t.Fatalf("%d sockets, %v; want the listener", base, err)
	}
	var conns []*net.TCPConn
	for range 5 {
		conn := dial(t, c.addr)
		conn.Write([]byte("x"))
		io.ReadFull(conn, make([]byte, 1))
		conns = append(conns, conn)
	}
	if n, err := OpenSockets([]int{c.pid()}); err != nil || n != base+5 {
		t.Errorf("%d sockets, %v; want %d", n, err, base+5)
	}
	for _, conn := range conns {
		conn.Close()
	}
	until(t, "all closed", func() bool { n, err := OpenSockets([]int{c.pid()}); return err == nil && n == base })
	c.cmd.Process.Kill()
	untilState(t, c.pid(), Gone)
	if n, err := OpenSockets([]int{c.pid()}); err != nil || n != 0 {
		t.Errorf("a zombie holds %d sockets, %v", n, err)
	}
	if ls, err := ListenersOf([]int{c.pid()}); err != nil || len(ls) != 0 {
		t.Errorf("a zombie holds %v, %v", ls, err)
	}
}

// A full pipe: what the program wrote is with its own kernel or with ours.
func TestTCPUnacked(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	conn := dial(t, ln.Addr().String())
	peer, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	go io.Copy(conn, zeros{})
	until(t, "the window is full", func() bool {
		s, err := ourEnd(conn)
		return err == nil && s.Unacked > 1<<16 && s.Timer == 4
	})
	if s, err := serverEnd(conn); err != nil || s.Unread < 1<<12 {
		t.Errorf("the far end: %+v, %v", s, err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func TestTCPConcurrently(t *testing.T) {
	c := start(t, "echo", true)
	var conns []*net.TCPConn
	for range 8 {
		conns = append(conns, dial(t, c.addr))
	}
	var wg sync.WaitGroup
	for _, conn := range conns {
		for range 4 {
			wg.Go(func() {
				for range 200 {
					l, r := local(conn)
					if s, err := TCP(r, l); err != nil || s.Local != r || s.Remote != l {
						t.Errorf("TCP(%v, %v) = %+v, %v", r, l, s, err)
					}
				}
			})
		}
	}
	wg.Wait()
}

// Both ways must tell the same.
func TestProcAgrees(t *testing.T) {
	if !diagWorks() {
		t.Skip("this kernel has no sock_diag")
	}
	for _, addr := range addrs(t) {
		s := start(t, "serve", true, "LOOPBACK_PROBE_LISTEN="+addr)
		conn := dial(t, s.addr)
		conn.Write([]byte("hello"))
		until(t, "arrived", func() bool { s, err := serverEnd(conn); return err == nil && s.Unread == 5 })
		a, err := serverEnd(conn)
		l, r := local(conn)
		b, err2 := procFind(r.Addr(), func(s Socket) bool { return s.Local == r && s.Remote == l })
		a.Received, a.Sent, a.Segment, a.Counted, a.Room = 0, 0, 0, false, Room{} // only sock_diag counts
		if err != nil || err2 != nil || a != b {
			t.Errorf("sock_diag %+v, %v; proc %+v, %v", a, err, b, err2)
		}
	}
}

func TestMissing(t *testing.T) {
	t.Logf("this system lacks %q", Missing())
	old := diagWorks
	diagWorks = func() bool { return false }
	defer func() { diagWorks = old }()
	if got := Missing(); len(got) == 0 || slices.Contains(got, "") {
		t.Errorf("without sock_diag: %q", got)
	}
}

func TestStrings(t *testing.T) {
	for s, want := range map[State]string{Unknown: "unknown", Stopped: "stopped", -1: "State(-1)", 6: "State(6)"} {
		if got := s.String(); got != want {
			t.Errorf("%d is %q, want %q", int(s), got, want)
		}
	}
	for s, want := range map[TCPState]string{Established: "ESTABLISHED", CloseWait: "CLOSE-WAIT", Listening: "LISTEN",
		0: "TCPState(0)", 13: "TCPState(13)"} {
		if got := s.String(); got != want {
			t.Errorf("%d is %q, want %q", uint8(s), got, want)
		}
	}
}

// One question for both families must be answered as two are.
func TestBothFamilies(t *testing.T) {
	if !diagWorks() {
		t.Skip("this kernel has no sock_diag")
	}
	for _, addr := range addrs(t) {
		s := start(t, "serve", true, "LOOPBACK_PROBE_LISTEN="+addr)
		conn := dial(t, s.addr)
		l, r := local(conn)
		for state, is := range map[TCPState]func(Socket) bool{
			Established: func(s Socket) bool { return s.Local == l && s.Remote == r },
			Listening:   func(s Socket) bool { return s.Local.Port() == r.Port() && s.Remote.Port() == 0 },
		} {
			both, err := diagBoth(1 << state)
			if err != nil {
				t.Fatal(err)
			}
			var each []Socket
			for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
				some, err := diagDump(family, 1<<state)
				if err != nil {
					t.Fatal(err)
				}
				each = append(each, some...)
			}
			i, j := slices.IndexFunc(both, is), slices.IndexFunc(each, is)
			if i < 0 || j < 0 || both[i].Inode != each[j].Inode || both[i].Local != each[j].Local {
				t.Errorf("%s, %v: %d of %d with one question, %d of %d with two", addr, state, i, len(both), j,
					len(each))
			}
			if slices.ContainsFunc(both, func(s Socket) bool { return s.State != state }) {
				t.Errorf("%s: sockets in other states than %v", addr, state)
			}
		}
	}
}

func BenchmarkBothFamilies(b *testing.B) {
	for b.Loop() {
		diagBoth(1 << SynSent)
	}
}

func BenchmarkEachFamily(b *testing.B) {
	for b.Loop() {
		diagDump(unix.AF_INET, 1<<SynSent)
		diagDump(unix.AF_INET6, 1<<SynSent)
	}
}
