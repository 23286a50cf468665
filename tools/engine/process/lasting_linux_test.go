//go:build amd64 || arm64

package process

import (
	"fmt"
	"os"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// helpLast tries to make what outlives it, and memory that is in no process, and prints
// what it could. What it makes it removes.
func helpLast([]string) {
	if id, err := unix.SysvShmGet(unix.IPC_PRIVATE, 1<<12, 0o600); err != unix.ENOSYS {
		fmt.Println("shared memory:", err)
		unix.SysvShmCtl(id, unix.IPC_RMID, nil)
	}
	if fd, err := unix.MemfdCreate("file", 0); err != unix.ENOSYS {
		fmt.Println("a file without a name:", err)
		unix.Close(fd)
	}
	if _, err := unix.KeyctlGetKeyringID(unix.KEY_SPEC_USER_KEYRING, true); err != unix.ENOSYS {
		fmt.Println("keys:", err)
	}
	name := [2]byte{'x'}
	for what, call := range map[string]uintptr{"a semaphore": unix.SYS_SEMGET, "a queue": unix.SYS_MSGGET,
		"a POSIX queue": unix.SYS_MQ_OPEN} {
		// Arguments that are wrong: it must not come to them.
		if _, _, err := unix.Syscall(call, uintptr(unsafe.Pointer(&name[0])), ^uintptr(0), 0); err != unix.ENOSYS {
			fmt.Println(what, err)
		}
	}
	parent := uintptr(os.Getppid())
	param, mask := uint32(0), ^uint64(0)
	set, cpus := uintptr(unsafe.Pointer(&param)), uintptr(unsafe.Pointer(&mask))
	for _, c := range []struct {
		what          string
		call, a, b, c uintptr
		refused       bool
	}{
		{"SCHED_OTHER", unix.SYS_SCHED_SETSCHEDULER, parent, 0, set, true},
		{"its own SCHED_OTHER", unix.SYS_SCHED_SETSCHEDULER, 0, 0, set, false},
		{"the processors", unix.SYS_SCHED_SETAFFINITY, parent, 8, cpus, true},
		{"its own processors", unix.SYS_SCHED_SETAFFINITY, 0, 8, cpus, false},
		{"the priority", unix.SYS_SETPRIORITY, unix.PRIO_PROCESS, parent, 0, true},
		{"the priority of its owner", unix.SYS_SETPRIORITY, unix.PRIO_USER, 0, 0, true},
		{"its own priority", unix.SYS_SETPRIORITY, unix.PRIO_PROCESS, 0, 0, false},
		{"what it gets of the disk", unix.SYS_IOPRIO_SET, 1, parent, 2<<13 | 4, true},
	} {
		if _, _, err := unix.Syscall(c.call, c.a, c.b, c.c); (err == unix.EPERM) != c.refused {
			fmt.Println(c.what, err)
		}
	}
	fmt.Println("done")
}

// What a program has made is gone when it has ended.
func TestNothingLasts(t *testing.T) {
	if got := output(t, options("last")); got != "done\n" {
		t.Errorf("the program could make:\n%s", got)
	}
	if fd, err := unix.MemfdCreate("file", 0); err != nil {
		t.Errorf("the grader itself is kept from it: %v", err)
	} else {
		unix.Close(fd)
	}
}

func init() { helpers["last"] = helpLast }
