//go:build !noevidence

package probe

import (
	"net"
	"net/netip"
	"os"
	"testing"
)

// bound returns a UDP socket of this process on a loopback address.
func bound(t *testing.T, addr string) (*net.UDPConn, netip.AddrPort) {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(addr)))
	if err != nil {
		t.Skipf("SKIP: %v", err)
	}
	t.Cleanup(func() { c.Close() })
	return c, c.LocalAddr().(*net.UDPAddr).AddrPort()
}

// row returns what the table says of the socket at local. Other programs change
// /proc/net/udp while it is read, and then a row may be missing for once.
func row(t *testing.T, table func() ([]UDPSocket, error), local netip.AddrPort) UDPSocket {
	t.Helper()
	for range 100 {
		all, err := table()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			if s.Local == local {
				return s
			}
		}
	}
	t.Fatalf("no UDP socket at %v", local)
	return UDPSocket{}
}

// Both sources say the same: nothing queued, then an empty datagram, then none
// again when it was read.
func TestUDPQueued(t *testing.T) {
	for name, table := range map[string]func() ([]UDPSocket, error){"sock_diag": udpSockets, "proc": procUDP} {
		for _, host := range []string{"127.0.0.1:0", "[::1]:0"} {
			t.Run(name+host, func(t *testing.T) {
				c, addr := bound(t, host)
				from, _ := bound(t, host)
				if s := row(t, table, addr); s.Queued != 0 || s.Dropped != 0 || s.Remote.Port() != 0 || s.Inode == 0 {
					t.Errorf("fresh: %+v", s)
				}
				for range 2 {
					if _, err := from.WriteToUDPAddrPort(nil, addr); err != nil {
						t.Fatal(err)
					}
				}
				settle(t)
				two := row(t, table, addr).Queued
				if two == 0 {
					t.Error("two empty datagrams do not show")
				}
				c.ReadFromUDPAddrPort(nil)
				if one := row(t, table, addr).Queued; one == 0 || one >= two {
					t.Errorf("%d for two empty datagrams, %d for one", two, one)
				}
				c.ReadFromUDPAddrPort(nil)
				if s := row(t, table, addr); s.Queued != 0 {
					t.Errorf("all read, but %+v", s)
				}
			})
		}
	}
}

// settle waits until nothing waits in the kernel's input queues.
func settle(t *testing.T) {
	t.Helper()
	for range 1_000_000 {
		if n, err := Backlog(); err != nil {
			t.Skipf("SKIP: %v", err)
		} else if n == 0 {
			return
		}
	}
	t.Fatal("packets wait in the kernel's input queues, and nobody takes them")
}

func TestUDPDropped(t *testing.T) {
	c, addr := bound(t, "127.0.0.1:0")
	if err := c.SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	from, _ := bound(t, "127.0.0.1:0")
	for range 100 {
		from.WriteToUDPAddrPort(make([]byte, 1000), addr)
	}
	settle(t)
	for name, table := range map[string]func() ([]UDPSocket, error){"sock_diag": udpSockets, "proc": procUDP} {
		if s := row(t, table, addr); s.Dropped == 0 || s.Dropped >= 100 {
			t.Errorf("%s: %d of 100 dropped: some must be, not all", name, s.Dropped)
		}
	}
}

func TestUDPConnected(t *testing.T) {
	_, addr := bound(t, "127.0.0.1:0")
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(addr))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ours := func() ([]UDPSocket, error) { return UDPSocketsOf([]int{os.Getpid()}) }
	if s := row(t, ours, c.LocalAddr().(*net.UDPAddr).AddrPort()); s.Remote != addr {
		t.Errorf("connected to %v, the kernel says %v", addr, s.Remote)
	}
	if all, err := UDPSocketsOf(nil); err != nil || len(all) != 0 {
		t.Errorf("nobody holds %v, %v", all, err)
	}
}

func BenchmarkUDPSockets(b *testing.B) {
	for b.Loop() {
		if _, err := UDPSockets(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBacklog(b *testing.B) {
	for b.Loop() {
		if _, err := Backlog(); err != nil {
			b.Fatal(err)
		}
	}
}
