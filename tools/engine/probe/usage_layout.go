package probe

import (
	"encoding/binary"
	"math/bits"
	"time"
)

// What other systems answer is read here, from bytes, so that it is tested everywhere.

// taskInfoSize is the size of struct proc_taskinfo in bsd/sys/proc_info.h of XNU:
//
//	 0  uint64_t pti_virtual_size
//	 8  uint64_t pti_resident_size
//	16  uint64_t pti_total_user, pti_total_system, in units of the Mach clock
//	32  uint64_t pti_threads_user, pti_threads_system, of the threads that live
//	48  int32_t  pti_policy, and eleven more
const taskInfoSize = 96

// parseTaskInfo reads a struct proc_taskinfo. The Mach clock ticks perSecond times a
// second (hw.tbfrequency): 24 million times on Apple silicon, a thousand million on Intel.
func parseTaskInfo(b []byte, perSecond uint64) (Usage, error) {
	if len(b) != taskInfoSize || perSecond == 0 {
		return Usage{}, ErrNoEvidence
	}
	at := func(i int) uint64 { return binary.LittleEndian.Uint64(b[i:]) }
	high, low := bits.Mul64(at(16)+at(24), uint64(time.Second))
	if high >= perSecond {
		return Usage{}, ErrNoEvidence
	}
	ns, _ := bits.Div64(high, low, perSecond)
	return Usage{CPU: time.Duration(ns), Memory: int64(at(8))}, nil
}

// kinfoProcSize is the size of struct kinfo_proc in sys/user.h of FreeBSD where a
// pointer has 64 bits, and the number that it gives itself (KINFO_PROC_SIZE):
//
//	  0  int       ki_structsize
//	 72  pid_t     ki_pid
//	264  segsz_t   ki_rssize, in pages
//	328  u_int64_t ki_runtime, in microseconds
const kinfoProcSize = 1088

// parseKinfoProc reads the struct kinfo_proc of the process pid.
func parseKinfoProc(b []byte, pid, page int) (Usage, error) {
	if len(b) < kinfoProcSize || binary.LittleEndian.Uint32(b) != kinfoProcSize ||
		binary.LittleEndian.Uint32(b[72:]) != uint32(pid) {
		return Usage{}, ErrNoEvidence
	}
	return Usage{CPU: time.Duration(binary.LittleEndian.Uint64(b[328:])) * time.Microsecond,
		Memory: int64(binary.LittleEndian.Uint64(b[264:])) * int64(page)}, nil
}
