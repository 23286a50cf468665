//go:build !noevidence

package probe

import (
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A process's descriptors, with what they refer to and who inherits them.
func TestDescriptors(t *testing.T) {
	c := start(t, "serve", true, "LOOPBACK_PROBE_LISTEN=127.0.0.1:0")
	all, err := Descriptors([]int{c.pid()})
	if err != nil {
		t.Fatal(err)
	}
	count := func(has func(Descriptor) bool) (n int) {
		for _, d := range all {
			if has(d) && d.PID == c.pid() {
				n++
			}
		}
		return n
	}
	if n := count(func(d Descriptor) bool { return d.Socket() && d.CloseOnExec }); n != 1 {
		t.Errorf("%d sockets that are close-on-exec, want the listener: %+v", n, all)
	}
	if n := count(func(d Descriptor) bool { return d.FD <= 2 && !d.Socket() && !d.CloseOnExec }); n != 3 {
		t.Errorf("%d of the three standard streams: %+v", n, all)
	}
	c.cmd.Process.Kill()
	untilState(t, c.pid(), Gone)
	if left, err := Descriptors([]int{c.pid()}); err != nil || len(left) != 0 {
		t.Errorf("a zombie holds %+v, %v", left, err)
	}
}

// The mark is that of the descriptor, not of what it refers to.
func TestDescriptorsMarks(t *testing.T) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(p[0])
	defer unix.Close(p[1])
	bare, err := unix.FcntlInt(uintptr(p[0]), unix.F_DUPFD, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(bare)
	all, err := Descriptors([]int{os.Getpid()})
	if err != nil {
		t.Fatal(err)
	}
	for fd, marked := range map[int]bool{p[0]: true, bare: false} {
		i := slices.IndexFunc(all, func(d Descriptor) bool { return d.FD == fd })
		if i < 0 || all[i].CloseOnExec != marked || !strings.HasPrefix(all[i].Target, "pipe:") {
			t.Errorf("descriptor %d: want a pipe, close-on-exec %v, in %+v", fd, marked, all)
		}
	}
}

// A listener counts the requests that it has dropped, and no others.
func TestDrops(t *testing.T) {
	if !diagWorks() {
		t.Skip("this kernel has no sock_diag")
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	sa, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	to := sa.(*unix.SockaddrInet4)
	at := netip.AddrPortFrom(netip.AddrFrom4(to.Addr), uint16(to.Port))
	request := func() {
		c, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(c) })
		if err := unix.Connect(c, to); err != nil && err != unix.EINPROGRESS {
			t.Fatal(err)
		}
	}
	request()
	var l Socket
	until(t, "1 waits", func() bool { l, err = Listener(at); return err == nil && l.Unread == 1 })
	if !l.Counted || l.Drops != 0 {
		t.Errorf("with room in the queue: %+v", l)
	}
	request()
	until(t, "the second is dropped", func() bool { l, err = Listener(at); return err == nil && l.Drops > 0 })
	if l.Unread != 1 || l.Unacked != 0 {
		t.Errorf("a queue of one with a backlog of 0: %+v", l)
	}
}
