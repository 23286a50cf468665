package probe

import (
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls and flavours of proc_info that are about descriptors; see usage_darwin.go.
const (
	callPIDFDInfo  = 3 // PROC_INFO_CALL_PIDFDINFO
	flavListFDs    = 1 // PROC_PIDLISTFDS
	flavSocketInfo = 3 // PROC_PIDFDSOCKETINFO
)

// portsHeld asks for the list of descriptors (PROC_PIDLISTFDS), and of each that is a
// socket what it is (PROC_PIDFDSOCKETINFO). One that is closed in between is left out.
func portsHeld(pid int) (ports []uint16, err error) {
	list := make([]byte, 64<<10)
	for {
		n, _, errno := unix.Syscall6(unix.SYS_PROC_INFO, callPIDInfo, uintptr(pid), flavListFDs, 0,
			uintptr(unsafe.Pointer(&list[0])), uintptr(len(list)))
		if errno != 0 {
			return nil, ErrNoEvidence
		}
		if int(n)+fdInfoSize <= len(list) {
			list = list[:n]
			break
		}
		list = make([]byte, 2*len(list))
	}
	var b [socketInfoSize]byte
	for _, fd := range parseFDs(list) {
		n, _, errno := unix.Syscall6(unix.SYS_PROC_INFO, callPIDFDInfo, uintptr(pid), flavSocketInfo, uintptr(fd),
			uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
		if port, tcp := parseSocketInfo(b[:min(n, socketInfoSize)]); errno == 0 && tcp {
			ports = append(ports, port)
		}
	}
	slices.Sort(ports)
	return ports, nil
}
