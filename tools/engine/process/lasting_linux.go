//go:build amd64 || arm64

package process

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// lasting are the system calls that make what outlives every process, or memory that no
// process seems to have: shared memory, queues and semaphores of System V, POSIX message
// queues, keys, files without a name. When a program has ended nothing of it may be left,
// and what it takes is counted in its processes. None of it is of use in this course.
var lasting = []uint32{unix.SYS_SHMGET, unix.SYS_MSGGET, unix.SYS_SEMGET, unix.SYS_MQ_OPEN, unix.SYS_ADD_KEY,
	unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL, unix.SYS_MEMFD_CREATE, unix.SYS_MEMFD_SECRET}

// Where struct seccomp_data has its fields (seccomp(2)), and the bit in the number of a call of x32.
const (
	callNumber = 0
	callArch   = 4
	callFirst  = 16 // the low half of the first argument; amd64 and arm64 are little-endian
	callSecond = 24
	x32        = 0x40000000
)

// arch is how seccomp(2) calls the machine that this program is compiled for.
var arch = map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}[runtime.GOARCH]

// RefusesLasting reports whether no program can make what outlives every process.
func RefusesLasting() bool {
	_, err := unix.PrctlRetInt(unix.PR_GET_SECCOMP, 0, 0, 0, 0) // EINVAL in a kernel that has no filters
	return err == nil && !IsLeftOpen()
}

// ofOthers are the calls that change another process of the same owner, named by the first
// argument, and 0 is the caller: its limits, so that it ends, and what it gets of the processors. That would
// be the grader.
var ofOthers = []uint32{unix.SYS_PRLIMIT64, unix.SYS_SCHED_SETSCHEDULER, unix.SYS_SCHED_SETPARAM,
	unix.SYS_SCHED_SETATTR, unix.SYS_SCHED_SETAFFINITY}

// refuseLasting makes those calls fail with ENOSYS, as on a kernel that does not have
// them, and all calls of another architecture: for this thread, and for all that it
// starts. With EPERM fails what would change another process. The thread has no_new_privs. An error is
// ignored: then they can be made.
func refuseLasting() {
	load := func(at uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
	}
	// Behind equal comes what is done if so; so many instructions are passed over if not.
	equal := func(k uint32, orPass uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jf: orPass}
	}
	answer := func(k uint32) unix.SockFilter { return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k} }
	allowed := answer(unix.SECCOMP_RET_ALLOW)
	unknown := answer(unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS))
	refused := answer(unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM))
	program := []unix.SockFilter{
		load(callArch),
		equal(arch, 2),
		load(callNumber),
		{Code: unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, K: x32, Jf: 1},
		unknown,
	}
	for _, call := range lasting {
		program = append(program, equal(call, 1), unknown)
	}
	for _, call := range ofOthers {
		program = append(program, equal(call, 4), load(callFirst), equal(0, 1), allowed, refused)
	}
	program = append(program,
		// PRIO_PROCESS is 0, and so is the caller. PRIO_USER is all processes of the owner.
		equal(unix.SYS_SETPRIORITY, 6), load(callFirst), equal(0, 3), load(callSecond), equal(0, 1), allowed, refused,
		equal(unix.SYS_IOPRIO_SET, 1), refused,
		allowed)
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&filter)), 0, 0)
}
