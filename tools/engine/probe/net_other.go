//go:build !linux || noevidence

package probe

import "net/netip"

// netSystem is empty: no Net is ever made here.
type netSystem struct{}

func newNet([]int) *Net { return &Net{} }

func (*netSystem) close() {}

func (*netSystem) tcp(_, _ netip.AddrPort) (Socket, error) { return Socket{}, ErrNoEvidence }

func (*netSystem) dials(netip.Addr) ([]Socket, error) { return nil, ErrNoEvidence }

func (*netSystem) abort(Socket) bool { return false }

func (*netSystem) listener(netip.AddrPort) (Socket, error) { return Socket{}, ErrNoEvidence }

func (*netSystem) udpSockets() ([]UDPSocket, error) { return nil, ErrNoEvidence }

func (*netSystem) udpSocketsOf([]int) ([]UDPSocket, error) { return nil, ErrNoEvidence }

func (*netSystem) listenersOf([]int) ([]Socket, error) { return nil, ErrNoEvidence }
