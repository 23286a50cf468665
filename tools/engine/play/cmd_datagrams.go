package play

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

var datagramCommands = []Command{{
	Name: "udp", Args: "[-port-of ADDR] NAME...", Group: "Datagrams",
	Summary: "open UDP sockets of the grader's, each with an address of its own, in the variable $NAME",
	Detail: "Such a socket hears everybody and speaks to everybody. It may be a client's, a server's or a " +
		"stranger's. Where the server has an IPv6 address so has the socket. With -port-of it has the port of ADDR, " +
		"on another loopback address.",
	run: (*scene).udp,
}, {
	Name: "sendto", Args: "[-to ADDR] [-times N] NAME TEXT...", Group: "Datagrams",
	Summary: "send TEXT as one datagram from NAME, and wait until it has arrived",
	Detail: "Without -to it goes to the server, or to the client that NAME has heard last. TEXT is as for send, " +
		"several are joined; in it {word} stands for what recvfrom has learnt. With -times it is sent N times, each " +
		"when the one before has arrived. A datagram for which the kernel has " +
		"no room is the grader's failure, never the program's.",
	run: (*scene).sendto,
}, {
	Name: "recvfrom", Args: "[-new] [-from ADDR|any] NAME TEXT...", Group: "Datagrams",
	Summary: "the next datagram to NAME must be TEXT, all of it and no more",
	Detail: "A reply must come from the address that NAME has asked, or from ADDR, or it may come from any. TEXT is " +
		"as for sendto. In it the first {word} stands for any bytes without blanks, and from then on for the same " +
		"ones; two different words never stand for the same bytes. The variable $NAME_peer is set to the sender's " +
		"address. With -new a datagram that has come before is passed over: who asks again may do so at any time.",
	run: (*scene).recvfrom,
}, {
	Name: "recvall", Args: "NAME TEXT...", Group: "Datagrams",
	Summary: "the next datagrams to NAME must be these, each of them once, in whatever order",
	run:     (*scene).recvall,
}, {
	Name: "nothing", Args: "NAME", Group: "Datagrams",
	Summary: "no datagram may come to NAME any more: the program must be proved unable to send one, or have ended",
	run:     (*scene).nothing,
}, {
	Name: "vanish", Args: "NAME", Group: "Datagrams",
	Summary: "close the UDP socket: what is sent to it from now on draws an ICMP port unreachable",
	run: func(s *scene, args []string) {
		exactly(1, args)
		e := s.peer(args[0])
		if err := e.Vanish(); err != nil {
			s.fail(record.Verdict{Code: record.CannotGrade,
				What: record.Say("%s could not close its socket: %v", e.Name, err)})
		}
		s.record(record.Event{Kind: record.Note, What: record.Say("%v has closed its socket", e.Name)})
	},
}, {
	Name: "freeze", Args: "[-soon]", Group: "Datagrams",
	Summary: "stop the program (SIGSTOP), so that all that is sent meanwhile waits in its sockets",
	Detail: "With -soon the program ends by itself before long: where it has, with status 0, the machine is too " +
		"busy, and the scenario is left out.",
	run: (*scene).freeze,
}, {
	Name: "thaw", Args: "", Group: "Datagrams",
	Summary: "let the program go on (SIGCONT): it finds everything at once",
	run:     (*scene).thaw,
}, {
	Name: "volley", Args: "NAME N SIZE", Group: "Datagrams",
	Summary: "N datagrams of SIZE bytes, no two alike, each sent when the echo of the one before has come",
	run:     (*scene).volley,
}, {
	Name: "burst", Args: "NAME N SIZE", Group: "Datagrams",
	Summary: "N datagrams of SIZE bytes while the program is stopped, so that its socket overflows; then let it go " +
		"on, and read what comes back",
	Detail: "What does come back must be one of those that were sent, whole, and no more often than it was sent.",
	run:    (*scene).burst,
}, {
	Name: "together", Args: "N", Group: "Datagrams",
	Summary: "N clients whose datagrams all wait when the program comes to read; each must get back its own",
	run:     onCount((*scene).allTogether),
}, {
	Name: "senders", Args: "N", Group: "Datagrams",
	Summary: "N clients, one after the other, each with a socket of its own: send a datagram, get it back, close",
	run:     onCount((*scene).senders),
}}

