//go:build !linux || noevidence

package probe

import (
	"net/netip"
	"time"
)

// look knows nothing of threads. What the process has used is told, where the system
// says that.
func look(root int) Activity {
	u, err := UsageOf(root)
	if err != nil {
		return Activity{State: Unknown}
	}
	return Activity{State: Unknown, CPU: u.CPU, PIDs: []int{root}}
}

func timeout(int) (time.Duration, bool) { return 0, false }

func inClose(int) bool { return false }

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
	var spent []string
	if !usageWorks() {
		spent = []string{"how much processor time the program has used, and how much memory it occupies"}
	}
	sockets := "how many sockets and other descriptors the program holds"
	if portsWork() {
		sockets = "how many descriptors the program holds that are not TCP sockets"
	}
	return append([]string{
		"whether the program's threads sleep, and whether a timer is pending",
		"which processes belong to the program",
		"how many bytes wait in the program's sockets, unread or unacknowledged",
		"which listeners the program holds, and how many connections wait to be accepted",
		"how many dials of the program are under way",
		sockets,
	}, spent...)
}

func userTimeout([]int, uint32) time.Duration { return 0 }

func narrow([]int, uint32, int) bool { return false }

func advanceTimers([]int, time.Duration) {}

func shortenWaits([]int, time.Duration) time.Duration { return 0 }

func giveUp([]int, uint32, time.Duration) bool { return false }

func memory(pids []int) (sum int64, err error) {
	if !usageWorks() {
		return 0, ErrNoEvidence
	}
	for _, pid := range pids {
		if u, err := usage(pid); err == nil {
			sum += u.Memory
		} // else it has ended and holds nothing
	}
	return sum, nil
}

func dumpSignal(int) string { return "QUIT" }

func (n *Net) held([]int, []uint32) (Held, error) { return Held{}, ErrNoEvidence }

func socketsOf([]int) ([]uint32, error) { return nil, ErrNoEvidence }

func onNetwork([]int) (bool, error) { return false, ErrNoEvidence }

func burdenOf(int) (Burden, error) { return Burden{}, ErrNoEvidence }

func exact() bool { return false }

func awake() ([]Socket, error) { return nil, ErrNoEvidence }

// Image says that this system does not tell.
func Image(int) uint64 { return 0 }

// IsOther says that this system does not tell.
func IsOther(int, string, func() ([]byte, error)) bool { return false }

// Variable says that this system does not tell.
func Variable(int, string) (string, bool) { return "", false }

func hides([]int) string { return "" }

// lastLook is none: nothing is known that could be remembered.
type lastLook struct{}

func (lastLook) look(root int) Activity { return look(root) }

func (lastLook) lookAnew(root int) Activity { return look(root) }

func (lastLook) forget() {}
