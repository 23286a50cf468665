//go:build !noevidence

package probe

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Sizes and numbers of linux/unix_diag.h, see sock_diag(7).
const (
	unixRequestLen = unix.NLMSG_HDRLEN + 24 // struct unix_diag_req
	unixMessageLen = 16                     // struct unix_diag_msg
	unixName       = 0                      // UNIX_DIAG_NAME
	unixFile       = 1                      // UNIX_DIAG_VFS: inode and device of the file
	unixOther      = 2                      // UNIX_DIAG_PEER: the inode of the other end
	unixQueues     = 4                      // UNIX_DIAG_RQLEN: two numbers
	unixShut       = 6                      // UNIX_DIAG_SHUTDOWN: one byte
	unixShow       = 1<<0 | 1<<1 | 1<<2 | 1<<4 | 1<<6
	noMoreIn       = 1 // RCV_SHUTDOWN
	noMoreOut      = 2 // SEND_SHUTDOWN
)

// A unixSocket is what sock_diag says of one Unix socket.
type unixSocket struct {
	kind         uint8
	state        TCPState
	inode, other uint32
	file         uint32
	queue, out   uint32 // for a listener: the connections that wait, and the backlog
	shut         uint8
	name         string
}

// askUnix asks about the socket with this inode, or for all in these states.
func askUnix(inode uint32, flags uint16, states uint32) (all []unixSocket, err error) {
	if !diagWorks() {
		return nil, ErrNoEvidence
	}
	d, err := getDiag()
	if err != nil {
		return nil, errors.Join(ErrNoEvidence, err)
	}
	d.seq++
	ne, b := binary.NativeEndian, make([]byte, unixRequestLen)
	ne.PutUint32(b[0:], unixRequestLen)
	ne.PutUint16(b[4:], unix.SOCK_DIAG_BY_FAMILY)
	ne.PutUint16(b[6:], unix.NLM_F_REQUEST|flags)
	ne.PutUint32(b[8:], d.seq)
	r := b[unix.NLMSG_HDRLEN:]
	r[0] = unix.AF_UNIX
	ne.PutUint32(r[4:], states)
	ne.PutUint32(r[8:], inode)
	ne.PutUint32(r[12:], unixShow)
	ne.PutUint64(r[16:], ^uint64(0)) // any cookie
	err = d.exchange(b, flags, func(b []byte) {
		if s, ok := readUnix(b); ok {
			all = append(all, s)
		}
	})
	d.release(err)
	if err != nil && !errors.Is(err, ErrNoSocket) {
		err = errors.Join(ErrNoEvidence, err)
	}
	return all, err
}

// readUnix reads struct unix_diag_msg and its attributes.
func readUnix(b []byte) (s unixSocket, ok bool) {
	if len(b) < unixMessageLen {
		return s, false
	}
	ne := binary.NativeEndian
	s = unixSocket{kind: b[1], state: TCPState(b[2]), inode: ne.Uint32(b[4:])}
	for b = b[unixMessageLen:]; len(b) >= 4; {
		n, kind := int(ne.Uint16(b)), ne.Uint16(b[2:])
		if n < 4 || n > len(b) {
			break
		}
		switch v := b[4:n]; {
		case kind == unixName:
			s.name = string(v)
		case kind == unixFile && len(v) >= 8:
			s.file = ne.Uint32(v)
		case kind == unixOther && len(v) >= 4:
			s.other = ne.Uint32(v)
		case kind == unixQueues && len(v) >= 8:
			s.queue, s.out = ne.Uint32(v), ne.Uint32(v[4:])
		case kind == unixShut && len(v) >= 1:
			s.shut = v[0]
		}
		b = b[min(len(b), (n+3)&^3):]
	}
	return s, true
}

func (s unixSocket) socket() Socket {
	state := Established
	switch s.shut {
	case noMoreIn:
		state = CloseWait
	case noMoreOut:
		state = FinWait2
	case noMoreIn | noMoreOut:
		state = Closing
	}
	return Socket{State: state, Unread: s.queue, Inode: s.inode}
}

// unixEnd returns one end, and the inode of the other.
func unixEnd(inode uint32) (Socket, uint32, error) {
	s, err := oneUnix(inode)
	if err != nil {
		return Socket{}, 0, err
	}
	end := s.socket()
	if end.State == Closing && s.other == 0 {
		end.State = CloseWait // the other one has closed, which shuts this one down, too
	}
	return end, s.other, nil
}

func oneUnix(inode uint32) (unixSocket, error) {
	found, err := askUnix(inode, 0, ^uint32(0))
	if err == nil && (len(found) == 0 || found[0].state == Listening) {
		err = ErrNoSocket
	}
	if err != nil {
		return unixSocket{}, err
	}
	return found[0], nil
}

func unixPeer(inode uint32) (Socket, error) {
	ours, err := oneUnix(inode)
	switch {
	case err != nil:
		return Socket{}, err
	case ours.other != 0:
		s, _, err := unixEnd(ours.other)
		return s, err
	case ours.shut&noMoreIn != 0:
		return Socket{}, ErrNoSocket // it is closed
	}
	s := Socket{State: Established, Unread: ours.out}
	if ours.shut&noMoreOut != 0 {
		s.State = CloseWait
	}
	return s, nil
}

func unixListenersOf(pids []int) (held []UnixListener, err error) {
	inodes, err := socketsOf(pids)
	if err != nil {
		return nil, err
	}
	all, err := askUnix(0, unix.NLM_F_DUMP, 1<<Listening)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if slices.Contains(inodes, s.inode) {
			held = append(held, UnixListener{Path: pathOf(s.name), Packets: s.kind == unix.SOCK_SEQPACKET,
				Inode: s.inode, File: uint64(s.file), Waiting: s.queue, Backlog: s.out})
		}
	}
	return held, nil
}

// pathOf returns a socket's name as programs write it.
func pathOf(name string) string {
	if abstract, ok := strings.CutPrefix(name, "\x00"); ok {
		return "@" + abstract
	}
	return strings.TrimRight(name, "\x00")
}
