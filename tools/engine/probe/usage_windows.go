package probe

import (
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// usage asks GetProcessTimes and GetProcessMemoryInfo, which every process may ask about
// those that it has started.
func usage(pid int) (Usage, error) {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return Usage{}, ErrNoEvidence
	}
	defer windows.CloseHandle(h)
	cpu, err := processTimes(h)
	if err != nil {
		return Usage{}, ErrNoEvidence
	}
	m := memoryCounters{}
	m.size = uint32(unsafe.Sizeof(m))
	if ok, _, _ := memoryInfo.Call(uintptr(h), uintptr(unsafe.Pointer(&m)), uintptr(m.size)); ok == 0 {
		return Usage{}, ErrNoEvidence
	}
	return Usage{CPU: cpu, Memory: int64(m.workingSet)}, nil
}

// memoryInfo has this name in kernel32.dll since Windows 7; before that it was in psapi.dll.
var memoryInfo = windows.NewLazySystemDLL("kernel32.dll").NewProc("K32GetProcessMemoryInfo")

// memoryCounters is PROCESS_MEMORY_COUNTERS of psapi.h.
type memoryCounters struct {
	size           uint32
	pageFaults     uint32
	peakWorkingSet uintptr
	workingSet     uintptr
	_              [4]uintptr // quotas of the paged and the non-paged pool, at their peak and now
	pagefile       uintptr
	peakPagefile   uintptr
}

// processTimes is the time in the kernel and outside, both in units of 100 ns.
func processTimes(h windows.Handle) (time.Duration, error) {
	var created, exited, kernel, user windows.Filetime
	err := windows.GetProcessTimes(h, &created, &exited, &kernel, &user)
	return ticks(kernel) + ticks(user), err
}

func ticks(t windows.Filetime) time.Duration {
	return time.Duration(int64(t.HighDateTime)<<32|int64(t.LowDateTime)) * 100
}

func ownPID() int { return os.Getpid() }

// ownUsage is what the system says of the caller by another handle, which needs no
// right. The most memory is not known.
func ownUsage() (cpu time.Duration, most int64) {
	cpu, _ = processTimes(windows.CurrentProcess())
	return cpu, 0
}
