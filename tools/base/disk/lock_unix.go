//go:build unix

package disk

import (
	"os"

	"golang.org/x/sys/unix"
)

// tryLock takes the lock of flock(2). Programs that we start do not get the
// descriptor, and so not the lock.
func tryLock(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == unix.EWOULDBLOCK {
		return ErrLocked
	}
	return err
}
