//go:build !noevidence

package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ownSocket reports whether a socket cannot be a connection with somebody else.
// The kernel tells its protocol as an attribute of the descriptor (getxattr(2));
// where it does not, nothing is claimed.
func ownSocket(path string) bool {
	name := protocolOf(path)
	return name != "" && !strings.HasPrefix(name, "TCP") && !strings.HasPrefix(name, "MPTCP")
}

// protocolOf returns what the kernel calls the protocol of the socket at path, a descriptor
// in /proc, such as "TCP" or "UNIX-STREAM"; "" where it does not tell.
func protocolOf(path string) string {
	var buf [64]byte
	n, err := unix.Getxattr(path, "system.sockprotoname", buf[:])
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(buf[:n]), "\x00")
}

func onNetwork(pids []int) (found bool, err error) {
	for _, pid := range pids {
		err := eachLink(pid, func(fd string, link []byte) bool {
			if _, ok := socketInode(link); ok {
				name := protocolOf("/proc/" + strconv.Itoa(pid) + "/fd/" + fd)
				found = found || name != "" && !strings.HasPrefix(name, "UNIX") && name != "NETLINK"
			}
			return !found
		})
		if errors.Is(err, fs.ErrPermission) {
			return false, fmt.Errorf("%w: %w", ErrNoEvidence, err)
		}
	}
	return found, nil
}

func held(pids []int, before []uint32, dump func() ([]Socket, error)) (h Held, err error) {
	var tcp []uint32 // those that may be connections
	for _, pid := range pids {
		seen := map[uint32]bool{}
		err := eachLink(pid, func(fd string, link []byte) bool {
			inode, ok := socketInode(link)
			switch {
			case !ok || seen[inode] || slices.Contains(before, inode):
			case ownSocket("/proc/" + strconv.Itoa(pid) + "/fd/" + fd):
				h.Own++
			default:
				tcp = append(tcp, inode)
			}
			seen[inode] = true
			return true
		})
		if errors.Is(err, fs.ErrPermission) {
			return h, fmt.Errorf("%w: %w", ErrNoEvidence, err)
		} // what has ended holds nothing
	}
	if len(tcp) == 0 {
		return h, nil
	}
	all, err := dump()
	if err != nil {
		h.Peers = len(tcp)
		return h, nil
	}
	own := listenersAndLoops(all, tcp)
	for _, inode := range tcp {
		if own[inode] {
			h.Own++
		} else {
			h.Peers++
		}
	}
	return h, nil
}

// listenersAndLoops returns which of these inodes are listeners, or ends of a
// connection of which both ends are among them: a program may make itself such
// a pair in order to wake its own loop.
func listenersAndLoops(all []Socket, inodes []uint32) map[uint32]bool {
	own := map[uint32]bool{}
	ends := map[[2]string]uint32{}
	for _, s := range all {
		if s.Inode == 0 || !slices.Contains(inodes, s.Inode) {
			continue
		}
		if s.State == Listening {
			own[s.Inode] = true
		}
		ends[[2]string{s.Local.String(), s.Remote.String()}] = s.Inode
	}
	for end, inode := range ends {
		if other, ok := ends[[2]string{end[1], end[0]}]; ok && other != inode {
			own[inode] = true
		}
	}
	return own
}

func (n *Net) held(pids []int, before []uint32) (Held, error) {
	if n == nil {
		return held(pids, before, awake)
	}
	return held(pids, before, func() ([]Socket, error) { return n.dump(^uint32(1 << TimeWait)) })
}

func socketsOf(pids []int) (all []uint32, err error) {
	for _, pid := range pids {
		some, err := socketInodes(pid)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}
