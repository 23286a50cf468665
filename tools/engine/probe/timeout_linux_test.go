//go:build !noevidence

package probe

import (
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Ways to sleep for an hour at the most.
func init() {
	roles["linger"] = linger
	hour := unix.Timespec{Sec: 3600}
	for name, sleep := range map[string]func(fd int){
		"poll":    func(fd int) { unix.Poll([]unix.PollFd{{Fd: int32(fd)}}, 3600_000) },
		"ppoll":   func(fd int) { unix.Ppoll([]unix.PollFd{{Fd: int32(fd)}}, &hour, nil) },
		"select":  func(fd int) { unix.Select(0, nil, nil, nil, &unix.Timeval{Sec: 3600}) },
		"pselect": func(fd int) { unix.Pselect(0, nil, nil, nil, &hour, nil) },
		"rcvtimeo": func(fd int) {
			check(unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 3600}))
			unix.Recvfrom(fd, make([]byte, 1), 0)
		},
		"epoll": func(fd int) {
			epoll, err := unix.EpollCreate1(0)
			check(err)
			unix.EpollWait(epoll, make([]unix.EpollEvent, 1), 3600_000)
		},
		"deadlined": func(int) {
			c, err := net.ListenPacket("udp", "127.0.0.1:0")
			check(err)
			c.SetReadDeadline(time.Now().Add(time.Hour))
			c.ReadFrom(make([]byte, 1))
		},
	} {
		roles[name] = func() {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
			check(err)
			fmt.Println("ready")
			sleep(fd)
		}
	}
}

// However a program sleeps, it is known for how long.
func TestTimeout(t *testing.T) {
	for _, kind := range []string{"poll", "ppoll", "select", "pselect", "rcvtimeo", "epoll", "deadlined", "timerfd"} {
		t.Run(kind, func(t *testing.T) {
			c := start(t, kind, true)
			untilState(t, c.pid(), Timed)
			got, known := Timeout(c.pid())
			for end := time.Now().Add(patience); !known && time.Now().Before(end); {
				got, known = Timeout(c.pid())
			}
			if got > time.Hour+time.Second || got < 50*time.Minute {
				t.Errorf("%v, %v; want an hour", got, known)
			}
		})
	}
	t.Run("none", func(t *testing.T) {
		c := start(t, "timer_create", true)
		untilState(t, c.pid(), Timed)
		if got, known := Timeout(c.pid()); known {
			t.Errorf("%v is claimed of a timer that does not say", got)
		}
	})
}

// A timer with a descriptor is due sooner, or now, and one that is not set stays so.
func TestAdvanceTimers(t *testing.T) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	left := func() time.Duration {
		var is unix.ItimerSpec
		if err := unix.TimerfdGettime(fd, &is); err != nil {
			t.Fatal(err)
		}
		return time.Duration(is.Value.Nano())
	}
	me := []int{os.Getpid()}
	if AdvanceTimers(me, time.Hour); left() != 0 {
		t.Error("a timer that was not set is set")
	}
	hour := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(time.Hour))}
	if err := unix.TimerfdSettime(fd, 0, &hour, nil); err != nil {
		t.Fatal(err)
	}
	if AdvanceTimers(me, 20*time.Minute); left() > 40*time.Minute || left() < 30*time.Minute {
		t.Errorf("of an hour %v are left 20 minutes later", left())
	}
	AdvanceTimers(me, time.Hour)
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	if n, err := unix.Poll(poll, 10_000); n != 1 || err != nil {
		t.Errorf("it is not due: %d, %v", n, err)
	}
}

// A close that lingers is seen; one that is over, or a wait for anything else, is none.
func TestInClose(t *testing.T) {
	c := start(t, "linger", true)
	until(t, "closing", func() bool { return InClose(c.pid()) })
	if a := untilState(t, c.pid(), Timed); a.State != Timed {
		t.Error(a.State)
	}
	if c := start(t, "poll", true); InClose(c.pid()) {
		t.Error("poll(2) was taken for close(2)")
	}
}

// linger closes a socket whose peer takes nothing of what was written.
func linger() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	dialled, err := net.Dial("tcp", ln.Addr().String())
	check(err)
	conn := dialled.(*net.TCPConn)
	check(conn.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)))
	for err == nil {
		_, err = conn.Write(make([]byte, 1<<20))
	}
	check(conn.SetLinger(3600))
	fmt.Println("ready")
	conn.Close()
}
