package datagram

import (
	"bytes"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strconv"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/payload"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/wire"
)

// Numbered returns the datagram number i, of size bytes: it begins with its
// number, and no other has the same bytes anywhere else.
func Numbered(f *payload.Filling, i, size int) []byte {
	from := payload.PatternLine * i
	data := slices.Clone(f.Pattern(from + size)[from:])
	copy(data, fmt.Sprintf("%07d ", i))
	return data
}

// crowdOf reads N and SIZE.
func crowdOf(args []string) (n, each int) {
	argument.Exactly(3, args)
	n, each = argument.Count(args[1]), argument.Size(args[2])
	if each < 8 || each > wire.MaxDatagram {
		panic(argument.Usage("SIZE is from 8 to 65507"))
	}
	return n, each
}

func volley(s *scene.Scene, args []string) {
	n, each := crowdOf(args)
	e, p := s.Peer(args[0]), s.Partner()
	oneByOne(s, p, e, func(yield func([]byte) bool) {
		for i := range n {
			if !yield(Numbered(s.Fill, i+1, each)) {
				return
			}
		}
	})
	s.Record(record.Event{Kind: record.Note, What: record.Say("%s datagrams of %s have come back, one after the other",
		record.Count(n), record.Bytes(each))})
}

// oneByOne sends datagrams from e, and waits for the echo of each before the next.
func oneByOne(s *scene.Scene, p *scene.Instance, e *scene.Peer, all iter.Seq[[]byte]) {
	to, done := Addressee(s, e, ""), 0
	s.Rest(p)
	for data := range all {
		mark := s.Log.Mark()
		if done > 0 {
			s.Record(record.Event{Kind: record.Note,
				What: record.Say("%s datagrams have come back, one after the other", record.Count(done))})
		}
		Dispatch(s, e, data, to)
		got, from, end := Hear(s, p, e)
		if end != scene.Happened {
			s.MustNotLose(to, 0)
			unheard(s, p, e, end, data)
		}
		checkSender(s, e, from, "", got)
		sameDatagram(s, e, data, got)
		s.Log.Rewind(mark)
		done++
	}
}

func burst(s *scene.Scene, args []string) {
	n, each := crowdOf(args)
	e, p := s.Peer(args[0]), s.Partner()
	to := Addressee(s, e, "")
	s.Rest(p)
	s.Freeze(nil)
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%s sends %s datagrams of %s", e.Name, record.Count(n), record.Bytes(each))})
	s.Mute = true
	for i := range n {
		Dispatch(s, e, Numbered(s.Fill, i+1, each), to)
	}
	s.Settle()
	s.Mute = false
	s.Thaw(nil)
	s.Rest(p)
	if p.Gone() {
		s.Dead(p, record.Verdict{})
	}
	seen := map[int]bool{}
	for {
		got, _, err := e.Receive(0)
		if err != nil {
			break
		}
		checkEcho(s, e, got, each, seen)
	}
}

// checkEcho makes sure that got is one of the datagrams of a burst, whole, and
// has not come before.
func checkEcho(s *scene.Scene, e *scene.Peer, got []byte, each int, seen map[int]bool) {
	i, err := strconv.Atoi(string(got[:min(len(got), 7)]))
	want := Numbered(s.Fill, min(max(i, 0), argument.MaxCount), each)
	never, what := err != nil || !bytes.Equal(got, want), record.Phrase{}
	switch {
	case never:
		what = record.Say("a datagram came that was never sent")
	case seen[i]:
		what = record.Say("the datagram with the number %v was sent once and came back twice", record.Varies(i, "N"))
	}
	seen[i] = true
	if what.Empty() {
		return
	}
	if never { // which one comes twice differs from run to run
		s.Record(record.Event{Kind: record.Hop, To: e.Name, Data: got, Size: len(got)})
	}
	s.Reject(e.Name, what, record.Verdict{Code: record.WrongBytes, What: what, Want: want, Got: got,
		Compare: never})
}

