//go:build unix

package disk

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// flatten removes dir and all below it, and reports whether it is gone. It never holds more
// than two folders open, and no path gets longer: a folder that is not empty has the
// folders in it moved up to dir, one by one, until it is. Each is moved once, so this takes
// as long for a tree that is deep as for one that is broad.
func flatten(dir string) bool {
	unix.Chmod(dir, 0o700)
	top, err := os.Open(dir)
	if err != nil {
		return os.IsNotExist(err)
	}
	defer top.Close()
	f := flattening{fd: int(top.Fd())}
	for names := emptied(top); len(names) > 0 && f.failed == nil; names = emptied(top) {
		f.lift(names)
		if _, err := top.Seek(0, 0); err != nil {
			return false
		}
	}
	return f.failed == nil && unix.Rmdir(dir) == nil
}

// A flattening is a folder that is being emptied.
type flattening struct {
	fd     int
	moved  int
	failed error
}

// up moves a folder to the top, under a name that nothing there has.
func (f *flattening) up(from int, name string) error {
	for {
		f.moved++
		err := unix.Renameat(from, name, f.fd, "."+strconv.Itoa(f.moved)+".moved-up")
		switch err {
		case unix.EEXIST, unix.ENOTEMPTY, unix.ENOTDIR: // a program has names of its own
		default:
			return err
		}
	}
}

// most is how many names are read at a time.
const most = 1000

// emptied removes the files of a folder, and returns the folders that are left in it.
func emptied(dir *os.File) (folders []string) {
	for {
		names, err := dir.Readdirnames(most)
		for _, name := range names {
			switch unix.Unlinkat(int(dir.Fd()), name, 0) {
			case nil, unix.ENOENT:
			default: // EISDIR, or EPERM elsewhere
				if unix.Unlinkat(int(dir.Fd()), name, unix.AT_REMOVEDIR) != nil {
					folders = append(folders, name)
				}
			}
		}
		if err != nil || len(names) == 0 {
			return folders
		}
	}
}

// lift empties these folders of the top, and moves what folders are in them up to it.
func (f *flattening) lift(folders []string) {
	for _, name := range folders {
		unix.Fchmodat(f.fd, name, 0o700, 0)
		fd, err := unix.Openat(f.fd, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != nil {
			f.failed = err
			return
		}
		dir := os.NewFile(uintptr(fd), name)
		for _, inner := range emptied(dir) {
			unix.Fchmodat(fd, inner, 0o700, 0) // its "..", too, is changed
			if err := f.up(fd, inner); err != nil {
				f.failed = err
			}
		}
		dir.Close()
		if err := unix.Unlinkat(f.fd, name, unix.AT_REMOVEDIR); err != nil && f.failed == nil {
			f.failed = err
		}
	}
}
