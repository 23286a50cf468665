package wire

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A program may take seconds to start. The grader's dial must be there still: its kernel sends the SYN
// again after a second, and is refused again.
func TestADialOutlastsItsRefusals(t *testing.T) {
	peer, at := boundSocket(t)
	dial, _ := boundSocket(t)
	if err := hearNoReset(dial); err != nil {
		t.Fatal(err)
	}
	if err := unix.Connect(dial, at); err != unix.EINPROGRESS {
		t.Fatalf("connect: %v, want %v", err, unix.EINPROGRESS)
	}
	for again := uint8(0); again == 0; {
		if events := polled(t, dial, 50); events != 0 {
			t.Fatalf("the dial ended before its SYN was sent again: events %#x", events)
		}
		info, err := unix.GetsockoptTCPInfo(dial, unix.IPPROTO_TCP, unix.TCP_INFO)
		if err != nil {
			t.Fatal(err)
		}
		again = info.Retransmits
	}
	if err := unix.Listen(peer, 1); err != nil {
		t.Fatal(err)
	}
	if events := polled(t, dial, 20_000); events != unix.POLLOUT {
		t.Errorf("events %#x after somebody listened, want %#x: a connection", events, unix.POLLOUT)
	}
}

// boundSocket is a stream socket at a port of 127.0.0.1 that the kernel chose. It listens to nobody.
func boundSocket(t *testing.T) (int, unix.Sockaddr) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	at, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fd, at
}

// polled waits for fd, at most timeout milliseconds, and returns what happened to it: 0 for nothing.
func polled(t *testing.T, fd, timeout int) int16 {
	t.Helper()
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	for {
		if _, err := unix.Poll(fds, timeout); err == nil {
			return fds[0].Revents
		} else if err != unix.EINTR {
			t.Fatal(err)
		}
	}
}
