package probe

import (
	"net"
	"slices"
	"sync"
)

// PortsHeld returns the local port of every TCP socket that a process of the caller's
// own holds, in order: those of listeners, of connections, and of sockets that are not
// connected any more, which have the port 0 or none. It is for systems that tell no more
// of a program's sockets. The error is [ErrNoEvidence] where the system does not say, or
// says of the caller itself what cannot be true.
func PortsHeld(pid int) ([]uint16, error) {
	if !portsWork() {
		return nil, ErrNoEvidence
	}
	return portsHeld(pid)
}

// portsWork tries the evidence on sockets of the caller, as usageWorks does: a listener
// and the two ends of a connection must be seen, and must not be seen when they have been
// closed.
var portsWork = sync.OnceValue(func() bool {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return false
	}
	defer ln.Close()
	near, err := net.Dial("tcp4", ln.Addr().String())
	if err != nil {
		return false
	}
	defer near.Close()
	far, err := ln.Accept()
	if err != nil {
		return false
	}
	defer far.Close()
	here, there := portOf(ln.Addr()), portOf(near.LocalAddr())
	if !ownPorts(here, 2) || !ownPorts(there, 1) {
		return false
	}
	far.Close()
	near.Close()
	return ownPorts(here, 1) && ownPorts(there, 0)
})

// ownPorts reports whether exactly n sockets of the caller are seen that have this port.
func ownPorts(port uint16, n int) bool {
	all, err := portsHeld(ownPID())
	seen := 0
	for _, p := range all {
		if p == port {
			seen++
		}
	}
	return err == nil && seen == n && slices.IsSorted(all)
}

func portOf(a net.Addr) uint16 { return uint16(a.(*net.TCPAddr).Port) }
