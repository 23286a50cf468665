package probe

// AtPorts returns the TCP sockets of this network namespace that have one of
// these ports at either end, but for those in TIME-WAIT: of them there may be
// thousands, and nothing is under way in any. Without evidence the error is
// [ErrNoEvidence].
func AtPorts(ports []uint16) ([]Socket, error) { return atPorts(ports) }
