//go:build linux || darwin

package screen

import (
	"io"

	"golang.org/x/sys/unix"
)

// oneByOne sets the terminal so that keys come without Enter and are not
// echoed. Signals (Ctrl-C, Ctrl-Z) and the treatment of output stay as they
// are. It returns what sets it back.
func oneByOne(fd int) (restore func()) {
	old, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return func() {}
	}
	t := *old
	t.Lflag &^= unix.ICANON | unix.ECHO
	t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, setTermios, &t); err != nil {
		return func() {}
	}
	return func() { unix.IoctlSetTermios(fd, setTermios, old) }
}

// readOne waits a little for a key: n is 0 when none came. It never waits
// while somebody else has the terminal.
func (k *Keys) readOne(buf []byte) (n int, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	fd := int(k.in.Fd())
	var set unix.FdSet
	set.Set(fd)
	wait := unix.NsecToTimeval(int64(look))
	if n, err := unix.Select(fd+1, &set, nil, nil, &wait); n <= 0 {
		if err == unix.EINTR {
			err = nil
		}
		return 0, err
	}
	n, err = unix.Read(fd, buf)
	switch {
	case err == unix.EINTR || err == unix.EAGAIN:
		return 0, nil
	case err == nil && n == 0:
		return 0, io.EOF
	}
	return n, err
}
