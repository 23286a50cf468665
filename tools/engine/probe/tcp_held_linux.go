package probe

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
)

// portsHeld reads which sockets are in /proc/PID/fd, and which of these are in the tables
// of TCP (proc_pid_net(5)). With the tag noevidence that is all that is asked on Linux:
// other systems tell as much. A socket that is in no table has no port.
func portsHeld(pid int) (ports []uint16, err error) {
	dir := "/proc/" + strconv.Itoa(pid)
	entries, err := os.ReadDir(dir + "/fd")
	if err != nil {
		return nil, ErrNoEvidence
	}
	held := map[string]bool{}
	for _, e := range entries {
		target, _ := os.Readlink(dir + "/fd/" + e.Name())
		if inode, ok := strings.CutPrefix(target, "socket:["); ok {
			held[strings.TrimSuffix(inode, "]")] = true
		}
	}
	for _, table := range []string{"/net/tcp", "/net/tcp6"} {
		text, _ := os.ReadFile(dir + table) // tcp6 is not there without IPv6
		for line := range bytes.Lines(text) {
			f := strings.Fields(string(line))
			if len(f) < 10 || !held[f[9]] {
				continue
			}
			_, hex, _ := strings.Cut(f[1], ":")
			port, _ := strconv.ParseUint(hex, 16, 16)
			ports = append(ports, uint16(port))
		}
	}
	slices.Sort(ports)
	return ports, nil
}
