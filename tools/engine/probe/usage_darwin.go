package probe

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The call and the flavour of proc_info, from bsd/sys/proc_info_private.h and
// bsd/sys/proc_info.h of XNU. libproc's proc_pidinfo(3) makes the same call.
const (
	callPIDInfo  = 2 // PROC_INFO_CALL_PIDINFO
	flavTaskInfo = 4 // PROC_PIDTASKINFO
)

// usage asks for PROC_PIDTASKINFO, which a process may ask about others of its user.
func usage(pid int) (Usage, error) {
	var b [taskInfoSize]byte
	n, _, errno := unix.Syscall6(unix.SYS_PROC_INFO, callPIDInfo, uintptr(pid), flavTaskInfo, 0,
		uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	perSecond, err := unix.SysctlUint64("hw.tbfrequency")
	if errno != 0 || err != nil {
		return Usage{}, ErrNoEvidence
	}
	return parseTaskInfo(b[:min(n, taskInfoSize)], perSecond)
}
