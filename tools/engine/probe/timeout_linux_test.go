//go:build !noevidence

package probe

import (
	"fmt"
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Ways to sleep for an hour at the most.
func init() {
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
