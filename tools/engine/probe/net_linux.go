//go:build !noevidence

package probe

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"
)

// netSystem holds the sockets of another namespace: no more can be made.
type netSystem struct{ free chan *diagConn }

func newNet(fds []int) *Net {
	n := &Net{netSystem{make(chan *diagConn, len(fds))}}
	for _, fd := range fds {
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 2}) // as for our own
		n.free <- &diagConn{fd: fd, buf: make([]byte, answerLen)}
	}
	return n
}

func (n *netSystem) close() {
	for range cap(n.free) {
		unix.Close((<-n.free).fd)
	}
}

// ask asks for one socket. Each answer has the number of its question, so one that comes
// too late is not taken for the next.
func (n *netSystem) ask(family uint8, local, remote netip.AddrPort) (all []Socket, err error) {
	if !diagWorks() { // the same kernel serves both namespaces
		return nil, ErrNoEvidence
	}
	d := <-n.free
	defer func() { n.free <- d }()
	err = d.askTCP(family, 0, ^uint32(0), local, remote, func(s Socket) { all = append(all, s) })
	return all, err
}

func (n *netSystem) tcp(local, remote netip.AddrPort) (Socket, error) {
	return finder(n.find).tcp(local, remote)
}

func (n *netSystem) dials(to netip.Addr) ([]Socket, error) {
	all, err := n.dump(1 << SynSent)
	return slices.DeleteFunc(all, func(s Socket) bool { return s.Remote.Addr() != to }), err
}

// abort asks for the socket's end, which needs CAP_NET_ADMIN in its namespace: we have it,
// because we have made that namespace (user_namespaces(7)).
func (n *netSystem) abort(s Socket) bool {
	d := <-n.free
	defer func() { n.free <- d }()
	family := uint8(unix.AF_INET)
	if s.Remote.Addr().Is6() {
		family = unix.AF_INET6
	}
	d.request(question{family, unix.IPPROTO_TCP, 0, ^uint32(0), s.Local, s.Remote}, unix.NLM_F_ACK)
	binary.NativeEndian.PutUint16(d.req[4:], sockDestroy)
	return d.exchange(d.req[:], 0, func([]byte) {}) == nil
}

// sockDestroy is SOCK_DESTROY of linux/sock_diag.h.
const sockDestroy = 21

func (n *netSystem) listener(local netip.AddrPort) (Socket, error) {
	return finder(n.find).listener(local)
}

func (n *netSystem) find(local, remote netip.AddrPort, want func(Socket) bool) (Socket, error) {
	for _, family := range families(local.Addr()) {
		found, err := n.ask(family, local, remote)
		if i := slices.IndexFunc(found, want); err == nil && i >= 0 {
			return found[i], nil
		}
		if err != nil && !errors.Is(err, ErrNoSocket) {
			return Socket{}, errors.Join(ErrNoEvidence, err)
		}
	}
	return Socket{}, ErrNoSocket
}

func (n *netSystem) listenersOf(pids []int) ([]Socket, error) {
	return heldBy(pids, func() ([]Socket, error) { return n.dump(1 << Listening) })
}

// udpSockets returns every UDP socket of the namespace.
func (n *netSystem) udpSockets() ([]UDPSocket, error) {
	if !udpDiagWorks() { // the same kernel serves both namespaces
		return nil, ErrNoEvidence
	}
	d := <-n.free
	defer func() { n.free <- d }()
	four, err := d.askUDP(unix.AF_INET)
	if err != nil {
		return nil, errors.Join(ErrNoEvidence, err)
	}
	six, _ := d.askUDP(unix.AF_INET6) // none of a kernel without IPv6
	return append(four, six...), nil
}

func (n *netSystem) udpSocketsOf(pids []int) ([]UDPSocket, error) {
	return udpHeldBy(pids, n.udpSockets)
}

// dump returns every TCP socket of the namespace in these states.
func (n *netSystem) dump(states uint32) ([]Socket, error) {
	if !diagWorks() { // the same kernel serves both namespaces
		return nil, ErrNoEvidence
	}
	d := <-n.free
	defer func() { n.free <- d }()
	all, err := d.both(states)
	if err != nil {
		return nil, errors.Join(ErrNoEvidence, err)
	}
	return all, nil
}
