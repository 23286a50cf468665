package machines

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// filterVar in its environment makes this test binary a command that runs another,
// from which the kernel keeps some system calls, as container engines do.
const filterVar = "LOOPBACK_TEST_WITHOUT"

func TestMain(m *testing.M) {
	if what := os.Getenv(filterVar); what != "" {
		fmt.Fprintln(os.Stderr, "filter:", without(what, os.Args[1:]))
		os.Exit(99)
	}
	status := m.Run()
	if binFolder != "" {
		os.RemoveAll(binFolder)
	}
	os.Exit(status)
}

// What a filter does with a call: see seccomp(2), SECCOMP_RET_ERRNO and SECCOMP_RET_ALLOW.
const (
	deny  = 0x00050000
	allow = 0x7fff0000
)

// Where a filter finds the number of a call and its arguments: struct seccomp_data.
const (
	atNumber = 0
	atFirst  = 16
)

func step(code uint16, k uint32, yes, no uint8) unix.SockFilter {
	return unix.SockFilter{Code: code, Jt: yes, Jf: no, K: k}
}

func load(at uint32) unix.SockFilter { return step(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, at, 0, 0) }

func end(k uint32) unix.SockFilter { return step(unix.BPF_RET|unix.BPF_K, k, 0, 0) }

// denied makes a call fail.
func denied(call int, err unix.Errno) []unix.SockFilter {
	return []unix.SockFilter{load(atNumber), step(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, uint32(call), 0, 1),
		end(deny | uint32(err))}
}

// deniedFor makes a call fail where its first argument is, or has a bit of, value.
func deniedFor(call int, test uint16, value uint32) []unix.SockFilter {
	return []unix.SockFilter{load(atNumber), step(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, uint32(call), 0, 3),
		load(atFirst), step(unix.BPF_JMP|test|unix.BPF_K, value, 0, 1), end(deny | uint32(unix.EPERM))}
}

// filters are what can be kept from a command.
var filters = map[string][][]unix.SockFilter{
	"netlink": {deniedFor(unix.SYS_SOCKET, unix.BPF_JEQ, unix.AF_NETLINK)},
	"ptrace": {denied(unix.SYS_PTRACE, unix.EPERM), denied(unix.SYS_PROCESS_VM_READV, unix.EPERM),
		denied(unix.SYS_PIDFD_GETFD, unix.EPERM)},
	"landlock": {denied(unix.SYS_LANDLOCK_CREATE_RULESET, unix.ENOSYS)},
	// As in Docker: what clone3 is asked for cannot be seen by a filter, so that it is not there.
	"namespaces": {denied(unix.SYS_CLONE3, unix.ENOSYS), deniedFor(unix.SYS_CLONE, unix.BPF_JSET, namespaces),
		deniedFor(unix.SYS_UNSHARE, unix.BPF_JSET, namespaces)},
}

const namespaces = unix.CLONE_NEWUSER | unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWPID

// without becomes the command argv, from which something is kept. It returns only
// when that fails.
func without(what string, argv []string) error {
	runtime.LockOSThread() // the filter is this thread's, and what it becomes has it, too
	var program []unix.SockFilter
	for _, part := range filters[what] {
		program = append(program, part...)
	}
	if program == nil {
		return fmt.Errorf("no filter %q", what)
	}
	program = append(program, end(allow))
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&filter)), 0, 0)
	if err != nil {
		return fmt.Errorf("a filter for system calls: %w", err)
	}
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return err
	}
	os.Unsetenv(filterVar)
	return unix.Exec(path, argv, os.Environ())
}

// TestFilters: what a filter is meant to keep from a command fails in it, and works
// without it. Otherwise the other tests would try this machine as it is.
func TestFilters(t *testing.T) {
	for what, command := range map[string]string{
		"netlink":    "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4)",
		"ptrace":     "import ctypes, sys; sys.exit(ctypes.CDLL(None).ptrace(0, 0, 0, 0) != 0)", // PTRACE_TRACEME
		"landlock":   "import ctypes, sys; sys.exit(ctypes.CDLL(None).syscall(444, None, 0, 1) < 1)",
		"namespaces": "import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x10000000) != 0)",
	} {
		argv := []string{"python3", "-c", command}
		if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
			t.Logf("NOT TESTED: without a filter, too: %s: %v\n%s", what, err, out)
			continue
		}
		cmd := exec.Command(self(t), argv...)
		cmd.Env = append(os.Environ(), filterVar+"="+what)
		if out, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 1 {
			t.Errorf("%s is not kept from a command: %v\n%s", what, err, out)
		}
	}
}
