package datagram

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/server"
	"loopback/tools/engine/wire"
)

var datagramCommands = []scene.Command{{
	Name: "udp", Args: "[-port-of ADDR] NAME...", Group: "Datagrams",
	Sets:    "NAME",
	Summary: "open UDP sockets of the grader's, each with an address of its own, in the variable $NAME",
	Detail: "Such a socket hears every sender and speaks to every receiver. It may be a client's, a server's or a " +
		"stranger's. Where the server has an IPv6 address so has the socket. With -port-of it has the port of ADDR, " +
		"on another loopback address.",
	Run: (*scene.Scene).UDP,
}, {
	Name: "sendto", Args: "[-to ADDR] [-times N] NAME TEXT...", Group: "Datagrams",
	Summary: "send TEXT as one datagram from NAME, and wait until it has arrived",
	Detail: "Without -to it goes to the server, or to the client that NAME has heard last. TEXT is as for send, " +
		"several are joined; in it {word} stands for what recvfrom has learnt. With -times it is sent N times, each " +
		"when the one before has arrived. A datagram for which the kernel has " +
		"no room is the grader's failure, never the program's.",
	Run: sendto,
}, {
	Name: "recvfrom", Args: "[-new] [-from ADDR|any] NAME TEXT...", Group: "Datagrams",
	Sets:    "NAME_peer",
	Summary: "the next datagram to NAME must be TEXT, all of it and no more",
	Detail: "A reply must come from the address that NAME has asked, or from ADDR, or it may come from any. TEXT is " +
		"as for sendto. In it the first {word} stands for any bytes without spaces, and from then on for the same " +
		"ones; two different words never stand for the same bytes. The variable $NAME_peer is set to the sender's " +
		"address. With -new a datagram that has come before is ignored: a client that asks again may do so at any " +
		"time.",
	Run: recvfrom,
}, {
	Name: "recvall", Args: "NAME TEXT...", Group: "Datagrams",
	Summary: "the next datagrams to NAME must be these, each of them once, in whatever order",
	Run:     recvall,
}, {
	Name: "nothing", Args: "NAME", Group: "Datagrams",
	Summary: "no datagram may come to NAME any more: the program must be proved unable to send one, or have ended",
	Run:     nothing,
}, {
	Name: "vanish", Args: "NAME", Group: "Datagrams",
	Summary: "close the UDP socket: what is sent to it from now on draws an ICMP port unreachable",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(1, args)
		e := s.Peer(args[0])
		if err := e.Vanish(); err != nil {
			s.Fail(record.Verdict{Code: record.CannotGrade,
				What: record.Say("%s could not close its socket: %v", e.Name, err)})
		}
		s.Record(record.Event{Kind: record.Note, What: record.Say("%v has closed its socket", e.Name)})
	},
}, {
	Name: "freeze", Args: "[-soon]", Group: "Datagrams",
	Summary: "stop the program (SIGSTOP), so that all that is sent meanwhile waits in its sockets",
	Detail: "With -soon the program ends by itself before long: where it has, with status 0, the machine is too " +
		"busy, and the scenario is left out.",
	Run: (*scene.Scene).Freeze,
}, {
	Name: "thaw", Args: "[-late]", Group: "Datagrams",
	Summary: "let the program go on (SIGCONT): it finds everything at once",
	Detail:  "With -late it goes on when a wait of $patience that had begun before it was stopped is over.",
	Run:     (*scene.Scene).Thaw,
}, {
	Name: "volley", Args: "NAME N SIZE", Group: "Datagrams",
	Summary: "N datagrams of SIZE bytes, no two alike, each sent when the echo of the one before has come",
	Run:     volley,
}, {
	Name: "burst", Args: "NAME N SIZE", Group: "Datagrams",
	Summary: "N datagrams of SIZE bytes while the program is stopped, so that its socket overflows; then let it go " +
		"on, and read what comes back",
	Detail: "What does come back must be one of those that were sent, whole, and no more often than it was sent.",
	Run:    burst,
}, {
	Name: "together", Args: "N", Group: "Datagrams",
	Summary: "N clients whose datagrams all wait when the program comes to read; each must get back its own",
	Run:     scene.OnCount(allTogether),
}, {
	Name: "senders", Args: "N", Group: "Datagrams",
	Summary: "N clients, one after the other, each with a socket of its own: send a datagram, get it back, close",
	Run:     scene.OnCount(senders),
}}

