package probe

import (
	"slices"
	"unsafe"

	"golang.org/x/sys/windows"
)

var extendedTable = windows.NewLazySystemDLL("iphlpapi.dll").NewProc("GetExtendedTcpTable")

// portsHeld asks GetExtendedTcpTable for all sockets, each with the process that owns it.
func portsHeld(pid int) ([]uint16, error) {
	four, err4 := tcpTable(windows.AF_INET)
	six, err6 := tcpTable(windows.AF_INET6)
	if err4 != nil || err6 != nil {
		return nil, ErrNoEvidence
	}
	ports := append(parseTCPTable(four, tcpRow4, uint32(pid)), parseTCPTable(six, tcpRow6, uint32(pid))...)
	slices.Sort(ports)
	return ports, nil
}

// tcpTable fetches one table. It may grow between the call that asks for its size and the
// one that takes it.
func tcpTable(family uint32) ([]byte, error) {
	const allWithOwner = 5 // TCP_TABLE_OWNER_PID_ALL of iprtrmib.h
	b := make([]byte, 64<<10)
	for range 10 {
		size := uint32(len(b))
		code, _, _ := extendedTable.Call(uintptr(unsafe.Pointer(&b[0])), uintptr(unsafe.Pointer(&size)), 0,
			uintptr(family), allWithOwner, 0)
		switch windows.Errno(code) {
		case 0:
			return b[:min(int(size), len(b))], nil
		case windows.ERROR_INSUFFICIENT_BUFFER:
			b = make([]byte, 2*int(size))
		default:
			return nil, ErrNoEvidence
		}
	}
	return nil, ErrNoEvidence
}
