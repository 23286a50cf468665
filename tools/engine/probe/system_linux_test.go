//go:build !noevidence

package probe

import (
	"net"
	"net/netip"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

var group = &syscall.SysProcAttr{Setpgid: true} // the type that os/exec wants

func init() {
	roles["timerfd"] = func() {
		fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, 0)
		check(err)
		check(unix.TimerfdSettime(fd, 0, &unix.ItimerSpec{Value: unix.Timespec{Sec: 3600}}, nil))
		announce("")
		roles["read"]()
	}
	roles["timer_create"] = func() {
		var id int32
		_, _, errno := unix.Syscall(unix.SYS_TIMER_CREATE, unix.CLOCK_MONOTONIC, 0, uintptr(unsafe.Pointer(&id)))
		if errno != 0 {
			panic(errno)
		}
		announce("")
		roles["read"]()
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// dial connects to a child and resets the connection in the end.
func dial(t testing.TB, addr string) *net.TCPConn {
	t.Helper()
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	conn := c.(*net.TCPConn)
	t.Cleanup(func() { conn.SetLinger(0); conn.Close() })
	return conn
}

func local(c net.Conn) (l, r netip.AddrPort) {
	return c.LocalAddr().(*net.TCPAddr).AddrPort(), c.RemoteAddr().(*net.TCPAddr).AddrPort()
}

// serverEnd looks at the far end of our connection, ourEnd at ours.
func serverEnd(c net.Conn) (Socket, error) { l, r := local(c); return TCP(r, l) }
func ourEnd(c net.Conn) (Socket, error)    { l, r := local(c); return TCP(l, r) }

func BenchmarkTCP(b *testing.B) {
	c := start(b, "echo", true)
	conn := dial(b, c.addr)
	for b.Loop() {
		if _, err := serverEnd(conn); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTCPParallel(b *testing.B) {
	c := start(b, "echo", true)
	conn := dial(b, c.addr)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := serverEnd(conn); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkListenersOf(b *testing.B) {
	c := start(b, "echo", true)
	for b.Loop() {
		if ls, err := ListenersOf([]int{c.pid()}); err != nil || len(ls) != 1 {
			b.Fatal(ls, err)
		}
	}
}
