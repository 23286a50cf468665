//go:build amd64 || arm64

package probe

import (
	"os"

	"golang.org/x/sys/unix"
)

// usage asks sysctl(3) kern.proc.pid, as ps(1) does.
func usage(pid int) (Usage, error) {
	b, err := unix.SysctlRaw("kern.proc.pid", pid)
	if err != nil {
		return Usage{}, ErrNoEvidence
	}
	return parseKinfoProc(b, pid, os.Getpagesize())
}
