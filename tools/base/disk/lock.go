package disk

import (
	"errors"
	"os"
)

// ErrLocked is returned by [Lock] when another process holds the lock.
var ErrLocked = errors.New("another process holds the lock")

// Lock locks a file, which is made when there is none, until unlock is called or
// this process has ended, in whatever way: the kernel keeps the lock, and what is
// left of a process that was killed holds nothing up.
func Lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
