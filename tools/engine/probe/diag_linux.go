//go:build !noevidence

package probe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Sizes and numbers of linux/inet_diag.h, see sock_diag(7).
const (
	diagRequestLen = unix.NLMSG_HDRLEN + 56 // struct inet_diag_req_v2
	diagMessageLen = 72                     // struct inet_diag_msg
	diagInfo       = 2                      // INET_DIAG_INFO: struct tcp_info
	diagMem        = 7                      // INET_DIAG_SKMEMINFO: nine numbers
	wantInfo       = 1 << (diagInfo - 1)    // as a question asks for it
	wantMem        = 1 << (diagMem - 1)
	memRoom        = 4   // offset of SK_MEMINFO_RCVBUF
	memBuffer      = 12  // offset of SK_MEMINFO_SNDBUF
	memTaken       = 20  // offset of SK_MEMINFO_WMEM_QUEUED
	memDrops       = 32  // offset of SK_MEMINFO_DROPS
	tcpiSegment    = 16  // offset of tcpi_snd_mss
	tcpiUnacked    = 24  // offset of tcpi_unacked
	tcpiLastAck    = 56  // offset of tcpi_last_ack_recv
	tcpiWindow     = 80  // offset of tcpi_snd_cwnd
	tcpiReceived   = 128 // offset of tcpi_bytes_received
	tcpiNotSent    = 144 // offset of tcpi_notsent_bytes
	tcpiSent       = 200 // offset of tcpi_bytes_sent
	tcpiResent     = 208 // offset of tcpi_bytes_retrans
	answerLen      = 1 << 16
)

// errDiag says that the kernel has no sock_diag for TCP, or will not let us.
var errDiag = errors.New("no sock_diag")

// A diagConn is a netlink socket to the kernel's sock_diag, used by one caller
// at a time.
type diagConn struct {
	fd  int
	seq uint32
	req [diagRequestLen]byte
	buf []byte
}

// idle keeps a few sockets for the next look-ups: opening one costs more than
// the question.
var idle = make(chan *diagConn, 8)

// diagWorks asks once whether sock_diag answers at all. Without the kernel's
// tcp_diag module a look-up fails with ENOENT, which would read as "no such
// socket"; a dump tells the two apart.
var diagWorks = sync.OnceValue(func() bool {
	_, err := diagDump(unix.AF_INET, 1<<Listening)
	return err == nil
})

func getDiag() (*diagConn, error) {
	select {
	case d := <-idle:
		return d, nil
	default:
	}
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDiag, err)
	}
	// The kernel answers at once; the time-out is there for a system that does not.
	tv := unix.Timeval{Sec: 2}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("%w: %w", errDiag, err)
	}
	return &diagConn{fd: fd, buf: make([]byte, answerLen)}, nil
}

// release gives the socket back, unless err says that its answers may be out of
// step.
func (d *diagConn) release(err error) {
	if err == nil || errors.Is(err, ErrNoSocket) {
		select {
		case idle <- d:
			return
		default:
		}
	}
	unix.Close(d.fd)
}

// diagFind asks for one socket. A remote without a port asks for a listener.
func diagFind(family uint8, local, remote netip.AddrPort) (Socket, error) {
	d, err := getDiag()
	if err != nil {
		return Socket{}, err
	}
	var found Socket
	ok := false
	err = d.askTCP(family, 0, ^uint32(0), local, remote, func(s Socket) { found, ok = s, true })
	if err == nil && !ok {
		err = ErrNoSocket
	}
	d.release(err)
	return found, err
}

// diagDump asks for all TCP sockets of a family whose state is in states.
func diagDump(family uint8, states uint32) ([]Socket, error) {
	d, err := getDiag()
	if err != nil {
		return nil, err
	}
	var all []Socket
	err = d.askTCP(family, unix.NLM_F_DUMP, states, netip.AddrPort{}, netip.AddrPort{},
		func(s Socket) { all = append(all, s) })
	d.release(err)
	return all, err
}

// diagBoth asks for all TCP sockets of both families whose state is in states.
func diagBoth(states uint32) ([]Socket, error) {
	d, err := getDiag()
	if err != nil {
		return nil, err
	}
	all, err := d.both(states)
	d.release(err)
	return all, err
}

// oldRequestLen is the length of TCPDIAG_GETSOCK with struct inet_diag_req of linux/inet_diag.h.
const oldRequestLen, getSock = unix.NLMSG_HDRLEN + 60, 18

