//go:build !noevidence

package probe

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func init() { roles["sockets"], roles["resolving"] = sockets, resolving }

// resolving has a pair of the Unix domain and a netlink socket, as a lookup of a name has.
func resolving() {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	_, err2 := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE)
	if err != nil || err2 != nil {
		panic(errors.Join(err, err2))
	}
	announce("127.0.0.1:0")
	fmt.Println(pair)
	io.Copy(io.Discard, os.Stdin)
}

// sockets has sockets of all kinds: a pair of the Unix domain, a listener, both
// ends of a connection with itself, and what connects to the listener.
func sockets() {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	ln, err2 := net.Listen("tcp", "127.0.0.1:0")
	if err != nil || err2 != nil {
		panic(errors.Join(err, err2))
	}
	here, err := net.Dial("tcp", ln.Addr().String())
	there, err2 := ln.Accept()
	if err != nil || err2 != nil {
		panic(errors.Join(err, err2))
	}
	announce(ln.Addr().String())
	conn, err := ln.Accept()
	fmt.Println(pair, here, there, conn, err)
	io.Copy(io.Discard, os.Stdin)
}

// What a program has for itself is told from its connections with others.
func TestHeld(t *testing.T) {
	c := start(t, "sockets", true)
	before, err := SocketsOf([]int{c.pid()})
	if err != nil {
		t.Fatal(err)
	}
	conn := dial(t, c.addr)
	until(t, "accepted", func() bool { s, err := serverEnd(conn); return err == nil && s.Inode != 0 })
	var own *Net
	for _, real := range []bool{true, false} {
		if !real {
			old := diagWorks
			diagWorks = func() bool { return false }
			defer func() { diagWorks = old }()
		}
		if h, err := own.Held([]int{c.pid()}, nil); err != nil || h.Peers != 1 || h.Own != 5 {
			t.Errorf("%+v, %v; want 1 connection and 5 others: a pair, a listener, and both ends of one", h, err)
		}
		if h, err := own.Held([]int{c.pid()}, before); err != nil || h != (Held{Peers: 1}) {
			t.Errorf("%+v, %v; want the new connection alone", h, err)
		}
	}
}

// A shell opens a socket of the Unix domain before the program begins that it starts.
func TestOnNetwork(t *testing.T) {
	self := []int{os.Getpid()}
	if there, err := OnNetwork([]int{start(t, "resolving", true).pid()}); there || err != nil {
		t.Errorf("a pair of the Unix domain: %v, %v; want false", there, err)
	}
	ln, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if there, err := OnNetwork(self); !there || err != nil {
		t.Errorf("a socket for datagrams: %v, %v; want true", there, err)
	}
}

// The table says of each connection what a question about it says.
func TestTable(t *testing.T) {
	c := start(t, "echo", true)
	conn := dial(t, c.addr)
	l, r := local(conn)
	until(t, "accepted", func() bool { s, err := TCP(r, l); return err == nil && s.Inode != 0 })
	a, err := TCP(r, l)
	b, err2 := Table()(r, l)
	if err != nil || err2 != nil || a.Inode != b.Inode || a.State != b.State {
		t.Errorf("%+v, %v; the table says %+v, %v", a, err, b, err2)
	}
	if _, err := Table()(l, l); err != ErrNoSocket {
		t.Errorf("no such connection: %v", err)
	}
}

func TestBurden(t *testing.T) {
	c := start(t, "parent", true)
	b, err := BurdenOf(c.pid())
	if err != nil || b.Processes != 2 || b.Threads < 4 || b.Memory < 1<<20 {
		t.Errorf("a program with a child: %+v, %v", b, err)
	}
	shared := proportional(Look(c.pid()).PIDs)
	if shared < 1<<20 || shared > b.Memory {
		t.Errorf("%d bytes when what they share counts once, %d when it counts for each", shared, b.Memory)
	}
	if b, err := BurdenOf(1 << 22); err != nil || b != (Burden{}) {
		t.Errorf("no process: %+v, %v", b, err)
	}
}
