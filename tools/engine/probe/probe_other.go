//go:build !linux || noevidence

package probe

import (
	"net/netip"
	"time"
)

func look(int) Activity { return Activity{State: Unknown} }

func timeout(int) (time.Duration, bool) { return 0, false }

func golang(int) bool { return false }

func tcp(_, _ netip.AddrPort) (Socket, error) { return Socket{}, ErrNoEvidence }

func listener(netip.AddrPort) (Socket, error) { return Socket{}, ErrNoEvidence }

func listenersOf([]int) ([]Socket, error) { return nil, ErrNoEvidence }

func dials(netip.Addr) ([]Socket, error) { return nil, ErrNoEvidence }

func openSockets([]int) (int, error) { return 0, ErrNoEvidence }

func descriptors([]int) ([]Descriptor, error) { return nil, ErrNoEvidence }

func udpSockets() ([]UDPSocket, error) { return nil, ErrNoEvidence }

func udpSocketsOf([]int) ([]UDPSocket, error) { return nil, ErrNoEvidence }

func backlog() (int, error) { return 0, ErrNoEvidence }

func usualQueue() (uint32, error) { return 0, ErrNoEvidence }

func missing() []string {
	return []string{
		"whether the program's threads sleep, and whether a timer is pending",
		"how much processor time the program has used",
		"which processes belong to the program",
		"how many bytes wait in the program's sockets, unread or unacknowledged",
		"which listeners the program holds, and how many connections wait to be accepted",
		"how many dials of the program are under way",
		"how many sockets and other descriptors the program holds",
	}
}

func userTimeout([]int, uint32) time.Duration { return 0 }

func shortenWaits([]int, time.Duration) time.Duration { return 0 }

func giveUp([]int, uint32) bool { return false }

func memory([]int) (int64, error) { return 0, ErrNoEvidence }

func dumpSignal(int) string { return "QUIT" }

func (n *Net) held([]int, []uint32) (Held, error) { return Held{}, ErrNoEvidence }

func socketsOf([]int) ([]uint32, error) { return nil, ErrNoEvidence }

func burdenOf(int) (Burden, error) { return Burden{}, ErrNoEvidence }

func exact() bool { return false }

func awake() ([]Socket, error) { return nil, ErrNoEvidence }

// Image says that this system does not tell.
func Image(int) uint64 { return 0 }

// Variable says that this system does not tell.
func Variable(int, string) (string, bool) { return "", false }
