package tftp

import (
	"net/netip"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/datagram"
	"loopback/tools/engine/play/payload"
	"loopback/tools/engine/play/scene"
)

// How it is seen that a transfer is over.

// transferPort is the server's own port of e's transfer, also behind a relay.
func transferPort(s *scene.Scene, e *scene.Peer) netip.AddrPort {
	if r := datagram.Relay(s, getOf(s, e).from); r != nil {
		return r.Towards(e.Local)
	}
	return getOf(s, e).from
}

// bound reports whether a socket is bound to addr; in a namespace, to its port.
// Without evidence there is an error.
func bound(s *scene.Scene, addr netip.AddrPort) (bool, error) {
	all, err := s.Net.UDPSockets()
	for _, u := range all {
		if u.Local == addr || s.Space != nil && u.Local.Port() == addr.Port() {
			return true, nil
		}
	}
	return false, err
}

func finished(s *scene.Scene, e *scene.Peer) {
	port := transferPort(s, e)
	if !port.IsValid() {
		s.Misuse("the port of %s's transfer is not known: data %s 1 first", e.Name, e.Name)
	}
	p, blind := s.Partner(), false
	defer longer(s, lastWait)()
	end := s.Await(p, nil, p.Looking(func() bool {
		overAt(s, e)
		open, err := bound(s, port)
		blind = err != nil
		return blind || !open
	}))
	s.Settle()
	overAt(s, e)
	if end == scene.Happened {
		if !blind {
			portClosed(s, e)
		}
		return
	}
	stillBound(s, p, e, end)
}

// stillBound judges a server that keeps the port of a transfer which is over.
func stillBound(s *scene.Scene, p *scene.Instance, e *scene.Peer, end scene.Why) {
	if end != scene.Stuck && end != scene.Slept {
		s.Judge(p, end, scene.Owes{Code: record.Leak, What: record.Say("it has not closed the port of the transfer"),
			Lane: e.Name})
	}
	s.RejectAt(p, "", record.Say("the port of %s's transfer is still open", e.Name),
		record.Verdict{Code: record.Leak, ByTime: end == scene.Slept,
			What: record.Say("the transfer of %s is over, and the server still holds the socket that it has made "+
				"for it", e.Name)})
}

// portClosed records that the server has closed the port of e's transfer.
func portClosed(s *scene.Scene, e *scene.Peer) {
	s.Record(record.Event{Kind: record.Note, What: record.Say("it has closed the port of %s's transfer", e.Name)})
}

// overAt fails when a datagram has come to e that is not a block which came
// before and may come again, or one that may come.
func overAt(s *scene.Scene, e *scene.Peer) {
	for {
		got, from, err := e.Receive(0)
		if err != nil {
			return
		}
		sawArrive(s, e, from, got)
		p, ok := payload.TFTPOf(got)
		if mayComeAgain(s, e, p, ok, getOf(s, e).last+1) || perhaps(s, e, got, from) {
			continue
		}
		s.Reject(e.Name, record.Say("nothing more was expected"), record.Verdict{Code: record.ExtraBytes,
			What: record.Say("%s came, and the transfer of %s is over", shown(e, got), e.Name)})
	}
}

// perhaps takes the block that may come to e though its transfer is about to end.
// It returns false where this is another packet, or the block once more.
func perhaps(s *scene.Scene, e *scene.Peer, got []byte, from netip.AddrPort) bool {
	t := getOf(s, e)
	p, ok := payload.TFTPOf(got)
	if !ok || p.Op != payload.TFTPData || t.perhaps <= t.last || int(p.Number) != t.perhaps {
		return false
	}
	return isBlock(s, e, got, from, t.perhaps, t.piece(t.perhaps))
}
