package play

import (
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"loopback/tools/engine/wire"
)

// fileNumber returns the inode of what is at path itself, not behind a link.
func fileNumber(path string) (inode uint64, ok bool) {
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

// tryLock takes the lock of a file as flock(2) does, or reports false.
func tryLock(f *os.File) bool { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil }

// makeFIFO makes a named pipe.
func makeFIFO(path string) error { return unix.Mkfifo(path, 0o600) }
