package grade

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"loopback/tools/wire"
)

// numbered returns n datagrams of size bytes, each of which begins with its
// number.
func numbered(i, size int) []byte {
	data := slices.Clone(pattern(size))
	copy(data, fmt.Sprintf("%07d ", i))
	return data
}

// crowdOf reads N and SIZE.
func crowdOf(args []string) (n, each int) {
	exactly(3, args)
	n, each = count(args[1]), size(args[2])
	if each < 8 || each > wire.MaxDatagram {
		panic(usage{"SIZE is from 8 to 65507"})
	}
	return n, each
}

func (s *scene) volley(args []string) {
	n, each := crowdOf(args)
	e, p := s.peer(args[0]), s.partner()
	to := s.addressee(e, "")
	s.rest(p)
	for i := range n {
		mark := s.log.Mark()
		if i > 0 {
			s.record(wire.Event{Kind: wire.Note, Text: fmt.Sprintf("%s datagrams have come back, one after the other", wire.Count(i))})
		}
		data := numbered(i+1, each)
		s.dispatch(e, data, to)
		got, from, end := s.hear(p, e)
		if end != happened {
			s.mustNotLose(to, 0)
			s.unheard(p, e, end, data)
		}
		s.checkSender(e, from, "", got)
		s.compare(e, data, got)
		s.log.Rewind(mark)
	}
	s.record(wire.Event{Kind: wire.Note, Text: fmt.Sprintf("%s datagrams of %s have come back, one after the other", wire.Count(n), wire.Bytes(each))})
}

func (s *scene) burst(args []string) {
	n, each := crowdOf(args)
	e, p := s.peer(args[0]), s.partner()
	to := s.addressee(e, "")
	s.rest(p)
	s.record(wire.Event{Kind: wire.Note, Text: fmt.Sprintf("%s sends %s datagrams of %s without a pause", e.Name, wire.Count(n), wire.Bytes(each))})
	s.mute = true
	defer func() { s.mute = false }()
	for i := range n {
		s.dispatch(e, numbered(i+1, each), to)
	}
	s.settle()
	s.rest(p)
	if p.gone() {
		s.dead(p, Verdict{})
	}
	seen := map[int]bool{}
	for {
		got, _, err := e.Receive(0)
		if err != nil {
			break
		}
		s.checkEcho(e, got, each, seen)
	}
}

// checkEcho makes sure that got is one of the datagrams of a burst, whole, and
// has not come before.
func (s *scene) checkEcho(e *peer, got []byte, each int, seen map[int]bool) {
	i, err := strconv.Atoi(string(got[:min(len(got), 7)]))
	want := numbered(max(i, 0), each)
	what := ""
	switch {
	case err != nil || !bytes.Equal(got, want):
		what = "a datagram came that was never sent"
	case seen[i]:
		what = fmt.Sprintf("the datagram with the number %d was sent once and came back twice", i)
	}
	seen[i] = true
	if what == "" {
		return
	}
	s.mute = false
	s.record(wire.Event{Kind: wire.Hop, To: e.Name, Data: got, Size: len(got)})
	s.trouble(e.Name, what)
	s.fail(Verdict{Code: WrongBytes, What: what, Want: want, Got: got, Compare: !bytes.Equal(got, want)})
}

func (s *scene) senders(n int) {
	p := s.partner()
	to, err := netip.ParseAddrPort(s.ts.Getenv("server"))
	if err != nil {
		s.misuse("nobody to send to: begin with serve -udp")
	}
	for i := range n {
		mark := s.log.Mark()
		if i > 0 {
			s.record(wire.Event{Kind: wire.Note, Text: fmt.Sprintf("%d of %d senders have got their datagram back", i, n)})
		}
		s.openUDP("V", s.host, false)
		e := s.peer("V")
		if i < unhurried {
			s.rest(p)
		}
		data := fmt.Appendf(nil, "sender %d", i+1)
		s.dispatch(e, data, to)
		got, from, end := s.hear(p, e)
		if end != happened {
			s.unheard(p, e, end, data)
		}
		s.checkSender(e, from, "", got)
		s.compare(e, data, got)
		e.Close()
		s.log.Rewind(mark)
	}
	s.record(wire.Event{Kind: wire.Note, Text: fmt.Sprintf("%d senders, one after the other, have got their datagram back", n)})
}
