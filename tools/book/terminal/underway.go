package terminal

import (
	"slices"
	"strconv"

	"loopback/tools/engine/probe"
)

// atWork reports whether a handshake or a close is not finished in this state.
func atWork(s probe.TCPState) bool {
	return s.Shaking() || slices.Contains([]probe.TCPState{probe.FinWait1, probe.LastAck, probe.Closing}, s)
}

// underWay reports whether the kernel still works on a TCP connection of one of
// the bound ports: a handshake or a close that is not finished, or bytes that
// the other end has not acknowledged. Sleeping programs cannot tell: a kernel
// thread may be about to wake one of them.
func underWay(n *names) bool {
	var ports []uint16
	for real := range n.shown {
		if v, err := strconv.ParseUint(real, 10, 16); err == nil {
			ports = append(ports, uint16(v))
		}
	}
	found, err := probe.AtPorts(ports)
	if err != nil {
		return false // nothing is known here; the programs' sleep must do
	}
	return slices.ContainsFunc(found, func(s probe.Socket) bool {
		// For a listener the count is its backlog.
		return atWork(s.State) || s.State != probe.Listening && s.Unacked > 0
	})
}
