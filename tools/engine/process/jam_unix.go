//go:build unix

package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// jam fills the pipe of which w is the end to be written to, and returns how
// many bytes that took. A pipe whose pages are all full takes no byte more.
//
// Every write goes to the end (O_APPEND), which says nothing new of a pipe. But io.Copy
// of Go then writes, and does not move bytes from a socket by splice(2): in Go 1.26 that goes
// round and round until a pipe that blocks has room, which is no fault of the program's.
func jam(w *os.File) (n int, err error) {
	raw, err := w.SyscallConn()
	if err != nil {
		return 0, err
	}
	page := make([]byte, 4096)
	control := raw.Control(func(fd uintptr) {
		if _, err = unix.FcntlInt(fd, unix.F_SETFL, unix.O_NONBLOCK|unix.O_APPEND); err != nil {
			return
		}
		for err == nil || err == unix.EINTR {
			var m int
			m, err = unix.Write(int(fd), page)
			n += max(m, 0)
		}
	})
	if control != nil {
		return n, control
	}
	if err != unix.EAGAIN {
		return n, err
	}
	return n, nil
}
