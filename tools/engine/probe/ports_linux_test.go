//go:build !noevidence

package probe

import (
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"
)

// AtPorts finds a listener and both ends of a connection, what waits in them,
// and nothing else; when all is closed in order it finds nothing, although
// TIME-WAIT goes on. Sock_diag and /proc/net/tcp say the same.
func TestAtPorts(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	dialled, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer dialled.Close()
	accepted, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer accepted.Close()
	if _, err := dialled.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	addr := netip.MustParseAddrPort(ln.Addr().String())
	port := addr.Port()
	for name, all := range map[string]func() ([]Socket, error){"sock_diag": awake, "proc": procAwake} {
		found, err := all()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if n := len(at(addr, found)); n != 3 {
			t.Errorf("%s: %d sockets at %v, want a listener and two ends", name, n, addr)
		}
	}
	found, err := AtPorts([]uint16{port})
	if found = at(addr, found); err != nil || len(found) != 3 {
		t.Fatalf("AtPorts: %v, %v; want three sockets", found, err)
	}
	if i := slices.IndexFunc(found, func(s Socket) bool { return s.Remote.Port() != port && s.Unread == 5 }); i < 0 {
		t.Errorf("no socket with 5 unread bytes: %+v", found)
	}
	accepted.Close() // with unread bytes: a reset, so that nothing is left
	dialled.Close()
	ln.Close()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) { // until the reset has arrived
		found, err := AtPorts([]uint16{port})
		found = at(addr, found)
		if err != nil || len(found) > 0 && time.Now().After(end) {
			t.Fatalf("after the end: %v, %v", found, err)
		}
		if len(found) == 0 {
			break
		}
	}
	if found, err := AtPorts(nil); err != nil || found != nil {
		t.Errorf("no ports: %v, %v", found, err)
	}
}

// at returns the sockets that have this address at one end: somebody else may
// use the port at another address.
func at(addr netip.AddrPort, all []Socket) []Socket {
	return slices.DeleteFunc(all, func(s Socket) bool { return s.Local != addr && s.Remote != addr })
}

func BenchmarkAtPorts(b *testing.B) {
	for b.Loop() {
		AtPorts([]uint16{1})
	}
}

func BenchmarkProcAwake(b *testing.B) {
	for b.Loop() {
		procAwake()
	}
}
