package process

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// reads are the ways in which a file or a folder can be read, as Landlock knows them.
const reads = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR

// Conceals reports whether Conceal does something.
func Conceals() bool { return !IsLeftOpen() && landlock() >= 1 }

// conceal closes what is concealed to this thread, and to all that it will start.
// Landlock knows what may be read, and not what may not. So that is all that lies beside a
// concealed path, and beside each folder above it; those folders cannot be listed. What is
// made later beside them cannot be read either, but for what is made in room.
func conceal(room string) {
	paths := allConcealed()
	if len(paths) == 0 || !Conceals() {
		return
	}
	attr := unix.LandlockRulesetAttr{Handled_access_fs: reads}
	rules, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)),
		unsafe.Sizeof(attr.Handled_access_fs), 0)
	if errno != 0 {
		return
	}
	defer unix.Close(int(rules))
	allowBeside(int(rules), "/", paths)
	allow(int(rules), room, reads)
	unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, rules, 0, 0)
}

// allowBeside adds to the rules that all in folder may be read that is neither one of the
// paths nor above one.
func allowBeside(rules int, folder string, paths []string) {
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		above := func(p string) bool { return strings.HasPrefix(p, path+"/") }
		switch {
		case slices.Contains(paths, path):
		case slices.ContainsFunc(paths, above):
			allowBeside(rules, path, paths)
		case e.IsDir():
			allow(rules, path, reads)
		case e.Type()&os.ModeSymlink == 0: // what a link leads to has a path of its own
			allow(rules, path, unix.LANDLOCK_ACCESS_FS_READ_FILE)
		}
	}
}
