package play

import (
	"net/netip"
	"slices"

	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// A survey is what the kernel knows of all connections at one moment.
type Survey struct {
	ends     []probe.Socket
	udp      []probe.UDPSocket // the program's own
	dials    int               // how many dials wait for an answer, where some port gives none
	underWay bool              // something still travels: bytes, a FIN, a datagram, an unread reply
	inKernel bool              // bytes or a FIN have left one end and not reached the other, or a buffer will grow
}

// equal compares all but what a mere acknowledgement changes: the kernel may
// take 40 ms to send one, and the program does not notice.
func (v Survey) equal(o Survey) bool {
	return v.dials == o.dials && slices.Equal(v.udp, o.udp) &&
		slices.EqualFunc(v.ends, o.ends, func(a, b probe.Socket) bool {
			a.Timer, b.Timer, a.Unacked, b.Unacked, a.Room, b.Room = 0, 0, 0, 0, probe.Room{}, probe.Room{}
			return a == b
		})
}

// survey looks at both ends of every connection, the program's end first: a
// byte that has left one end is then either seen at the other or still counted
// as sent and not received, never missed. Reading is the connection from which
// the grader is reading now, or nil.
func (s *scene) survey(reading *wire.Conn) Survey {
	stirs := s.stirs()
	v := Survey{dials: s.waitingDials(true), underWay: stirs}
	conns := s.open()
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
		if between(theirs[i], ours, c == reading && !c.EOF) || s.shaking(theirs[i]) {
			v.underWay = true
		}
		v.inKernel = v.inKernel || travels(theirs[i], ours) || travels(ours, theirs[i])
		if s.widens(c, theirs[i]) {
			v.underWay, v.inKernel = true, true
		}
	}
	s.surveyDatagrams(&v)
	return v
}

// finder returns a function that looks one end of a connection up. Where that
// means to read the whole table of sockets, it is read once for all ends.
func (s *scene) finder() func(c *wire.Conn, ours bool) (probe.Socket, error) {
	var table func(local, remote netip.AddrPort) (probe.Socket, error)
	if !probe.Exact() && s.net == nil {
		table = probe.Table()
	}
	return func(c *wire.Conn, ours bool) (probe.Socket, error) {
		switch {
		case table != nil && c.Path == "" && ours:
			return table(c.Local, c.Remote)
		case table != nil && c.Path == "":
			return table(c.Remote, c.Local)
		case ours:
			return s.ourEnd(c)
		}
		return s.theirEnd(c)
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
	return travels(theirs, ours) || travels(ours, theirs)
}

// shaking reports whether a handshake is not finished at the program's end: the
// grader's end is connected as soon as it has sent the last ACK, which may still
// be on the way. From a full queue the kernel throws that ACK away, and only the
// program can change that.
func (s *scene) shaking(theirs probe.Socket) bool {
	if !theirs.State.Shaking() || theirs.State == probe.SynSent {
		return false
	}
	l, err := s.net.Listener(theirs.Local)
	return err == nil && l.Unread <= l.Unacked
}

// travels reports whether bytes or a FIN have left one end and not reached the
// other. Bytes that wait for a peer that has closed its window do not travel:
// then the only timer is the zero-window probe. When that peer has read all,
// the window is open again, and the news of that is on the way.
func travels(from, to probe.Socket) bool {
	const zeroWindow = 4
	waits := from.Timer == zeroWindow && to.Unread > 0
	if !from.Counted || !to.Counted {
		return from.Unacked > 0 && !waits
	}
	if from.NotSent > 0 {
		return !waits
	}
	return from.Sent-from.Resent > to.Received || sentFIN(from.State) && !to.State.GotFIN()
}

// sentFIN reports whether a socket in this state has sent a FIN that its peer
// has not acknowledged yet.
func sentFIN(s probe.TCPState) bool {
	return s == probe.FinWait1 || s == probe.Closing || s == probe.LastAck
}
