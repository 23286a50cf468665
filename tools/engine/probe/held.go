package probe

// Held says of what kinds the sockets are that a program holds.
type Held struct {
	// Peers counts TCP sockets that are, or were, connections with somebody
	// else. One whose kind is not known counts as such.
	Peers int
	// Own counts the others: of the Unix domain, netlink and UDP sockets,
	// listeners, and connections of the program with itself.
	Own int
}

// Held looks at the sockets that these processes hold besides those whose inodes
// are in before. As for [OpenSockets], a socket counts once in each process.
func (n *Net) Held(pids []int, before []uint32) (Held, error) { return n.held(pids, before) }

// SocketsOf returns the inodes of the sockets that [OpenSockets] counts.
func SocketsOf(pids []int) ([]uint32, error) { return socketsOf(pids) }

// OnNetwork reports whether these processes hold a socket that is for the network. Those with
// which a shell asks for the name of a user are of the Unix domain or netlink, and are not.
func OnNetwork(pids []int) (bool, error) { return onNetwork(pids) }