func sendto(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, nil, []string{"-to", "-times"})
	argument.AtLeast(2, args)
	e, times := s.Peer(args[0]), 1
	if set["-times"] != "" {
		times = argument.Count(set["-times"])
	}
	data := s.Datagrams.Spell(s.Fill.Joined(args[1:]))
	if s.Kind() == "server" && !s.Datagrams.Frozen {
		s.Rest(s.Partner()) // a client that waits for an answer has a clock, and is not made to wait
	}
	mark := s.Log.Mark()
	for i := range times {
		if i > 0 {
			s.Log.Rewind(mark)
			s.Log.Note("%d of %d datagrams alike", i, times)
		}
		Post(s, e, data, Addressee(s, e, set["-to"]))
	}
}

// Addressee returns the destination of a datagram from e.
func Addressee(s *scene.Scene, e *scene.Peer, to string) netip.AddrPort {
	if to == "" && s.Kind() == "server" {
		to = s.TS.Getenv("server")
	}
	if to == "" {
		if !e.Heard.IsValid() {
			s.Misuse("%s does not know to whom: nothing has been sent to it", e.Name)
		}
		return e.Heard
	}
	addr, err := netip.ParseAddrPort(to)
	if err != nil {
		panic(argument.Usage(fmt.Sprintf("%q is not an address", to)))
	}
	return addr
}

// Post sends one datagram and sees to it that it arrives.
func Post(s *scene.Scene, e *scene.Peer, data []byte, to netip.AddrPort) {
	before := scene.Dropped(s, to)
	Dispatch(s, e, data, to)
	s.Settle()
	s.Replied(e)
	s.MustNotLose(to, before)
}

// Dispatch sends one datagram.
func Dispatch(s *scene.Scene, e *scene.Peer, data []byte, to netip.AddrPort) {
	if err := e.Send(data, to); err == wire.ErrTooLong {
		panic(argument.Usage(err.Error()))
	} else if err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the grader could not send a datagram: %v", err)})
	}
	e.Asked = to
	s.Known.Remember(e.Name, data)
	if Relay(s, to) == nil { // a relay tells itself what it does
		s.Record(record.Event{Conn: e.Name, Kind: record.Hop, To: s.At(to), Data: data, Size: len(data)})
	}
}

func recvfrom(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-new"}, []string{"-from"})
	argument.AtLeast(2, args)
	e, wanted := s.Peer(args[0]), s.Fill.Joined(args[1:])
	p := s.Partner()
	got, from, end := Hear(s, p, e)
	for set["-new"] != "" && end == scene.Happened && e.Had[string(got)] {
		got, from, end = Hear(s, p, e)
	}
	if e.Had == nil {
		e.Had = map[string]bool{}
	}
	e.Had[string(got)] = true
	if end != scene.Happened {
		unheard(s, p, e, end, s.Datagrams.Spell(wanted))
	}
	s.TS.Setenv(e.Name+"_peer", from.String())
	checkSender(s, e, from, set["-from"], got)
	sameDatagram(s, e, wanted, got)
}

func recvall(s *scene.Scene, args []string) {
	argument.AtLeast(2, args)
	e, p := s.Peer(args[0]), s.Partner()
	var owed [][]byte
	for _, arg := range args[1:] {
		owed = append(owed, s.Fill.Text(arg))
	}
	for len(owed) > 0 {
		got, from, end := Hear(s, p, e)
		if end != scene.Happened {
			unheard(s, p, e, end, owed[0])
		}
		checkSender(s, e, from, "", got)
		i := slices.IndexFunc(owed, func(want []byte) bool { return bytes.Equal(want, got) })
		if i < 0 {
			sameDatagram(s, e, owed[0], got)
		}
		owed = slices.Delete(owed, i, i+1)
	}
}

// Hear waits for a datagram to e.
func Hear(s *scene.Scene, p *scene.Instance, e *scene.Peer) (data []byte, from netip.AddrPort, end scene.Why) {
	return listenAt(s, p, e, false)
}