func senders(s *scene.Scene, n int) {
	p := s.Partner()
	to, err := netip.ParseAddrPort(s.TS.Getenv("server"))
	if err != nil {
		s.Misuse("nothing to send to: begin with serve -udp")
	}
	for i := range n {
		mark := s.Log.Mark()
		if i > 0 {
			s.Record(record.Event{Kind: record.Note,
				What: record.Say("%d of %d senders have got their datagram back", i, n)})
		}
		s.OpenUDP("V", s.Host, false)
		e := s.Peer("V")
		if i < scene.Unhurried {
			s.Rest(p)
		}
		data := fmt.Appendf(nil, "sender %d %s", i+1, s.Fill.Word(5, fmt.Sprint("sender ", i)))
		Dispatch(s, e, data, to)
		got, from, end := Hear(s, p, e)
		if end != scene.Happened {
			unheard(s, p, e, end, data)
		}
		checkSender(s, e, from, "", got)
		sameDatagram(s, e, data, got)
		e.Close()
		s.Log.Rewind(mark)
	}
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%d senders, one after the other, have got their datagram back", n)})
}

// allTogether lets n senders meet the server at once. Who is served first is the
// server's affair, so the report speaks of all of them, not of one.
func allTogether(s *scene.Scene, n int) {
	p := s.Main()
	to, err := netip.ParseAddrPort(s.TS.Getenv("server"))
	if err != nil {
		s.Misuse("nothing to send to: begin with serve -udp")
	}
	s.Freeze(nil)
	before := scene.Dropped(s, to)
	s.Mute = true
	senders := make([]*scene.Peer, n)
	for i := range senders {
		name := fmt.Sprintf("sender %d", i+1)
		e, err := wire.OpenEndpoint(name, s.Host)
		if err != nil {
			s.Fail(record.Verdict{Code: record.CannotGrade,
				What: record.Say("the grader could not open a UDP socket: %v", err)})
		}
		senders[i] = &scene.Peer{Endpoint: e}
		s.Datagrams.Peers = append(s.Datagrams.Peers, senders[i])
		Dispatch(s, senders[i], introduction(s, name), to)
	}
	s.Settle()
	s.Mute = false
	s.MustNotLose(to, before)
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%d datagrams, from as many senders, wait in its socket", n)})
	s.Thaw(nil)
	checkTogether(s, p, senders)
}

// introduction is what one of many senders says.
func introduction(s *scene.Scene, name string) []byte {
	return []byte("this is " + name + " " + s.Fill.Word(5, name))
}

// checkTogether hears every sender, and judges when all have been heard.
func checkTogether(s *scene.Scene, p *scene.Instance, senders []*scene.Peer) {
	s.Mute = true
	answered, own := 0, 0
	var end scene.Why
	for _, e := range senders {
		var got []byte
		if got, _, end = Hear(s, p, e); end == scene.Ended || end == scene.Spun || end == scene.Unknown {
			s.Mute = false
			s.Judge(p, end, scene.Owes{Code: record.Silence,
				What: record.Say("not every sender has got its datagram back")})
		}
		if end == scene.Happened {
			answered++
			if bytes.Equal(got, introduction(s, e.Name)) {
				own++
			}
		}
	}
	s.Mute = false
	switch {
	case answered < len(senders):
		s.RejectAt(p, "", record.Say("not every sender has got a reply"),
			record.Verdict{Code: record.Silence, ByTime: end == scene.Slept,
				What: record.Say("not every sender has got a reply, and no more can come")})
	case own < len(senders):
		s.Reject("", record.Say("every sender has got a reply, but not its own datagram"),
			record.Verdict{Code: record.WrongBytes,
				What: record.Say("every sender has got a reply, but some got what others had sent")})
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("every sender has got its own datagram back")})
	for _, e := range senders {
		e.Close()
	}
}
