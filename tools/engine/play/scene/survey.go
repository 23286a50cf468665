package scene

import (
	"net/netip"
	"slices"
	"time"

	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// A survey is what the kernel knows of all connections at one moment.
type Survey struct {
	ends     []probe.Socket
	UDP      []probe.UDPSocket // the program's own
	dials    int               // how many dials wait for an answer, where some port gives none
	shaking  bool              // a handshake is not finished at the program's end
	UnderWay bool              // something still travels: bytes, a FIN, a datagram, an unread reply
	inKernel bool              // bytes or a FIN have left one end and not reached the other, or a buffer will grow
}

// Equal compares all but what a mere acknowledgement changes: the kernel may
// take 40 ms to send one, and the program does not notice.
func (v Survey) Equal(o Survey) bool {
	return v.dials == o.dials && slices.Equal(v.UDP, o.UDP) &&
		slices.EqualFunc(v.ends, o.ends, func(a, b probe.Socket) bool {
			a.Timer, b.Timer, a.Unacked, b.Unacked, a.Room, b.Room = 0, 0, 0, 0, probe.Room{}, probe.Room{}
			return a == b
		})
}

// Survey looks at both ends of every connection, the program's end first: a
// byte that has left one end is then either seen at the other or still counted
// as sent and not received, never missed. Reading is the connection from which
// the grader is reading now, or nil.
func (s *Scene) Survey(reading *wire.Conn) Survey {
	stirs := s.stirs()
	v := Survey{dials: s.waitingDials(true), UnderWay: stirs}
	conns := s.Open()
	theirs := make([]probe.Socket, len(conns))
	find := s.finder()
	for i, c := range conns {
		theirs[i], _ = find(c, false) // the zero Socket when it is gone
		s.sight(c, theirs[i])
	}
	find = s.finder()
	for i, c := range conns {
		ours, _ := find(c, true)
		v.ends = append(v.ends, theirs[i], ours)
		shaking := s.shaking(theirs[i])
		if between(theirs[i], ours, c == reading && !c.EOF) || shaking {
			v.UnderWay = true
		}
		v.shaking = v.shaking || shaking
		v.inKernel = v.inKernel || Travels(theirs[i], ours) || Travels(ours, theirs[i])
		if s.Widens(c, theirs[i]) {
			v.UnderWay, v.inKernel = true, true
		}
	}
	s.surveyDatagrams(&v)
	return v
}

// finder returns a function that looks one end of a connection up. Where that
// means to read the whole table of sockets, it is read once for all ends.
func (s *Scene) finder() func(c *wire.Conn, ours bool) (probe.Socket, error) {
	var table func(local, remote netip.AddrPort) (probe.Socket, error)
	if !probe.Exact() && s.Net == nil {
		table = probe.Table()
	}
	return func(c *wire.Conn, ours bool) (probe.Socket, error) {
		switch {
		case table != nil && c.Path == "" && ours:
			return table(c.Local, c.Remote)
		case table != nil && c.Path == "":
			return table(c.Remote, c.Local)
		case ours:
			return s.OurEnd(c)
		}
		return s.TheirEnd(c)
	}
}

// between reports whether anything travels between the two ends of one
// connection, or has arrived at a grader that is reading.
func between(theirs, ours probe.Socket, reading bool) bool {
	switch {
	case ours.State == 0:
		return false // reset, and the grader has seen it or will not look
	case theirs.State == 0:
		return reading // its FIN or RST is on the way to us
	case reading && (ours.Unread > 0 || theirs.NotSent > 0):
		return true // about to be read; about to be sent, into the window that reading opens
	}
	return Travels(theirs, ours) || Travels(ours, theirs)
}

// shaking reports whether a handshake is not finished at the program's end: the
// grader's end is connected as soon as it has sent the last ACK, which may still
// be on the way. From a full queue the kernel throws that ACK away, and only the
// program can change that. Where the program hears of a client only when that has
// sent a byte (TCP_DEFER_ACCEPT, tcp(7)) none is finished before.
func (s *Scene) shaking(theirs probe.Socket) bool {
	if s.defers || !theirs.State.Shaking() || theirs.State == probe.SynSent {
		return false
	}
	l, err := s.Net.Listener(theirs.Local)
	return err == nil && l.Unread <= l.Unacked
}

// The timers of a socket that sends (idiag_timer in sock_diag(7)).
const resends, zeroWindow = 1, 4

// Unacknowledged reports whether c's peer, or the kernel for it, has not acknowledged yet
// what it has got from c. It may take 40 ms over that, whatever the program does; until then
// there may be no room for a write.
func Unacknowledged(s *Scene, c *wire.Conn) bool {
	theirs, err := s.TheirEnd(c)
	if err != nil {
		return false
	}
	ours, err := s.OurEnd(c)
	return err == nil && ours.Timer == resends && ours.Unacked > ours.NotSent && !Deaf(theirs)
}

// Travels reports whether bytes or a FIN have left one end and not reached the
// other. Bytes that wait for a peer that has closed its window do not travel:
// then the only timer is the zero-window probe. When that peer has read all,
// the window is open again, and the news of that is on the way. At an end that is deaf
// it does not arrive.
func Travels(from, to probe.Socket) bool {
	waits := from.Timer == zeroWindow && (to.Unread > 0 || Deaf(from)) ||
		from.Timer == resends && from.Resent > 0 && Deaf(to) && (!joins(from) || to.Room.Acked > joinTime)
	if !from.Counted || !to.Counted {
		return from.Unacked > 0 && !waits
	}
	if from.NotSent > 0 {
		return !waits
	}
	return !waits && (from.Sent-from.Resent > to.Received || sentFIN(from.State) && !to.State.GotFIN())
}

// deafTime is longer than a kernel that hears its peer goes without an answer to the first
// probe of a closed window.
const deafTime = 500 * time.Millisecond

// Deaf reports whether this end throws away all that comes, since its owner reads nothing
// and there is no room. If its peer had sent a little more than there was room for, even
// acknowledgements lie behind what is missing, and are thrown away, too (tcp_sequence):
// when the peer has room again, this end does not learn of it, and both kernels ask each
// other in vain, less and less often, until its owner reads.
func Deaf(end probe.Socket) bool {
	return end.Unread > 0 && end.Room.Thrown > 0 && end.Room.Acked > deafTime
}

// joinTime is longer than a kernel needs to send again what it can join: it tries four
// times by then.
const joinTime = 3 * time.Second

// joins reports whether the kernel may make fewer segments of what this end sends
// again (tcp_retrans_try_collapse): those in flight are small. That makes room, and
// the program may write into it, whether or not its peer hears anything.
func joins(end probe.Socket) bool {
	flying := end.Unacked - min(end.Unacked, end.NotSent)
	return end.Room.Flying > 1 && flying < end.Room.Flying*end.Segment/2
}

// sentFIN reports whether a socket in this state has sent a FIN that its peer
// has not acknowledged yet.
func sentFIN(s probe.TCPState) bool {
	return s == probe.FinWait1 || s == probe.Closing || s == probe.LastAck
}
