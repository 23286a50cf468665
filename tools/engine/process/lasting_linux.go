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
	x32        = 0x40000000
)

// arch is how seccomp(2) calls the machine that this program is compiled for.
var arch = map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}[runtime.GOARCH]

// RefusesLasting reports whether no program can make what outlives every process.
func RefusesLasting() bool {
	_, err := unix.PrctlRetInt(unix.PR_GET_SECCOMP, 0, 0, 0, 0) // EINVAL in a kernel that has no filters
	return err == nil && !IsLeftOpen()
}

// refuseLasting makes those calls fail with ENOSYS, as on a kernel that does not have
// them, and all calls of another architecture: for this thread, and for all that it
// starts. With EPERM fails prlimit(2) of another process, which would be the grader: its
// owner may lower its limits, so that it ends. The thread has no_new_privs. An error is ignored: then they can be made.
func refuseLasting() {
	const (
		load   = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		atMost = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
		answer = unix.BPF_RET | unix.BPF_K
	)
	toRefuse := func(behind int) uint8 { return uint8(len(lasting) - behind + 3) }
	program := []unix.SockFilter{
		{Code: load, K: callArch},
		{Code: equal, K: arch, Jf: toRefuse(0) + 3},
		{Code: load, K: callNumber},
		{Code: atMost, K: x32, Jt: toRefuse(0) + 1},
	}
	for i, call := range lasting {
		program = append(program, unix.SockFilter{Code: equal, K: call, Jt: toRefuse(i)})
	}
	program = append(program,
		unix.SockFilter{Code: equal, K: unix.SYS_PRLIMIT64, Jf: 2}, // for oneself, which is 0, it is allowed
		unix.SockFilter{Code: load, K: callFirst},
		unix.SockFilter{Code: equal, K: 0, Jf: 2},
		unix.SockFilter{Code: answer, K: unix.SECCOMP_RET_ALLOW},
		unix.SockFilter{Code: answer, K: unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)},
		unix.SockFilter{Code: answer, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)})
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&filter)), 0, 0)
}