func (s *scene) sendto(args []string) {
	set, args := flags(args, nil, []string{"-to", "-times"})
	atLeast(2, args)
	e, times := s.peer(args[0]), 1
	if set["-times"] != "" {
		times = count(set["-times"])
	}
	data := s.dg.spell(s.fill.joined(args[1:]))
	if s.kind() == "server" && !s.dg.frozen {
		s.rest(s.partner()) // a client that waits for an answer has a clock, and is not made to wait
	}
	mark := s.log.Mark()
	for i := range times {
		if i > 0 {
			s.log.Rewind(mark)
			s.log.Note("%d of %d datagrams alike", i, times)
		}
		s.post(e, data, s.addressee(e, set["-to"]))
	}
}

// addressee returns the destination of a datagram from e.
func (s *scene) addressee(e *peer, to string) netip.AddrPort {
	if to == "" && s.kind() == "server" {
		to = s.ts.Getenv("server")
	}
	if to == "" {
		if !e.heard.IsValid() {
			s.misuse("%s does not know to whom: nobody has sent it anything", e.Name)
		}
		return e.heard
	}
	addr, err := netip.ParseAddrPort(to)
	if err != nil {
		panic(usage(fmt.Sprintf("%q is not an address", to)))
	}
	return addr
}

// post sends one datagram and sees to it that it arrives.
func (s *scene) post(e *peer, data []byte, to netip.AddrPort) {
	before := dropped(to)
	s.dispatch(e, data, to)
	s.settle()
	s.replied(e)
	s.mustNotLose(to, before)
}

// dispatch sends one datagram.
func (s *scene) dispatch(e *peer, data []byte, to netip.AddrPort) {
	if err := e.Send(data, to); err == wire.ErrTooLong {
		panic(usage(err.Error()))
	} else if err != nil {
		s.fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the grader could not send a datagram: %v", err)})
	}
	e.asked = to
	s.known.remember(e.Name, data)
	if s.relay(to) == nil { // a relay tells itself what it does
		s.record(record.Event{Conn: e.Name, Kind: record.Hop, To: s.at(to), Data: data, Size: len(data)})
	}
}

func (s *scene) recvfrom(args []string) {
	set, args := flags(args, []string{"-new"}, []string{"-from"})
	atLeast(2, args)
	e, wanted := s.peer(args[0]), s.fill.joined(args[1:])
	p := s.partner()
	got, from, end := s.hear(p, e)
	for set["-new"] != "" && end == happened && e.had[string(got)] {
		got, from, end = s.hear(p, e)
	}
	if e.had == nil {
		e.had = map[string]bool{}
	}
	e.had[string(got)] = true
	if end != happened {
		s.unheard(p, e, end, s.dg.spell(wanted))
	}
	s.ts.Setenv(e.Name+"_peer", from.String())
	s.checkSender(e, from, set["-from"], got)
	s.sameDatagram(e, wanted, got)
}

func (s *scene) recvall(args []string) {
	atLeast(2, args)
	e, p := s.peer(args[0]), s.partner()
	var owed [][]byte
	for _, arg := range args[1:] {
		owed = append(owed, s.fill.text(arg))
	}
	for len(owed) > 0 {
		got, from, end := s.hear(p, e)
		if end != happened {
			s.unheard(p, e, end, owed[0])
		}
		s.checkSender(e, from, "", got)
		i := slices.IndexFunc(owed, func(want []byte) bool { return bytes.Equal(want, got) })
		if i < 0 {
			s.sameDatagram(e, owed[0], got)
		}
		owed = slices.Delete(owed, i, i+1)
	}
}

// hear waits for a datagram to e.
func (s *scene) hear(p *program, e *peer) (data []byte, from netip.AddrPort, end why) {
	return s.listenAt(p, e, false)
}

// listenAt waits for a datagram to e. With quiet none is what should come.
func (s *scene) listenAt(p *program, e *peer, quiet bool) (data []byte, from netip.AddrPort, end why) {
	s.dg.hearing = e
	defer func() { s.dg.hearing = nil }()
	limit := spinLimit
	if !e.heard.IsValid() {
		limit = startLimit
	}
	w := newWatch(s, p)
	w.limit, w.quiet = limit, quiet
	end = w.until(func(d time.Duration) progress {
		if len(s.dg.relays) > 0 {
			d /= 10 // they must not wait for us
		}
		var err error
		if data, from, err = e.Receive(d); err == nil {
			return done
		}
		e.quiet = s.dg.looked
		return nothing
	})
	if end == ended { // what it sent last may have come after our last look
		s.settle()
		var err error
		if data, from, err = e.Receive(0); err == nil {
			end = happened
		}
	}
	if end != happened {
		return nil, from, end
	}
	if !e.heard.IsValid() {
		s.sightUDP(p)
	}
	e.heard = from
	if s.relay(from) == nil {
		s.record(record.Event{Conn: s.at(from), Kind: record.Hop, To: e.Name, Data: data, Size: len(data)})
	}
	return data, from, happened
}

