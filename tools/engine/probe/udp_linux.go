//go:build !noevidence

package probe

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// udpDiagWorks asks once whether sock_diag knows UDP sockets: the kernel's
// udp_diag may be missing where tcp_diag is there.
var udpDiagWorks = sync.OnceValue(func() bool {
	_, err := udpDump(unix.AF_INET)
	return err == nil
})

func udpSockets() ([]UDPSocket, error) {
	if !udpDiagWorks() {
		return procUDP()
	}
	all, err := udpDump(unix.AF_INET)
	if err != nil {
		return procUDP()
	}
	six, err := udpDump(unix.AF_INET6)
	if err != nil {
		return all, nil // a kernel without IPv6
	}
	return append(all, six...), nil
}

func udpSocketsOf(pids []int) ([]UDPSocket, error) { return udpHeldBy(pids, udpSockets) }

// udpHeldBy returns those of the sockets in sockets that these processes hold.
func udpHeldBy(pids []int, sockets func() ([]UDPSocket, error)) ([]UDPSocket, error) {
	inodes, err := socketsOf(pids)
	if err != nil {
		return nil, err
	}
	all, err := sockets()
	return slices.DeleteFunc(all, func(s UDPSocket) bool { return !slices.Contains(inodes, s.Inode) }), err
}

// udpDump asks for all UDP sockets of a family.
func udpDump(family uint8) ([]UDPSocket, error) {
	d, err := getDiag()
	if err != nil {
		return nil, err
	}
	all, err := d.askUDP(family)
	d.release(err)
	return all, err
}

// askUDP asks for all UDP sockets of a family.
func (d *diagConn) askUDP(family uint8) (all []UDPSocket, err error) {
	q := question{family: family, protocol: unix.IPPROTO_UDP, extra: wantMem, states: ^uint32(0)}
	err = d.ask(q, unix.NLM_F_DUMP, func(b []byte) {
		if s, ok := udpSocket(b); ok {
			all = append(all, s)
		}
	})
	return all, err
}

// udpSocket reads struct inet_diag_msg and its attributes.
func udpSocket(b []byte) (UDPSocket, bool) {
	plain, ok := diagSocket(b)
	if !ok {
		return UDPSocket{}, false
	}
	ne := binary.NativeEndian
	s := UDPSocket{Local: plain.Local, Remote: plain.Remote, Queued: plain.Unread, Inode: plain.Inode}
	for b = b[diagMessageLen:]; len(b) >= 4; {
		n, kind := int(ne.Uint16(b)), ne.Uint16(b[2:])
		if n < 4 || n > len(b) {
			break
		}
		if mem := b[4:n]; kind == diagMem && len(mem) >= memDrops+4 {
			s.Dropped, s.Room = ne.Uint32(mem[memDrops:]), ne.Uint32(mem[memRoom:])
		}
		b = b[min(len(b), (n+3)&^3):]
	}
	return s, true
}

// procUDP reads the same from the tables that proc_pid_net(5) describes; their
// last column counts the drops. A table that changes between two reads may lack
// a row, so few and large ones are made.
func procUDP() ([]UDPSocket, error) {
	var all []UDPSocket
	for i, file := range []string{"/proc/net/udp", "/proc/net/udp6"} {
		text, err := readFile(file, make([]byte, 1<<20))
		if err != nil && i == 0 {
			return nil, fmt.Errorf("%w: %w", ErrNoEvidence, err)
		}
		for line := range strings.Lines(string(text)) {
			plain, ok := procSocket(line)
			if !ok {
				continue
			}
			s := UDPSocket{Local: plain.Local, Remote: plain.Remote, Queued: plain.Unread, Inode: plain.Inode}
			if f := strings.Fields(line); len(f) > 12 {
				drops, _ := strconv.ParseUint(f[12], 10, 32)
				s.Dropped = uint32(drops)
			}
			all = append(all, s)
		}
	}
	return all, nil
}

// Columns of /proc/net/softnet_stat, in hexadecimal, one line for each
// processor: net/core/net-procfs.c of the kernel.
const softnetBacklog = 11

func backlog() (int, error) {
	var buf [16 << 10]byte
	b, err := readFile("/proc/net/softnet_stat", buf[:])
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNoEvidence, err)
	}
	total := 0
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) <= softnetBacklog {
			return 0, errNoBacklog
		}
		n, err := strconv.ParseUint(f[softnetBacklog], 16, 32)
		if err != nil {
			return 0, errNoBacklog
		}
		total += int(n)
	}
	return total, nil
}

// errNoBacklog says that the kernel, before Linux 5.10, does not tell.
var errNoBacklog = fmt.Errorf("%w: no backlog in /proc/net/softnet_stat", ErrNoEvidence)

// usualQueue reads what socket(7) calls the default receive buffer.
func usualQueue() (uint32, error) {
	var buf [32]byte
	b, err := readFile("/proc/sys/net/core/rmem_default", buf[:])
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNoEvidence, err)
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNoEvidence, err)
	}
	return uint32(n), nil
}