// listenAt waits for a datagram to e. With quiet none is what should come.
func listenAt(s *scene.Scene, p *scene.Instance, e *scene.Peer, quiet bool) (data []byte, from netip.AddrPort,
	end scene.Why) {
	s.Datagrams.Hearing = e
	defer func() { s.Datagrams.Hearing = nil }()
	limit := scene.SpinLimit
	if !e.Heard.IsValid() {
		limit = scene.StartLimit
	}
	w := scene.NewWatch(s, p)
	w.Limit, w.Quiet = limit, quiet
	end = w.Until(func(d time.Duration) scene.Progress {
		if len(s.Datagrams.Relays) > 0 {
			d /= 10 // they must not wait for us
		}
		var err error
		if data, from, err = e.Receive(d); err == nil {
			return scene.Done
		}
		e.Quiet = s.Datagrams.Looked
		return scene.Nothing
	})
	if end == scene.Ended { // what it sent last may have come after our last look
		s.Settle()
		var err error
		if data, from, err = e.Receive(0); err == nil {
			end = scene.Happened
		}
	}
	if end != scene.Happened {
		return nil, from, end
	}
	if !e.Heard.IsValid() {
		s.SightUDP(p)
	}
	e.Heard = from
	if Relay(s, from) == nil {
		s.Record(record.Event{Conn: s.At(from), Kind: record.Hop, To: e.Name, Data: data, Size: len(data)})
	}
	return data, from, scene.Happened
}

// unheard judges that no datagram came to e. It does not return.
func unheard(s *scene.Scene, p *scene.Instance, e *scene.Peer, end scene.Why, want []byte) {
	s.MustNotLose(e.Local, 0)
	if end == scene.Ended {
		p.Drain() // its last words may have come last
	}
	if end == scene.Ended && s.Kind() == "client" && !e.Heard.IsValid() {
		server.EndedEarly(s, p)
	}
	o := scene.Owes{Code: record.Silence, What: record.Say("no datagram came"), Want: want, Got: []byte{},
		Compare: true}
	if len(want) == 0 { // an empty one is not nothing
		o.What, o.Compare = record.Say("no datagram came; an empty one was expected"), false
	}
	if end == scene.Stuck || end == scene.Slept {
		o.Note = Whereabouts(s, e)
	}
	o.Lane = e.Name
	s.Judge(p, end, o)
}

// Whereabouts says where datagrams are that have not been read: in the
// program's socket, or with somebody who had asked for nothing.
func Whereabouts(s *scene.Scene, e *scene.Peer) record.Phrase {
	for _, other := range s.Datagrams.Peers {
		if other == e || !other.Open() {
			continue
		}
		if data, from, err := other.Receive(0); err == nil {
			s.Record(record.Event{Conn: s.At(from), Kind: record.Hop, To: other.Name, Data: data, Size: len(data)})
			return record.Say("but a datagram lies at %s: %s", other.Name, record.Quoting(data, len(data), 40))
		}
	}
	for _, u := range s.Survey(nil).UDP {
		if u.Queued > 0 {
			return record.Say("what it has not read waits in its socket")
		}
	}
	return record.Say("it has read every datagram that was sent to it")
}

// checkSender makes sure that a reply comes from where it was asked for.
func checkSender(s *scene.Scene, e *scene.Peer, from netip.AddrPort, expected string, got []byte) {
	switch {
	case expected == "any":
		return
	case expected != "":
	case s.Kind() == "server" && e.Asked.IsValid():
		expected = e.Asked.String()
	default:
		return // who asks may ask from anywhere
	}
	if from.String() == expected {
		return
	}
	s.Reject(e.Name, record.Say("this comes from %s, which was not asked", from),
		record.Verdict{Code: record.WrongSender, What: record.Say("%s was sent from %s; %s had asked %s",
			record.Quoting(got, len(got), 30), from, e.Name, record.Foreign(expected))})
}

// sameDatagram makes sure that got is the datagram that was wanted.
func sameDatagram(s *scene.Scene, e *scene.Peer, wanted, got []byte) {
	ok, twice := s.Datagrams.Learn(wanted, got)
	want := s.Datagrams.Guess(wanted, got)
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
	s.Reject(e.Name, record.Say("this is not the datagram expected"), v)
}

func nothing(s *scene.Scene, args []string) {
	argument.Exactly(1, args)
	e, p := s.Peer(args[0]), s.Partner()
	data, _, end := listenAt(s, p, e, true)
	if end == scene.Happened {
		s.Reject(e.Name, record.Say("nothing more was expected"),
			record.Verdict{Code: record.ExtraBytes,
				What: record.Say("a datagram came to %s for which nothing had asked: %s", e.Name,
					record.Quoting(data, len(data), 40))})
	}
	if end != scene.Stuck && end != scene.Slept && end != scene.Ended {
		s.Judge(p, end, scene.Owes{Code: record.Silence, What: record.Say("it never comes to rest")})
	}
}
