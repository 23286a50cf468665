//go:build unix

package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// jam fills the pipe of which w is the end to be written to, and returns how
// many bytes that took. A pipe whose pages are all full takes no byte more.
func jam(w *os.File) (n int, err error) {
	raw, err := w.SyscallConn()
	if err != nil {
		return 0, err
	}
	page := make([]byte, 4096)
	control := raw.Control(func(fd uintptr) {
		if err = unix.SetNonblock(int(fd), true); err != nil {
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
