//go:build linux && !noevidence && (amd64 || arm64 || riscv64 || loong64)

package probe

import (
	"encoding/binary"
	"math"
	"time"

	"golang.org/x/sys/unix"
)

// hasCalls says that this file knows the processor's system calls.
const hasCalls = true

// wait says what ends the system call. One that is not listed counts as timed,
// which claims nothing.
func (c call) wait() wait {
	if w, ok := legacy(c); ok {
		return w
	}
	switch c.number {
	case unix.SYS_FUTEX, unix.SYS_RESTART_SYSCALL:
		return c.futex()
	case unix.SYS_FUTEX_WAITV:
		return pointer(c.args[3])
	case unix.SYS_FUTEX_WAIT:
		return pointer(c.args[4])
	case unix.SYS_EPOLL_PWAIT:
		return milliseconds(c.args[3])
	case unix.SYS_EPOLL_PWAIT2:
		return pointer(c.args[3])
	case unix.SYS_PPOLL, unix.SYS_RT_SIGTIMEDWAIT:
		return pointer(c.args[2])
	case unix.SYS_PSELECT6, unix.SYS_MQ_TIMEDRECEIVE, unix.SYS_MQ_TIMEDSEND, unix.SYS_IO_GETEVENTS:
		return pointer(c.args[4])
	case unix.SYS_SEMTIMEDOP:
		return pointer(c.args[3])
	}
	return c.plain()
}

// plain judges the calls that have no timeout of their own.
func (c call) plain() wait {
	switch c.number {
	case unix.SYS_READ, unix.SYS_READV, unix.SYS_RECVFROM, unix.SYS_RECVMSG, unix.SYS_ACCEPT,
		unix.SYS_ACCEPT4, unix.SYS_SPLICE:
		return received
	case unix.SYS_WRITE, unix.SYS_WRITEV, unix.SYS_SENDTO, unix.SYS_SENDMSG, unix.SYS_SENDMMSG,
		unix.SYS_CONNECT, unix.SYS_SENDFILE:
		return sent
	case unix.SYS_RECVMMSG:
		if c.args[4] != 0 {
			return timed
		}
		return received
	case unix.SYS_CLONE, unix.SYS_CLONE3: // vfork(2)
		return untimed
	case unix.SYS_WAIT4, unix.SYS_WAITID, unix.SYS_RT_SIGSUSPEND, unix.SYS_FLOCK, unix.SYS_FCNTL, unix.SYS_OPENAT,
		unix.SYS_SEMOP, unix.SYS_MSGRCV, unix.SYS_MSGSND:
		return untimed
	}
	return timed
}

// Operations of futex(2): the low bits, without FUTEX_PRIVATE_FLAG and
// FUTEX_CLOCK_REALTIME.
const (
	futexWait          = 0
	futexLockPI        = 6
	futexWaitBitset    = 9
	futexWaitRequeuePI = 11
	futexLockPI2       = 13
	futexPrivate       = 128
	futexRealtime      = 256
)

// futex judges futex(uaddr, op, val, timeout, ...). A timed wait that SIGSTOP and
// SIGCONT have interrupted goes on as restart_syscall(2), with the registers as
// they were: Go's monitor thread always waits privately, which no other call that
// can be restarted looks like.
func (c call) futex() wait {
	op := uint32(c.args[1])
	restarted := c.number == unix.SYS_RESTART_SYSCALL
	if restarted && (op != futexWait|futexPrivate || c.args[3] == 0) {
		return timed
	}
	switch op &^ (futexPrivate | futexRealtime) {
	case futexWait, futexLockPI, futexWaitBitset, futexWaitRequeuePI, futexLockPI2:
		if c.args[3] == 0 {
			return untimed
		}
		return sysmon
	}
	return timed // it wakes others and will return
}

// pointer judges a timeout given by a pointer: without one there is none.
func pointer(p uint64) wait {
	if p == 0 {
		return untimed
	}
	return timed
}

// milliseconds judges a timeout given as an int: negative is none.
func milliseconds(n uint64) wait {
	if int32(n) < 0 {
		return untimed
	}
	return timed
}

// timeout returns how long the call waits at the most, for those calls whose
// timeout is an argument, or lies in the memory of process pid where one points.
func (c call) timeout(pid int) (time.Duration, bool) {
	switch c.number {
	case unix.SYS_EPOLL_PWAIT:
		return time.Duration(int32(c.args[3])) * time.Millisecond, true
	case unix.SYS_PPOLL:
		return pointedAt(pid, c.args[2], time.Nanosecond)
	case unix.SYS_PSELECT6:
		return pointedAt(pid, c.args[4], time.Nanosecond)
	case unix.SYS_EPOLL_PWAIT2:
		return pointedAt(pid, c.args[3], time.Nanosecond)
	}
	return c.legacyTimeout(pid)
}

// pointedAt reads seconds and a number of units from the memory of a process: a
// struct timespec or a struct timeval.
func pointedAt(pid int, address uint64, unit time.Duration) (time.Duration, bool) {
	var b [16]byte
	here := []unix.Iovec{{Base: &b[0], Len: uint64(len(b))}}
	there := []unix.RemoteIovec{{Base: uintptr(address), Len: len(b)}}
	if n, err := unix.ProcessVMReadv(pid, here, there, 0); err != nil || n != len(b) {
		return 0, false
	}
	seconds, units := int64(binary.NativeEndian.Uint64(b[:])), int64(binary.NativeEndian.Uint64(b[8:]))
	if most := int64(math.MaxInt64 / time.Second); seconds < 0 || seconds >= most || units < 0 {
		return 0, false
	}
	return time.Duration(seconds)*time.Second + time.Duration(units)*unit, true
}
