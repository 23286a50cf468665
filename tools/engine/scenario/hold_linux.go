package scenario

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// hold keeps a text in memory, under a name that is good for this process alone
// (memfd_create(2)): no program finds it in a file system. Where there is no such
// place, or no /proc to name it by, the text is put into a file.
func hold(text []byte, name string) (file string, release func(), err error) {
	fd, err := unix.MemfdCreate("scenario", unix.MFD_CLOEXEC)
	if err != nil {
		return inFile(text, name)
	}
	memory := os.NewFile(uintptr(fd), name)
	file = fmt.Sprintf("/proc/self/fd/%d", fd)
	_, err = memory.Write(text)
	if _, unnamed := os.Stat(file); err != nil || unnamed != nil {
		memory.Close()
		return inFile(text, name)
	}
	return file, func() { memory.Close() }, nil
}
