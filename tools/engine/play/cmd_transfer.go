package play

import (
	"net/netip"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var transferCommands = []Command{{
	Name: "finished", Args: "NAME", Group: "Files by datagrams",
	Summary: "the transfer of NAME must be over: nothing more comes, and the server closes the transfer's port",
	Detail: "That the port is closed is what the kernel's table of sockets says: from there nothing can come any " +
		"more. Where the system has no such table nothing is said.",
	run: func(s *scene, args []string) {
		exactly(1, args)
		e, _ := s.transferOf(args[0])
		s.finished(e)
	},
}, {
	Name: "gives-up", Args: "NAME TIMES", Group: "Files by datagrams",
	Summary: "the block that has come last must come again, TIMES times in all, and then the server closes the " +
		"transfer's port",
	Detail: "NAME says nothing meanwhile. The first wait is $patience, and each may be twice as long " +
		"as the one before.",
	run: (*scene).givesUp,
}, {
	Name: "download", Args: "[-to ADDR] [-twice|-late] NAME FILE [OPTION VALUE]...", Group: "Files by datagrams",
	Summary: "NAME asks for FILE, which publish has made, and acknowledges each block; all must come, each once",
	Detail: "With -twice each acknowledgement is sent twice, one right behind the other. With NAME alone it goes on " +
		"where a transfer is. With -late it acknowledges a block when it has come again, which takes $patience.",
	run: (*scene).download,
}, {
	Name: "abandoned", Args: "[-yet] N FILE", Group: "Files by datagrams",
	Summary: "N clients ask for FILE, get its first block, and never say a word again; the server must give all of " +
		"them up",
	Detail: "They ask sixteen at a time and leave. A transfer is given up when its port is closed, as the kernel's " +
		"table of sockets says. With -yet that is not waited for.",
	run: (*scene).abandonedTransfers,
}}

// transferPort is the server's own port of e's transfer, also behind a relay.
func (s *scene) transferPort(e *peer) netip.AddrPort {
	if r := s.relay(getOf(s, e).from); r != nil {
		return r.Towards(e.Local)
	}
	return getOf(s, e).from
}

// bound reports whether a socket is bound to addr. Without evidence there is an
// error.
func bound(addr netip.AddrPort) (bool, error) {
	all, err := probe.UDPSockets()
	for _, u := range all {
		if u.Local == addr {
			return true, nil
		}
	}
	return false, err
}

func (s *scene) finished(e *peer) {
	port := s.transferPort(e)
	if !port.IsValid() {
		s.misuse("the port of %s's transfer is not known: data %s 1 first", e.Name, e.Name)
	}
	p, blind := s.partner(), false
	defer s.longer(lastWait)()
	end := s.await(p, nil, func(d time.Duration) progress {
		s.overAt(e)
		open, err := bound(port)
		if blind = err != nil; blind || !open {
			return done
		}
		p.pause(d)
		return nothing
	})
	s.settle()
	s.overAt(e)
	if end == happened {
		if !blind {
			s.portClosed(e)
		}
		return
	}
	s.stillBound(p, e, end)
}

// stillBound judges a server that keeps the port of a transfer which is over.
func (s *scene) stillBound(p *program, e *peer, end why) {
	if end != stuck && end != slept {
		s.judge(p, end, owes{code: record.Leak, what: record.Say("the port of the transfer stays open"), lane: e.Name})
	}
	s.rejectAt(p, "", record.Say("the port of %s's transfer is still open", e.Name),
		record.Verdict{Code: record.Leak, ByTime: end == slept,
			What: record.Say("the transfer of %s is over, and the server still holds the socket that it has made "+
				"for it", e.Name)})
}

// portClosed records that the server has closed the port of e's transfer.
func (s *scene) portClosed(e *peer) {
	s.record(record.Event{Kind: record.Note, What: record.Say("it has closed the port of %s's transfer", e.Name)})
}

// overAt fails when a datagram has come to e that is not a block which came
// before and may come again.
func (s *scene) overAt(e *peer) {
	for {
		got, from, err := e.Receive(0)
		if err != nil {
			return
		}
		s.sawArrive(e, from, got)
		p, ok := tftpOf(got)
		if s.mayComeAgain(e, p, ok, getOf(s, e).last+1) {
			continue
		}
		s.reject(e.Name, record.Say("nothing more was expected"), record.Verdict{Code: record.ExtraBytes,
			What: record.Say("%s came, and the transfer of %s is over", e.shown(got), e.Name)})
	}
}

// sawArrive records a datagram to e, where no relay does it.
func (s *scene) sawArrive(e *peer, from netip.AddrPort, got []byte) {
	if s.relay(from) == nil {
		s.record(record.Event{Conn: s.at(from), Kind: record.Hop, To: e.Name, Data: got, Size: len(got)})
	}
}

// shown says what a datagram is: a packet by its name, others by their bytes.
func (e *peer) shown(data []byte) any {
	if name := new(vocabulary).Read(data); name != "" {
		return record.Foreign(name)
	}
	return record.Quoting(data, len(data), 40)
}

func (s *scene) givesUp(args []string) {
	exactly(2, args)
	e, t := s.transferOf(args[0])
	s.needPatience("gives-up")
	defer s.longer(1 << count(args[1]))()
	want, times := t.last, count(args[1])
	port, seen, blind := s.transferPort(e), 1, false
	p := s.partner()
	take := func() {
		got, from, err := e.Receive(0)
		if err != nil {
			return
		}
		s.sawArrive(e, from, got)
		q, ok := tftpOf(got)
		s.sameBlock(e, got, q, ok, want, t.piece(want))
		if seen++; seen > times {
			s.reject(e.Name, record.Say("that is once too often"), record.Verdict{Code: record.ExtraBytes,
				What: record.Say("DATA %d came %d times; it should have come %d times, and then no more", uint16(want),
					seen, times)})
		}
	}
	end := s.await(p, nil, func(d time.Duration) progress {
		had := seen
		take()
		open, err := bound(port)
		if blind = err != nil; blind && seen == times || err == nil && !open {
			return done
		}
		if seen > had {
			return moved
		}
		p.pause(d)
		return nothing
	})
	s.settle()
	take()
	switch {
	case end == happened && seen < times:
		s.reject(e.Name, record.Say("it has given up"), record.Verdict{Code: record.Silence,
			What: record.Say("DATA %d came %d times in all, and then the server gave up; it should have come %d times",
				uint16(want), seen, times)})
	case end == happened && !blind:
		s.portClosed(e)
	case end == happened:
	case seen < times:
		s.judge(p, end, owes{code: record.Silence, lane: e.Name,
			what: record.Say("DATA %d came %d times, and does not come again", uint16(want), seen)})
	default:
		s.stillBound(p, e, end)
	}
}

// How many times $patience a program may wait at the most, before it sends a
// block again, or gives up.
const (
	lateWait = 8
	lastWait = 16
)

// longer gives a program that waits for $patience, and then twice as long, and
// so on, so many times $patience in which nothing happens, until the function
// that it returns is called.
func (s *scene) longer(times int) func() {
	before := s.sc
	slow := *before
	if d := time.Duration(times)*before.Patience + timerGrace; before.Patience > 0 && d > before.Timeout {
		slow.Timeout, slow.Patient = d, true
	}
	s.sc = &slow
	return func() { s.sc = before }
}

func (s *scene) download(args []string) {
	set, args := flags(args, []string{"-twice", "-late"}, []string{"-to"})
	atLeast(1, args)
	e := s.peer(args[0])
	if len(args) > 1 {
		request := []string{args[0], args[1]}
		if set["-to"] != "" {
			request = append([]string{"-to", set["-to"]}, request...)
		}
		s.readRequest(append(request, args[2:]...))
	}
	if getOf(s, e) == nil || !getOf(s, e).known {
		s.misuse("what the file holds is not known: publish it first")
	}
	if set["-late"] != "" {
		s.needPatience("download -late")
	}
	s.takeAll(e, manner{twice: set["-twice"] != "", late: set["-late"] != ""})
}

// A manner is how a client acknowledges: each block twice, or when it has come twice.
type manner struct{ twice, late bool }

// takeAll takes the blocks of e's transfer that have not come yet, and
// acknowledges each.
func (s *scene) takeAll(e *peer, m manner) {
	t, first := getOf(s, e), getOf(s, e).last+1
	mark, acks, spent := s.log.Mark(), 1, s.spent
	if m.twice {
		acks = 2
	}
	for n := first; ; n++ {
		piece := t.piece(n)
		if !s.atOnce(e, n, piece) {
			s.block(e, n, piece)
		}
		if m.late {
			s.block(e, n, piece)
		}
		s.spent = spent // tens of thousands of blocks take their time, each of them little
		last := len(piece) < t.block
		if n > first+1 && !last { // the first rows show how it goes
			s.log.Rewind(mark)
			s.record(record.Event{Kind: record.Note, What: record.Say("DATA %d to %d have come, each of them once",
				uint16(first+1), uint16(n))})
		}
		for range acks {
			s.toTransfer(e, tftpNumbered(tftpAck, n, nil))
		}
		if last {
			return
		}
		if n == first {
			mark = s.log.Mark()
		}
	}
}

// atOnce takes the block where it is what comes next, and comes soon. A file may
// have tens of thousands of them, and to look at the program takes time.
func (s *scene) atOnce(e *peer, n int, want []byte) bool {
	if n <= unhurried || len(s.dg.relays) > 0 {
		return false
	}
	got, from, err := e.Receive(slice)
	return err == nil && s.isBlock(e, got, from, n, want)
}

// abandonedAtOnce is how many clients ask at the same time.
const abandonedAtOnce = 16

func (s *scene) abandonedTransfers(args []string) {
	set, args := flags(args, []string{"-yet"}, nil)
	exactly(2, args)
	n, name := count(args[0]), string(s.fill.text(args[1]))
	of[vocabulary](s)
	server := s.addressee(nil, s.ts.Getenv("server"))
	var want []byte
	for _, f := range shelfOf(s).files {
		if f.path == name {
			want = tftpNumbered(tftpData, 1, f.data[:min(len(f.data), tftpBlock)])
		}
	}
	p := s.main()
	s.rest(p)
	var ports []netip.AddrPort
	for begun := 0; begun < n; {
		some := min(abandonedAtOnce, n-begun)
		ports = append(ports, s.someAbandon(begun, some, name, server, want)...)
		begun += some
	}
	s.record(record.Event{Kind: record.Note,
		What: record.Say("%s clients have asked for %s, got DATA 1, and left", record.Count(n), record.Foreign(name))})
	if set["-yet"] != "" {
		return
	}
	left := len(ports)
	defer s.longer(2 * lastWait)() // all tries of the first of them
	end := s.await(p, nil, func(d time.Duration) progress {
		now, had := s.openPorts(ports), left
		left = now
		switch {
		case now == 0:
			return done
		case now < had:
			return moved
		}
		p.pause(d)
		return nothing
	})
	if end != happened {
		s.rejectAt(p, "", record.Say("it holds sockets of clients that have long been silent"),
			record.Verdict{Code: record.Leak, ByTime: end == slept, What: record.Say(
				"%v of %s transfers are still open, and their clients have never answered", record.Varies(left, "N"),
				record.Count(n))})
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("it has closed all their ports")})
}