// unheard judges that no datagram came to e. It does not return.
func (s *scene) unheard(p *program, e *peer, end why, want []byte) {
	s.mustNotLose(e.Local, 0)
	if end == ended {
		p.drain() // its last words may have come last
	}
	if end == ended && s.kind() == "client" && !e.heard.IsValid() {
		s.endedEarly(p)
	}
	o := owes{code: record.Silence, what: record.Say("no datagram came"), want: want, got: []byte{}, compare: true}
	if len(want) == 0 { // an empty one is not nothing
		o.what, o.compare = record.Say("no datagram came; an empty one was expected"), false
	}
	if end == stuck || end == slept {
		o.note = s.whereabouts(e)
	}
	o.lane = e.Name
	s.judge(p, end, o)
}

// whereabouts says where datagrams are that have not been read: in the
// program's socket, or with somebody who had asked for nothing.
func (s *scene) whereabouts(e *peer) record.Phrase {
	for _, other := range s.dg.peers {
		if other == e || !other.Open() {
			continue
		}
		if data, from, err := other.Receive(0); err == nil {
			s.record(record.Event{Conn: s.at(from), Kind: record.Hop, To: other.Name, Data: data, Size: len(data)})
			return record.Say("but a datagram lies at %s: %s", other.Name, record.Quoting(data, len(data), 40))
		}
	}
	for _, u := range s.survey(nil).udp {
		if u.Queued > 0 {
			return record.Say("what it has not read waits in its socket")
		}
	}
	return record.Say("it has read every datagram that was sent to it")
}

// checkSender makes sure that a reply comes from where it was asked for.
func (s *scene) checkSender(e *peer, from netip.AddrPort, expected string, got []byte) {
	switch {
	case expected == "any":
		return
	case expected != "":
	case s.kind() == "server" && e.asked.IsValid():
		expected = e.asked.String()
	default:
		return // who asks may ask from anywhere
	}
	if from.String() == expected {
		return
	}
	s.reject(e.Name, record.Say("this comes from %s, which was not asked", from),
		record.Verdict{Code: record.WrongSender, What: record.Say("%s was sent from %s; %s had asked %s",
			record.Quoting(got, len(got), 30), from, e.Name, record.Foreign(expected))})
}

// sameDatagram makes sure that got is the datagram that was wanted.
func (s *scene) sameDatagram(e *peer, wanted, got []byte) {
	ok, twice := s.dg.learn(wanted, got)
	want := s.dg.guess(wanted, got)
	v := record.Verdict{Code: record.WrongBytes, What: record.Say("the datagram that came is not the one expected"),
		Want: want, Got: got, Compare: true}
	switch {
	case ok:
		return
	case twice != "":
		v.Compare, v.What = false,
			record.Say("%s carries %s again, which stood in an earlier datagram for something else",
				record.Quoting(got, len(got), 30), record.Foreign(twice))
	case len(got) < len(want) && bytes.HasPrefix(want, got):
		v.Code, v.What = record.Truncated, record.Say("a datagram of %s came; the one expected has %s",
			record.Bytes(len(got)), record.Bytes(len(want)))
	case len(got) > len(want) && bytes.HasPrefix(got, want):
		v.Code, v.What = record.ExtraBytes, record.Say("a datagram of %s came; the one expected has %s",
			record.Bytes(len(got)), record.Bytes(len(want)))
	}
	s.reject(e.Name, record.Say("this is not the datagram expected"), v)
}

func (s *scene) nothing(args []string) {
	exactly(1, args)
	e, p := s.peer(args[0]), s.partner()
	data, _, end := s.listenAt(p, e, true)
	if end == happened {
		s.reject(e.Name, record.Say("nothing more was expected"),
			record.Verdict{Code: record.ExtraBytes,
				What: record.Say("a datagram came to %s for which nothing had asked: %s", e.Name,
					record.Quoting(data, len(data), 40))})
	}
	if end != stuck && end != slept && end != ended {
		s.judge(p, end, owes{code: record.Silence, what: record.Say("it never comes to rest")})
	}
}
