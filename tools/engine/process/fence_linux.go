package process

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// changes are all ways in which a file or a folder can be changed, as Landlock
// knows them (landlock(7)), by the version of its interface that has brought them.
var changes = []struct {
	version int
	access  uint64
}{
	{1, unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR |
		unix.LANDLOCK_ACCESS_FS_REMOVE_FILE | unix.LANDLOCK_ACCESS_FS_MAKE_CHAR |
		unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_REG |
		unix.LANDLOCK_ACCESS_FS_MAKE_SOCK | unix.LANDLOCK_ACCESS_FS_MAKE_FIFO |
		unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK | unix.LANDLOCK_ACCESS_FS_MAKE_SYM},
	{2, unix.LANDLOCK_ACCESS_FS_REFER},
	{3, unix.LANDLOCK_ACCESS_FS_TRUNCATE},
}

// ofFile are those of the changes that a file can have.
const ofFile = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE

// scoped are what a program may reach only among those that it has started: signals
// and abstract Unix sockets. The kernel has them from the sixth version on.
const (
	scoped        = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
	scopedVersion = 6
)

// open are the files outside of its room into which any program may write. What is
// below /proc is guarded by the kernel: a program writes there what it may of itself.
var open = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/proc"}

// Fences says how much of Options.Room this system can keep: 0 is nothing, 1 that
// no file elsewhere is changed and no process looked into, 2 that none is signalled.
func Fences() int {
	switch v := landlock(); {
	case IsLeftOpen():
		return 0
	case v >= scopedVersion:
		return 2
	case v >= 1:
		return 1
	}
	return 0
}

// landlock returns the version of the kernel's interface; less than 1 where it has none.
func landlock() int {
	v, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(v)
}

// fence closes this thread, and all that it will start, off: files are changed
// below room alone; a process that is not fenced in alike can be neither looked
// into (/proc/PID/mem, environ, fd, cwd; ptrace(2)) nor, on newer kernels, sent a
// signal. This holds for root, too. An error is ignored: there is less to keep
// then, and [Fences] says so.
func fence(room string) {
	version := landlock()
	if version < 1 {
		return
	}
	var attr unix.LandlockRulesetAttr
	for _, c := range changes {
		if version >= c.version {
			attr.Handled_access_fs |= c.access
		}
	}
	if version >= scopedVersion {
		attr.Scoped = scoped
	}
	size := unsafe.Offsetof(attr.Quiet_access_fs) // what came later is not asked for
	if version < scopedVersion {
		size = unsafe.Sizeof(attr.Handled_access_fs) // an older kernel wants no more
	}
	rules, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), size, 0)
	if errno != 0 {
		return
	}
	defer unix.Close(int(rules))
	allow(int(rules), room, attr.Handled_access_fs)
	for _, path := range open {
		allow(int(rules), path, attr.Handled_access_fs&ofFile)
	}
	unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, rules, 0, 0)
}

// allow adds to the rules that there is this access to what is at path, and below it.
func allow(rules int, path string, access uint64) {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	rule := unix.LandlockPathBeneathAttr{Allowed_access: access, Parent_fd: int32(fd)}
	unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(rules), unix.LANDLOCK_RULE_PATH_BENEATH,
		uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
}

// powers are what a program under test is never given, also when root starts it: to
// look into processes that do not want it, to change the system, and to make files that cannot
// be removed.
var powers = []uintptr{unix.CAP_SYS_PTRACE, unix.CAP_SYS_ADMIN, unix.CAP_SYS_MODULE, unix.CAP_SYS_RAWIO,
	unix.CAP_SYS_BOOT, unix.CAP_SYS_TIME, unix.CAP_MKNOD, unix.CAP_BPF, unix.CAP_PERFMON, unix.CAP_LINUX_IMMUTABLE}

// surrender takes the powers out of what this thread can hand on. The thread itself
// keeps them, for it has a namespace to make; execve(2) gives none of them to root.
func surrender() {
	for _, c := range powers {
		unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
	}
}
