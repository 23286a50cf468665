//go:build !linux

package probe

import "net/netip"

func look(int) Activity { return Activity{State: Unknown} }

func tcp(_, _ netip.AddrPort) (Socket, error) { return Socket{}, ErrNoEvidence }

func listener(netip.AddrPort) (Socket, error) { return Socket{}, ErrNoEvidence }

func listenersOf([]int) ([]Socket, error) { return nil, ErrNoEvidence }

func openSockets([]int) (int, error) { return 0, ErrNoEvidence }

func udpSockets() ([]UDPSocket, error) { return nil, ErrNoEvidence }

func udpSocketsOf([]int) ([]UDPSocket, error) { return nil, ErrNoEvidence }

func backlog() (int, error) { return 0, ErrNoEvidence }

func missing() []string {
	return []string{
		"whether the program's threads sleep, and whether a timer is pending",
		"how much processor time the program has used",
		"which processes belong to the program",
		"how many bytes wait in the program's sockets, unread or unacknowledged",
		"which listeners the program holds, and how many connections wait to be accepted",
		"how many sockets the program holds",
	}
}
