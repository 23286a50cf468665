//go:build !noevidence

package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// families gives the kernel's families in which a socket with this address may
// be: one of IPv4 belongs to AF_INET6 when its listener serves both.
func families(a netip.Addr) []uint8 {
	if a.Is4() {
		return []uint8{unix.AF_INET, unix.AF_INET6}
	}
	return []uint8{unix.AF_INET6}
}

// A finder asks about the sockets of one namespace for one that satisfies want.
type finder func(local, remote netip.AddrPort, want func(Socket) bool) (Socket, error)

func tcp(local, remote netip.AddrPort) (Socket, error) { return finder(find).tcp(local, remote) }

func listener(local netip.AddrPort) (Socket, error) { return finder(find).listener(local) }

func (find finder) tcp(local, remote netip.AddrPort) (Socket, error) {
	if !local.IsValid() || !remote.IsValid() || local.Addr().Is4() != remote.Addr().Is4() {
		return Socket{}, ErrNoSocket
	}
	return find(local, remote, func(s Socket) bool {
		// The listener in the connection's place has no remote port.
		return s.State != Listening && s.Local == local && s.Remote == remote
	})
}

func (find finder) listener(local netip.AddrPort) (Socket, error) {
	if !local.IsValid() {
		return Socket{}, ErrNoSocket
	}
	none := netip.IPv4Unspecified()
	if local.Addr().Is6() {
		none = netip.IPv6Unspecified()
	}
	return find(local, netip.AddrPortFrom(none, 0), func(s Socket) bool {
		return s.State == Listening && s.Local == local
	})
}

// find asks sock_diag, or /proc/net/tcp where there is none, for a socket that
// satisfies want.
func find(local, remote netip.AddrPort, want func(Socket) bool) (Socket, error) {
	if !diagWorks() {
		return procFind(local.Addr(), want)
	}
	for _, family := range families(local.Addr()) {
		s, err := diagFind(family, local, remote)
		if err == nil && want(s) {
			return s, nil
		}
		if err != nil && !errors.Is(err, ErrNoSocket) {
			return procFind(local.Addr(), want)
		}
	}
	return Socket{}, ErrNoSocket
}

func listenersOf(pids []int) ([]Socket, error) {
	return heldBy(pids, func() ([]Socket, error) { return inState(Listening) })
}

// heldBy returns those of all sockets that these processes hold.
func heldBy(pids []int, all func() ([]Socket, error)) ([]Socket, error) {
	inodes, err := socketsOf(pids)
	if err != nil {
		return nil, err
	}
	sockets, err := all()
	return slices.DeleteFunc(sockets, func(s Socket) bool { return !slices.Contains(inodes, s.Inode) }), err
}

// inState returns every TCP socket of this network namespace in one state.
func inState(state TCPState) ([]Socket, error) {
	return dump(1<<state, func() ([]Socket, error) { return procInState(state) })
}

// dump returns every TCP socket of this network namespace in these states, from
// elsewhere where sock_diag does not say.
func dump(states uint32, elsewhere func() ([]Socket, error)) ([]Socket, error) {
	if !diagWorks() {
		return elsewhere()
	}
	all, err := diagBoth(states)
	if err != nil {
		return elsewhere()
	}
	return all, nil
}

func dials(to netip.Addr) ([]Socket, error) {
	all, err := inState(SynSent)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(s Socket) bool { return s.Remote.Addr() != to }), nil
}

func openSockets(pids []int) (int, error) {
	inodes, err := socketsOf(pids)
	return len(inodes), err
}

// socketInodes returns the inodes of a process's sockets, each once. A process
// that has ended has none.
func socketInodes(pid int) ([]uint32, error) {
	var inodes []uint32
	seen := make(map[uint32]bool)
	err := eachLink(pid, func(_ string, link []byte) bool {
		if inode, ok := socketInode(link); ok && !seen[inode] {
			seen[inode] = true
			inodes = append(inodes, inode)
		}
		return true
	})
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ESRCH) {
		if _, err := os.Stat("/proc/self"); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoEvidence, err)
		}
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoEvidence, err)
	}
	return inodes, nil
}

// socketInode reads a descriptor's link, "socket:[4711]" for a socket.
func socketInode(descriptor []byte) (uint32, bool) {
	link, ok := strings.CutPrefix(string(descriptor), "socket:[")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(link, "]"), 10, 32)
	return uint32(n), err == nil
}
