package box

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// bound bounds what there may be in the box, and returns what counts the tasks.
func (o order) bound() (counted string, err error) {
	if o.Data > 0 {
		if err := lower(unix.RLIMIT_DATA, uint64(o.Data)); err != nil {
			return "", fmt.Errorf("a bound on memory: %w", err)
		}
	}
	if o.Tasks == 0 {
		return "", nil
	}
	if o.Level == Closed && isEachOnes() {
		return "namespace", highestID(o.Tasks)
	}
	if o.Root {
		return "", nil // the kernel does not count the processes of root
	}
	if err := lower(unix.RLIMIT_NPROC, uint64(o.Tasks)); err != nil {
		return "", fmt.Errorf("a bound on processes: %w", err)
	}
	return "user", nil
}

// lower lowers a limit of this process, and of all that it starts.
func lower(resource int, to uint64) error {
	var now unix.Rlimit
	if err := unix.Getrlimit(resource, &now); err != nil {
		return err
	}
	to = min(to, now.Max)
	return unix.Setrlimit(resource, &unix.Rlimit{Cur: to, Max: to})
}

// highestID makes n the highest process ID of this namespace: each task has one of
// its own. The file cannot be written from then on, not by root either.
func highestID(n int) error {
	const file = "/proc/sys/kernel/pid_max"
	if err := os.WriteFile(file, fmt.Append(nil, max(n, leastTasks)), 0); err != nil {
		return fmt.Errorf("a bound on processes: %w", err)
	}
	if err := unix.Mount(file, file, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}
	return unix.MountSetattr(unix.AT_FDCWD, file, 0, &attr)
}

// isEachOnes reports whether each namespace has a highest process ID of its own. An older
// kernel has one for the whole machine, which root would change from here.
func isEachOnes() bool {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return false
	}
	var major, minor int
	n, _ := fmt.Sscanf(unix.ByteSliceToString(name.Release[:]), "%d.%d", &major, &minor)
	return n == 2 && (major > 6 || major == 6 && minor >= 14)
}
