package play

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

// numbered returns the datagram number i, of size bytes: it begins with its
// number, and no other has the same bytes anywhere else.
func (f *filling) numbered(i, size int) []byte {
	from := patternLine * i
	data := slices.Clone(f.pattern(from + size)[from:])
	copy(data, fmt.Sprintf("%07d ", i))
	return data
}

// crowdOf reads N and SIZE.
func crowdOf(args []string) (n, each int) {
	exactly(3, args)
	n, each = count(args[1]), size(args[2])
	if each < 8 || each > wire.MaxDatagram {
		panic(usage("SIZE is from 8 to 65507"))
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
			s.record(record.Event{Kind: record.Note,
				What: record.Say("%s datagrams have come back, one after the other", record.Count(i))})
		}
		data := s.fill.numbered(i+1, each)
		s.dispatch(e, data, to)
		got, from, end := s.hear(p, e)
		if end != happened {
			s.mustNotLose(to, 0)
			s.unheard(p, e, end, data)
		}
		s.checkSender(e, from, "", got)
		s.sameDatagram(e, data, got)
		s.log.Rewind(mark)
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("%s datagrams of %s have come back, one after the other",
		record.Count(n), record.Bytes(each))})
}

func (s *scene) burst(args []string) {
	n, each := crowdOf(args)
	e, p := s.peer(args[0]), s.partner()
	to := s.addressee(e, "")
	s.rest(p)
	s.freeze(nil)
	s.record(record.Event{Kind: record.Note,
		What: record.Say("%s sends %s datagrams of %s", e.Name, record.Count(n), record.Bytes(each))})
	s.mute = true
	for i := range n {
		s.dispatch(e, s.fill.numbered(i+1, each), to)
	}
	s.settle()
	s.mute = false
	s.thaw(nil)
	s.rest(p)
	if p.gone() {
		s.dead(p, record.Verdict{})
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
	want := s.fill.numbered(min(max(i, 0), maxCount), each)
	what := record.Phrase{}
	switch {
	case err != nil || !bytes.Equal(got, want):
		what = record.Say("a datagram came that was never sent")
	case seen[i]:
		what = record.Say("the datagram with the number %d was sent once and came back twice", i)
	}
	seen[i] = true
	if what.Empty() {
		return
	}
	s.record(record.Event{Kind: record.Hop, To: e.Name, Data: got, Size: len(got)})
	s.reject(e.Name, what, record.Verdict{Code: record.WrongBytes, What: what, Want: want, Got: got,
		Compare: !bytes.Equal(got, want)})
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
			s.record(record.Event{Kind: record.Note,
				What: record.Say("%d of %d senders have got their datagram back", i, n)})
		}
		s.openUDP("V", s.host, false)
		e := s.peer("V")
		if i < unhurried {
			s.rest(p)
		}
		data := fmt.Appendf(nil, "sender %d %s", i+1, s.fill.word(5, fmt.Sprint("sender ", i)))
		s.dispatch(e, data, to)
		got, from, end := s.hear(p, e)
		if end != happened {
			s.unheard(p, e, end, data)
		}
		s.checkSender(e, from, "", got)
		s.sameDatagram(e, data, got)
		e.Close()
		s.log.Rewind(mark)
	}
	s.record(record.Event{Kind: record.Note,
		What: record.Say("%d senders, one after the other, have got their datagram back", n)})
}

// allTogether lets n senders meet the server at once. Who is served first is the
// server's affair, so the report speaks of all of them, not of one.
func (s *scene) allTogether(n int) {
	p := s.main()
	to, err := netip.ParseAddrPort(s.ts.Getenv("server"))
	if err != nil {
		s.misuse("nobody to send to: begin with serve -udp")
	}
	s.freeze(nil)
	before := dropped(to)
	s.mute = true
	senders := make([]*peer, n)
	for i := range senders {
		name := fmt.Sprintf("sender %d", i+1)
		e, err := wire.OpenEndpoint(name, s.host)
		if err != nil {
			s.fail(record.Verdict{Code: record.CannotGrade,
				What: record.Say("the grader could not open a UDP socket: %v", err)})
		}
		senders[i] = &peer{Endpoint: e}
		s.dg.peers = append(s.dg.peers, senders[i])
		s.dispatch(senders[i], s.introduction(name), to)
	}
	s.settle()
	s.mute = false
	s.mustNotLose(to, before)
	s.record(record.Event{Kind: record.Note,
		What: record.Say("%d datagrams, from as many senders, wait in its socket", n)})
	s.thaw(nil)
	s.checkTogether(p, senders)
}

// introduction is what one of many senders says.
func (s *scene) introduction(name string) []byte {
	return []byte("this is " + name + " " + s.fill.word(5, name))
}

// checkTogether hears every sender, and judges when all have been heard.
func (s *scene) checkTogether(p *program, senders []*peer) {
	s.mute = true
	answered, own := 0, 0
	var end why
	for _, e := range senders {
		var got []byte
		if got, _, end = s.hear(p, e); end == ended || end == spun || end == unknown {
			s.mute = false
			s.judge(p, end, owes{code: record.Silence, what: record.Say("not every sender has got its datagram back")})
		}
		if end == happened {
			answered++
			if bytes.Equal(got, s.introduction(e.Name)) {
				own++
			}
		}
	}
	s.mute = false
	switch {
	case answered < len(senders):
		s.rejectAt(p, "", record.Say("not every sender has got a reply"),
			record.Verdict{Code: record.Silence, ByTime: end == slept,
				What: record.Say("not every sender has got a reply, and no more can come")})
	case own < len(senders):
		s.reject("", record.Say("every sender has got a reply, but not its own datagram"),
			record.Verdict{Code: record.WrongBytes,
				What: record.Say("every sender has got a reply, but some got what others had sent")})
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("every sender has got its own datagram back")})
	for _, e := range senders {
		e.Close()
	}
}
