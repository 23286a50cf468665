//go:build !noevidence

package probe

import (
	"slices"
)

func atPorts(ports []uint16) ([]Socket, error) {
	if len(ports) == 0 {
		return nil, nil
	}
	all, err := awake()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(s Socket) bool {
		return !slices.Contains(ports, s.Local.Port()) && !slices.Contains(ports, s.Remote.Port())
	}), nil
}

// awake returns every TCP socket that is not in TIME-WAIT. The kernel leaves
// the others out itself, which on a machine with thousands of them is most of
// the time that reading /proc/net/tcp takes.
func awake() ([]Socket, error) { return dump(^uint32(1<<TimeWait), procAwake) }

func procAwake() ([]Socket, error) {
	var all []Socket
	for i, file := range procFiles {
		some, err := procTable(file)
		if err != nil && i == 0 {
			return nil, err
		}
		for _, s := range some {
			if s.State != TimeWait {
				all = append(all, s)
			}
		}
	}
	return all, nil
}
