//go:build !noevidence

package space

import (
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"loopback/tools/engine/process"
)

// fresh starts a space, or skips where there is none for us.
func fresh(t *testing.T, settings ...string) *Space {
	t.Helper()
	s, err := Start(process.Options{Env: []string{"A=b"}}, settings)
	if refused := (*Refused)(nil); errors.As(err, &refused) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if strays := s.Process.End(); len(strays) > 0 {
			t.Errorf("left: %v", strays)
		}
		s.Close()
	})
	return s
}

// The process becomes the program: same number, its own arguments and
// environment, root there, and no descriptor but the three.
func TestBecome(t *testing.T) {
	s := fresh(t)
	pid := s.Process.PID()
	if err := s.Become("/bin/sh",
		[]string{"-c", `echo $$ $(id -u) "$A" "$1"; for n in 3 4 5 6 7 8 9 20 40; do [ ! -e /proc/$$/fd/$n ] || echo has $n; done`, "sh", "x y"}); err != nil {
		t.Fatal(err)
	}
	<-s.Process.Done()
	s.Process.End()
	got := strings.Fields(string(s.Process.Stdout().Bytes()))
	want := []string{strconv.Itoa(pid), "0", "b", "x", "y"}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %q, want %q; %s", got, want, s.Process.Stderr().Bytes())
	}
}

// A program that is not there is told, and the process ends.
func TestBecomeNothing(t *testing.T) {
	s := fresh(t)
	err := s.Become("/no/such/program", nil)
	if err == nil || !strings.Contains(err.Error(), "starting /no/such/program: no such file or directory") {
		t.Errorf("got %v", err)
	}
	<-s.Process.Done()
}

// A socket is one of the space's network, though this process holds it: who
// listens there is not seen here.
func TestSocket(t *testing.T) {
	s := fresh(t)
	fd, err := s.Socket(TCP4)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 3, 3, 3}}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, 1); err != nil {
		t.Fatal(err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	addr := net.TCPAddr{IP: net.IPv4(127, 3, 3, 3), Port: name.(*unix.SockaddrInet4).Port}
	if c, err := net.DialTCP("tcp", nil, &addr); err == nil {
		defer c.Close() // some program of this machine listens at every address
		if n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0); n != 0 || err != nil {
			t.Errorf("%v can be reached from outside: %d, %v", &addr, n, err)
		}
	}
	other, err := s.Socket(TCP4)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(other)
	if err := unix.Connect(other, name); err != nil {
		t.Errorf("inside: %v", err)
	}
}

// There is a fixed number of sockets.
func TestSocketsEnd(t *testing.T) {
	s := fresh(t)
	for range 2 {
		fd, err := s.Socket(ICMP)
		if err != nil {
			t.Fatal(err)
		}
		unix.Close(fd)
	}
	if _, err := s.Socket(ICMP); !errors.Is(err, ErrNoneLeft) {
		t.Errorf("got %v", err)
	}
}

// What cannot be set is told with the name and the system's answer, and
// nothing is left behind.
func TestSettingRefused(t *testing.T) {
	fresh(t)
	_, err := Start(process.Options{}, []string{"net.ipv4.ip_forward=perhaps"})
	refused := (*Refused)(nil)
	if !errors.As(err, &refused) || refused.Call != `setting net.ipv4.ip_forward to "perhaps"` || refused.Why == "" {
		t.Errorf("got %v", err)
	}
}

// A space that is given up before it becomes a program leaves no process.
func TestGivenUp(t *testing.T) {
	s := fresh(t)
	s.Close()
	<-s.Process.Done()
	if _, err := os.Stat("/proc/" + strconv.Itoa(s.Process.PID())); err == nil {
		t.Error("it is still there")
	}
}

// A network without settings has no way to an address and says so of the whole
// network; with one that is unreachable it says so of this host.
func TestUnreachable(t *testing.T) {
	for _, c := range []struct {
		settings []string
		want     error
	}{{nil, unix.ENETUNREACH}, {[]string{Unreachable + "=192.0.2.1"}, unix.EHOSTUNREACH}} {
		fd, err := fresh(t, c.settings...).Socket(TCP4)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		err = unix.Connect(fd, &unix.SockaddrInet4{Addr: [4]byte{192, 0, 2, 1}, Port: 7})
		if err != c.want {
			t.Errorf("%v: got %v, want %v", c.settings, err, c.want)
		}
	}
}
