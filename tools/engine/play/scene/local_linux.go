package scene

import (
	"errors"
	"math"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"loopback/tools/engine/wire"
)

// FileNumber returns the inode of what is at path itself, not behind a link.
func FileNumber(path string) (inode uint64, ok bool) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return uint64(uint32(st.Ino)), true // sock_diag has 32 bits of it
}

// asOther calls dial in a thread that is another user: the kernel notes who connects
// when it connects.
func asOther(dial func() (*wire.Conn, error)) (c *wire.Conn, err error) {
	runtime.LockOSThread()
	if err := become(otherUser); err != nil {
		runtime.UnlockOSThread()
		return nil, err
	}
	c, err = dial()
	if back := become(0); back != nil {
		return nil, back // the thread stays locked, and ends with its goroutine
	}
	runtime.UnlockOSThread()
	return c, err
}

// become changes the effective user of this thread alone.
func become(uid uintptr) error {
	const same = ^uintptr(0)
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, same, uid, same); errno != 0 {
		return errno
	}
	return nil
}

// TryLock takes the exclusive lock of a file as flock(2) does, or reports false.
func TryLock(f *os.File) bool { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil }

// TryShare takes the shared lock, which only an exclusive one is in the way of.
func TryShare(f *os.File) bool { return unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB) == nil }

// Waits reports whether calls on this file wait: that it is without O_NONBLOCK, a flag
// which all descriptors of one open file have in common.
func Waits(f *os.File) bool {
	fd, err := wire.NumberOf(f)
	if err != nil {
		return false
	}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	return err == nil && flags&unix.O_NONBLOCK == 0
}

// SetWaits sets the flag O_NONBLOCK of an open file, or takes it away so that reads wait.
func SetWaits(f *os.File, waits bool) error {
	fd, err := wire.NumberOf(f)
	if err != nil {
		return err
	}
	return unix.SetNonblock(fd, !waits)
}

// BrokenSocket returns a socket of which text can be read, and then nothing but an error:
// its peer has closed without reading what was sent to it.
func BrokenSocket(text []byte) (*os.File, error) {
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	_, failed := unix.Write(ends[1], text)
	_, unread := unix.Write(ends[0], []byte("x"))
	return os.NewFile(uintptr(ends[0]), "socket"), errors.Join(failed, unread, unix.Close(ends[1]))
}

// GreedySocket returns both ends of a pair of sockets. A read of the first one waits until it
// has all that there is room for, or the end; what has come is in the reader's buffer by then.
func GreedySocket() (r, w *os.File, err error) {
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	err = unix.SetsockoptInt(ends[0], unix.SOL_SOCKET, unix.SO_RCVLOWAT, math.MaxInt32)
	return os.NewFile(uintptr(ends[0]), "socket"), os.NewFile(uintptr(ends[1]), "socket"), err
}

// MakeFIFO makes a named pipe.
func MakeFIFO(path string) error { return unix.Mkfifo(path, 0o600) }
