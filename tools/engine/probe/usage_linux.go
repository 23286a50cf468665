package probe

import (
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// usage asks for the process's clock (clock_getcpuclockid(3)), and for the second number
// of /proc/PID/statm, which counts pages. With the tag noevidence that is all that is
// asked on Linux: other systems tell as much.
func usage(pid int) (Usage, error) {
	const wholeProcess = 2 // CPUCLOCK_SCHED of linux/posix-timers.h, without CPUCLOCK_PERTHREAD_MASK
	var t unix.Timespec
	if unix.ClockGettime(int32(^pid<<3|wholeProcess), &t) != nil {
		return Usage{}, ErrNoEvidence
	}
	var buf [256]byte
	f, err := os.Open("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return Usage{}, ErrNoEvidence
	}
	defer f.Close()
	n, _ := f.Read(buf[:])
	_, rest := firstNumber(buf[:n])
	pages, _ := firstNumber(rest)
	return Usage{CPU: time.Duration(t.Nano()), Memory: pages * int64(os.Getpagesize())}, nil
}

// firstNumber reads the number at the beginning of b, behind spaces.
func firstNumber(b []byte) (n int64, rest []byte) {
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[0] >= '0' && b[0] <= '9' {
		n, b = n*10+int64(b[0]-'0'), b[1:]
	}
	return n, b
}
