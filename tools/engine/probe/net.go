package probe

import "net/netip"

// A Net answers questions about the sockets of one network namespace
// (network_namespaces(7)): the kernel tells about the namespace in which the
// netlink socket that asks was made. The nil Net is the caller's own namespace.
type Net struct{ netSystem }

// NewNet returns a Net that asks through these sockets of type
// NETLINK_SOCK_DIAG, which it owns from now on.
func NewNet(fds []int) *Net { return newNet(fds) }

// TCP is like the function [TCP], in n's namespace.
func (n *Net) TCP(local, remote netip.AddrPort) (Socket, error) {
	if n == nil {
		return TCP(local, remote)
	}
	return n.tcp(bare(local), bare(remote))
}

// Dials is like the function [Dials], in n's namespace.
func (n *Net) Dials(to netip.Addr) ([]Socket, error) {
	if n == nil {
		return Dials(to)
	}
	return n.dials(to.Unmap().WithZone(""))
}

// Abort ends a TCP socket of n's namespace, as "ss -K" does: whoever waits in it hears
// ECONNABORTED. It reports whether it could: the kernel must have been built with
// INET_DIAG_DESTROY, and the nil Net cannot.
func (n *Net) Abort(s Socket) bool { return n != nil && n.abort(s) }

// Listener is like the function [Listener], in n's namespace.
func (n *Net) Listener(local netip.AddrPort) (Socket, error) {
	if n == nil {
		return Listener(local)
	}
	return n.listener(bare(local))
}

// ListenersOf is like the function [ListenersOf], in n's namespace.
func (n *Net) ListenersOf(pids []int) ([]Socket, error) {
	if n == nil {
		return ListenersOf(pids)
	}
	return n.listenersOf(pids)
}

// UDPSockets is like the function [UDPSockets], in n's namespace.
func (n *Net) UDPSockets() ([]UDPSocket, error) {
	if n == nil {
		return UDPSockets()
	}
	return n.udpSockets()
}

// UDPSocketsOf is like the function [UDPSocketsOf], in n's namespace.
func (n *Net) UDPSocketsOf(pids []int) ([]UDPSocket, error) {
	if n == nil {
		return UDPSocketsOf(pids)
	}
	return n.udpSocketsOf(pids)
}

// Close closes n's sockets; that of the nil Net does nothing.
func (n *Net) Close() {
	if n != nil {
		n.close()
	}
}
