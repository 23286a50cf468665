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
	dir := "/proc/" + strconv.Itoa(pid)
	names, err := fdNames(dir + "/fd")
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ESRCH) {
		if _, err := os.Stat("/proc/self"); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoEvidence, err)
		}
		return nil, nil // it has ended
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoEvidence, err)
	}
	var all []Descriptor
	for _, name := range names {
		fd, err := strconv.Atoi(name)
		if err != nil {
			continue // "." and ".."
		}
		target := readLink(dir + "/fd/" + name)
		if flags, ok := fdFlags(dir + "/fdinfo/" + name); ok && target != "" {
			all = append(all, Descriptor{PID: pid, FD: fd, Target: target, CloseOnExec: flags&unix.O_CLOEXEC != 0})
		}
	}
	return all, nil
}

// fdFlags reads the line "flags:" of a file in /proc/PID/fdinfo, in octal; see
// proc_pid_fdinfo(5). It fails when the descriptor has been closed meanwhile.
func fdFlags(path string) (uint64, bool) {
	var buf [256]byte
	b, err := readFile(path, buf[:])
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