// openPorts counts the ports to which a socket is bound; without evidence none.
func (s *scene) openPorts(ports []netip.AddrPort) (n int) {
	all, _ := probe.UDPSockets()
	open := map[netip.AddrPort]bool{}
	for _, u := range all {
		open[u.Local] = true
	}
	for _, port := range ports {
		if open[port] {
			n++
		}
	}
	return n
}

// someAbandon lets a few clients ask, from the number from on, and returns the
// ports of their transfers.
func (s *scene) someAbandon(from, n int, name string, server netip.AddrPort, want []byte) (ports []netip.AddrPort) {
	p := s.main()
	var crowd []*wire.Stranger
	defer func() {
		for _, c := range crowd {
			c.Close()
		}
	}()
	for i := range n {
		c, err := wire.OpenStranger(from + i)
		if err == nil {
			crowd = append(crowd, c)
			err = c.Send(tftpRequest(tftpRead, name, "octet"), server)
		}
		if err != nil {
			s.fail(record.Verdict{Code: record.CannotGrade,
				What: record.Say("the grader could not send as client %d: %v", from+i+1, err)})
		}
	}
	for i, c := range crowd {
		var got []byte
		var sender netip.AddrPort
		end := s.await(p, nil, func(d time.Duration) progress {
			var err error
			if got, sender, err = c.ReceiveFrom(d); err == nil {
				return done
			}
			return nothing
		})
		what := record.Say("client %d of all has not got DATA 1", from+i+1)
		s.judge(p, end, owes{code: record.Silence, what: what})
		if string(got) != string(want) {
			s.reject("", what, record.Verdict{Code: record.WrongBytes, What: what, Want: want, Got: got, Compare: true})
		}
		ports = append(ports, sender)
	}
	return ports
}
