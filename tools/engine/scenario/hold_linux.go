package scenario

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// hold keeps a text in memory, under a name that is good for this process alone
// (memfd_create(2)): no program finds it in a file system. It is kept until
// the process ends.
func hold(text []byte) (name string, err error) {
	fd, err := unix.MemfdCreate("scenario", unix.MFD_CLOEXEC)
	if err != nil {
		return "", fmt.Errorf("memfd_create: %w", err)
	}
	for len(text) > 0 {
		n, err := unix.Write(fd, text)
		if err != nil {
			return "", fmt.Errorf("memfd_create: %w", err)
		}
		text = text[n:]
	}
	return fmt.Sprintf("/proc/self/fd/%d", fd), nil
}
