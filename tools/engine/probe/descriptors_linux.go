//go:build !noevidence

package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

func descriptors(pids []int) ([]Descriptor, error) {
	var all []Descriptor
	for _, pid := range pids {
		some, err := descriptorsOf(pid)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func descriptorsOf(pid int) ([]Descriptor, error) {
	var all []Descriptor
	err := eachLink(pid, func(name string, link []byte) bool {
		fd, err := strconv.Atoi(name)
		if flags, ok := fdFlags(pid, name); ok && err == nil {
			inherited := flags&unix.O_CLOEXEC == 0
			all = append(all, Descriptor{PID: pid, FD: fd, Target: string(link), CloseOnExec: !inherited})
		}
		return true
	})
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ESRCH) {
		if _, err := os.Stat("/proc/self"); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoEvidence, err)
		}
		return nil, nil // it has ended
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoEvidence, err)
	}
	return all, nil
}

// fdFlags reads the line "flags:" of a file in /proc/PID/fdinfo, in octal; see
// proc_pid_fdinfo(5). It fails when the descriptor has been closed meanwhile.
func fdFlags(pid int, fd string) (uint64, bool) {
	var buf [256]byte
	b, err := readFile("/proc/"+strconv.Itoa(pid)+"/fdinfo/"+fd, buf[:])
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(b)) {
		if value, ok := strings.CutPrefix(line, "flags:"); ok {
			flags, err := strconv.ParseUint(strings.TrimSpace(value), 8, 64)
			return flags, err == nil
		}
	}
	return 0, false
}
