//go:build amd64 || arm64

package probe

import (
	"slices"

	"golang.org/x/sys/unix"
)

// portsHeld asks sysctl(3) kern.proc.filedesc, as procstat(1) does.
func portsHeld(pid int) ([]uint16, error) {
	b, err := unix.SysctlRaw("kern.proc.filedesc", pid)
	if err != nil {
		return nil, ErrNoEvidence
	}
	ports := parseKinfoFiles(b)
	slices.Sort(ports)
	return ports, nil
}
