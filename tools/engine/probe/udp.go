package probe

import "net/netip"

// UDPSocket is what the kernel knows about one UDP socket; see sock_diag(7).
type UDPSocket struct {
	Local  netip.AddrPort // IPv4 addresses are never in their IPv6 form
	Remote netip.AddrPort // of a connected socket; else without a port
	// Queued is how much memory the received datagrams take that the owner has
	// not read, in bytes. Each takes more than its own size, so that an empty
	// one is seen, too.
	Queued uint32
	// Dropped counts the datagrams that were lost because the queue was full.
	Dropped uint32
	// Room is how much memory Queued may become, SO_RCVBUF in socket(7), or 0
	// when that is not known.
	Room uint32
	// Inode identifies the socket among a process's descriptors.
	Inode uint32
}

// UDPSockets returns every UDP socket, IPv4 and IPv6, of this network
// namespace, or ErrNoEvidence.
func UDPSockets() ([]UDPSocket, error) { return udpSockets() }

// UDPSocketsOf returns the UDP sockets that these processes hold. Processes
// that have ended hold none.
func UDPSocketsOf(pids []int) ([]UDPSocket, error) { return udpSocketsOf(pids) }

// UsualQueue is the Room of a UDP socket that has asked for nothing else.
func UsualQueue() (uint32, error) { return usualQueue() }

// Backlog counts the packets that wait in the kernel's input queues, one for
// each processor: those of the loopback interface pass through them on their
// way from one socket to another, as a rule within the system call that sends
// them, but on a busy machine later. What is being taken from a queue at this
// moment is not counted, so a caller looks more than once.
func Backlog() (int, error) { return backlog() }
