package box

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"loopback/tools/engine/space"
)

// init turns this program into the first process of a box when it was started
// as that. It stands here and not in main because tests have no main.
func init() {
	if os.Args[0] == reserved && len(os.Args) == 2 {
		runtime.LockOSThread() // what a process may do is each thread's own
		if err := inside([]byte(os.Args[1])); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", reserved, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// inside prepares the box and becomes the grader.
func inside(what []byte) error {
	var o order
	if err := json.Unmarshal(what, &o); err != nil {
		return err
	}
	if err := space.LoopbackUp(); err != nil {
		return fmt.Errorf("bringing the loopback interface up: %w", err)
	}
	if o.Level == Closed {
		if err := o.files(); err != nil {
			return err
		}
	}
	counted, err := o.bound()
	if err != nil {
		return err
	}
	if err := giveUp(); err != nil {
		return err
	}
	if len(o.Args) == 0 {
		fmt.Print(counted)
		return nil
	}
	if err := os.Chdir(o.Dir); err != nil {
		return err
	}
	return syscall.Exec("/proc/self/exe", append([]string{"course"}, o.Args...), os.Environ())
}

// files gives the box its own view of the files.
func (o order) files() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("mounts of its own: %w", err)
	}
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}
	if err := unix.MountSetattr(unix.AT_FDCWD, "/", unix.AT_RECURSIVE, &attr); err != nil {
		return fmt.Errorf("read-only file systems: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("a /proc of its own: %w", err)
	}
	keep := append(slices.Clone(o.Keep), o.Write...)
	kept := make([]int, len(keep))
	for i, dir := range keep { // by descriptor: soon they are out of sight
		fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		kept[i] = fd
	}
	for _, dir := range o.Hide {
		if err := empty(dir, "size=1m,mode=755"); err != nil {
			return err
		}
	}
	for i, dir := range keep {
		if err := showAgain(kept[i], dir); err != nil {
			return err
		}
	}
	attr = unix.MountAttr{Attr_clr: unix.MOUNT_ATTR_RDONLY}
	for _, dir := range o.Write {
		if err := unix.MountSetattr(unix.AT_FDCWD, dir, 0, &attr); err != nil {
			return fmt.Errorf("%s cannot be written: %w", dir, err)
		}
	}
	for _, dir := range append(o.Fresh, shared...) {
		if err := empty(dir, "size=256m,mode=1777"); err != nil {
			return err
		}
	}
	return nil
}

// shared is memory that looks like a folder, and that all processes share.
var shared = []string{"/dev/shm"}

// empty puts an empty file system in memory in the place of dir.
func empty(dir, options string) error {
	err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, options)
	if err == nil || errors.Is(err, unix.ENOENT) {
		return nil
	}
	return fmt.Errorf("an empty %s: %w", dir, err)
}

// showAgain puts a folder back that lies below one that was hidden.
func showAgain(fd int, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	from := filepath.Join("/proc/self/fd", fmt.Sprint(fd))
	if err := unix.Mount(from, dir, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	return unix.Close(fd)
}

// giveUp takes from this thread, and from the program that it becomes, all
// that it may do in the namespace and an ordinary process may not.
func giveUp() error {
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("giving up capabilities: %w", err)
	}
	return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
}
