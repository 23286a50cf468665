//go:build unix

package probe

import (
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

func ownPID() int { return os.Getpid() }

// ownUsage is what getrusage(2) says of the caller: the processor time of all its
// threads, and the most memory that it has ever held.
func ownUsage() (cpu time.Duration, most int64) {
	var r unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &r) != nil {
		return 0, 0
	}
	most = int64(r.Maxrss)
	if runtime.GOOS != "darwin" {
		most <<= 10 // elsewhere it counts kibibytes
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano()), most
}