// both asks for all TCP sockets of both families whose state is in states, in one go, as
// ss(8) did before there was SOCK_DIAG_BY_FAMILY. The kernel looks through its whole table
// of sockets each time, of hundreds of thousands of rows, so it is asked once.
func (d *diagConn) both(states uint32) (all []Socket, err error) {
	ne := binary.NativeEndian
	d.seq++
	b := make([]byte, oldRequestLen)
	ne.PutUint32(b[0:], oldRequestLen)
	ne.PutUint16(b[4:], getSock)
	ne.PutUint16(b[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	ne.PutUint32(b[8:], d.seq)
	r := b[unix.NLMSG_HDRLEN:]
	r[0], r[3] = unix.AF_INET, wantInfo|wantMem // the family is not looked at in a dump
	ne.PutUint64(r[44:], ^uint64(0))            // INET_DIAG_NOCOOKIE: any socket
	ne.PutUint32(r[52:], states)
	err = d.exchange(b, unix.NLM_F_DUMP, func(b []byte) {
		if s, ok := diagSocket(b); ok {
			all = append(all, s)
		}
	})
	return all, err
}

// A question is what sock_diag is asked: about one socket, or about all.
type question struct {
	family, protocol uint8
	extra            uint8  // the attributes that are wanted besides the message
	states           uint32 // one bit for each state
	local, remote    netip.AddrPort
}

// askTCP asks about TCP sockets.
func (d *diagConn) askTCP(family uint8, flags uint16, states uint32, local,
	remote netip.AddrPort, yield func(Socket)) error {
	q := question{family, unix.IPPROTO_TCP, wantInfo | wantMem, states, local, remote}
	return d.ask(q, flags, func(b []byte) {
		if s, ok := diagSocket(b); ok {
			yield(s)
		}
	})
}

// ask sends one request and hands each socket of the answer to yield, as a
// struct inet_diag_msg and its attributes.
func (d *diagConn) ask(q question, flags uint16, yield func([]byte)) error {
	d.request(q, flags)
	return d.exchange(d.req[:], flags, yield)
}

// exchange sends a request that carries the number d.seq, and hands what answers it to
// yield.
func (d *diagConn) exchange(request []byte, flags uint16, yield func([]byte)) error {
	if err := unix.Sendto(d.fd, request, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("%w: %w", errDiag, err)
	}
	for {
		n, _, err := unix.Recvfrom(d.fd, d.buf, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errDiag, err)
		}
		done, err := d.answers(d.buf[:n], flags&unix.NLM_F_DUMP != 0, yield)
		if done || err != nil {
			return err
		}
	}
}

// request fills d.req: struct nlmsghdr, then struct inet_diag_req_v2.
func (d *diagConn) request(q question, flags uint16) {
	ne := binary.NativeEndian
	d.seq++
	b := d.req[:]
	clear(b)
	ne.PutUint32(b[0:], diagRequestLen)
	ne.PutUint16(b[4:], unix.SOCK_DIAG_BY_FAMILY)
	ne.PutUint16(b[6:], unix.NLM_F_REQUEST|flags)
	ne.PutUint32(b[8:], d.seq)
	r := b[unix.NLMSG_HDRLEN:]
	r[0], r[1], r[2] = q.family, q.protocol, q.extra
	ne.PutUint32(r[4:], q.states)
	// struct inet_diag_sockid, from the point of view of the socket's owner.
	binary.BigEndian.PutUint16(r[8:], q.local.Port())
	binary.BigEndian.PutUint16(r[10:], q.remote.Port())
	putAddr(r[12:28], q.family, q.local.Addr())
	putAddr(r[28:44], q.family, q.remote.Addr())
	ne.PutUint64(r[48:], ^uint64(0)) // INET_DIAG_NOCOOKIE: any socket
}

// putAddr writes an address as the kernel's family has it; an absent one is zero.
func putAddr(b []byte, family uint8, a netip.Addr) {
	switch {
	case !a.IsValid():
	case family == unix.AF_INET:
		v := a.As4()
		copy(b, v[:])
	default:
		v := a.As16() // an IPv4 address becomes ::ffff:a.b.c.d
		copy(b, v[:])
	}
}

// answers reads the messages of one datagram. done says that none will follow.
func (d *diagConn) answers(b []byte, dump bool, yield func([]byte)) (done bool, err error) {
	ne := binary.NativeEndian
	for len(b) >= unix.NLMSG_HDRLEN {
		n := int(ne.Uint32(b))
		if n < unix.NLMSG_HDRLEN || n > len(b) {
			return true, fmt.Errorf("%w: a message of %d bytes", errDiag, n)
		}
		kind, seq, body := ne.Uint16(b[4:]), ne.Uint32(b[8:]), b[unix.NLMSG_HDRLEN:n]
		b = b[min(len(b), (n+3)&^3):]
		if seq != d.seq {
			continue // the tail of an older answer
		}
		switch kind {
		case unix.NLMSG_DONE:
			return true, nil
		case unix.NLMSG_ERROR:
			return true, diagError(body)
		case unix.SOCK_DIAG_BY_FAMILY, getSock:
			yield(body)
			if !dump {
				return true, nil
			}
		}
	}
	return false, nil
}

// diagError turns the errno of an NLMSG_ERROR into an error of ours.
func diagError(body []byte) error {
	if len(body) < 4 {
		return errDiag
	}
	switch errno := unix.Errno(-int32(binary.NativeEndian.Uint32(body))); errno {
	case 0:
		return nil
	case unix.ENOENT:
		return ErrNoSocket
	default:
		return fmt.Errorf("%w: %w", errDiag, errno)
	}
}

// diagSocket reads struct inet_diag_msg and its attributes.
func diagSocket(b []byte) (Socket, bool) {
	if len(b) < diagMessageLen {
		return Socket{}, false
	}
	ne, be := binary.NativeEndian, binary.BigEndian
	s := Socket{
		State:   TCPState(b[1]),
		Timer:   b[2],
		Local:   netip.AddrPortFrom(getAddr(b[8:24], b[0]), be.Uint16(b[4:])),
		Remote:  netip.AddrPortFrom(getAddr(b[24:40], b[0]), be.Uint16(b[6:])),
		Unread:  ne.Uint32(b[56:]),
		Unacked: ne.Uint32(b[60:]),
		Inode:   ne.Uint32(b[68:]),
	}
	for b = b[diagMessageLen:]; len(b) >= 4; {
		n, kind := int(ne.Uint16(b)), ne.Uint16(b[2:])
		if n < 4 || n > len(b) {
			break
		}
		switch info := b[4:n]; {
		case kind == diagMem && len(info) >= memDrops+4:
			s.readMemory(info)
		case kind == diagInfo && len(info) >= tcpiReceived+8:
			s.readInfo(info)
		}
		b = b[min(len(b), (n+3)&^3):]
	}
	return s, true
}

// readMemory reads the numbers of INET_DIAG_SKMEMINFO.
func (s *Socket) readMemory(info []byte) {
	ne := binary.NativeEndian
	if s.State == Listening {
		s.Drops = ne.Uint32(info[memDrops:])
		return
	}
	s.Room.Buffer, s.Room.Taken = ne.Uint32(info[memBuffer:]), ne.Uint32(info[memTaken:])
	s.Room.Thrown = ne.Uint32(info[memDrops:])
}

// readInfo reads a struct tcp_info.
func (s *Socket) readInfo(info []byte) {
	ne := binary.NativeEndian
	s.Segment, s.Received = ne.Uint32(info[tcpiSegment:]), ne.Uint64(info[tcpiReceived:])
	if len(info) >= tcpiResent+8 { // since Linux 4.19
		s.Sent, s.Resent = ne.Uint64(info[tcpiSent:]), ne.Uint64(info[tcpiResent:])
		s.NotSent, s.Counted = ne.Uint32(info[tcpiNotSent:]), true
	}
	if s.State != Listening {
		s.Room.Window, s.Room.Flying = ne.Uint32(info[tcpiWindow:]), ne.Uint32(info[tcpiUnacked:])
		s.Room.Acked = time.Duration(ne.Uint32(info[tcpiLastAck:])) * time.Millisecond
	}
	infoSeen.Store(true)
}

// infoSeen says that the kernel has given a struct tcp_info at least once.
var infoSeen atomic.Bool

// getAddr reads an address; one of IPv4 in IPv6 form comes out as IPv4.
func getAddr(b []byte, family uint8) netip.Addr {
	if family == unix.AF_INET {
		return netip.AddrFrom4([4]byte(b[:4]))
	}
	return netip.AddrFrom16([16]byte(b[:16])).Unmap()
}
