package tftp

import (
	"net/netip"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/datagram"
	"loopback/tools/engine/play/payload"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/wire"
)

var transferCommands = []scene.Command{{
	Name: "finished", Args: "[-perhaps BLOCK] NAME", Group: "Files by datagrams",
	Summary: "the transfer of NAME must be over: nothing more comes, and the server closes the transfer's port",
	Detail: "With -perhaps this BLOCK may come before, once. " +
		"That the port is closed is what the kernel's table of sockets says: from there nothing can come any " +
		"more. Where the system has no such table nothing is said.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, nil, []string{"-perhaps"})
		argument.Exactly(1, args)
		e, t := transferOf(s, args[0])
		if set["-perhaps"] != "" {
			t.perhaps = payload.TFTPNumber(set["-perhaps"])
		}
		finished(s, e)
	},
}, {
	Name: "gives-up", Args: "NAME TIMES", Group: "Files by datagrams",
	Summary: "the block that has come last must come again, TIMES times in all, and then the server closes the " +
		"transfer's port",
	Detail: "NAME says nothing meanwhile. The first wait is $patience, and each may be twice as long " +
		"as the one before.",
	Run: givesUp,
}, {
	Name: "download", Args: "[-to ADDR] [-twice|-late] NAME FILE [OPTION VALUE]...", Group: "Files by datagrams",
	Summary: "NAME asks for FILE, which publish has made, and acknowledges each block; all must come, each once",
	Detail: "With -twice each acknowledgement is sent twice, one right after the other. With NAME alone it goes on " +
		"where a transfer is. With -late it acknowledges a block when it has come again, which takes $patience.",
	Run: download,
}, {
	Name: "abandoned", Args: "[-yet] N FILE", Group: "Files by datagrams",
	Summary: "N clients ask for FILE, get its first block, and never say a word again; the server must give all of " +
		"them up",
	Detail: "They ask sixteen at a time and leave. A transfer is given up when its port is closed, as the kernel's " +
		"table of sockets says. With -yet that is not waited for.",
	Run: abandonedTransfers,
}}

// sawArrive records a datagram to e, where no relay does it.
func sawArrive(s *scene.Scene, e *scene.Peer, from netip.AddrPort, got []byte) {
	if datagram.Relay(s, from) == nil {
		s.Record(record.Event{Conn: s.At(from), Kind: record.Hop, To: e.Name, Data: got, Size: len(got)})
	}
}

// shown says what a datagram is: a packet by its name, others by their bytes.
func shown(e *scene.Peer, data []byte) any {
	if name := new(vocabulary).Read(data); name != "" {
		return record.Foreign(name)
	}
	return record.Quoting(data, len(data), 40)
}

func givesUp(s *scene.Scene, args []string) {
	argument.Exactly(2, args)
	e, t := transferOf(s, args[0])
	s.NeedPatience("gives-up")
	defer longer(s, 1<<argument.Count(args[1]))()
	want, times, spent := t.last, argument.Count(args[1]), s.Spent
	port, seen, blind := transferPort(s, e), 1, false
	p := s.Partner()
	take := func() {
		got, from, err := e.Receive(0)
		if err != nil {
			return
		}
		sawArrive(s, e, from, got)
		q, ok := payload.TFTPOf(got)
		sameBlock(s, e, got, q, ok, want, t.piece(want))
		if seen++; seen > times {
			s.Reject(e.Name, record.Say("that is once too often"), record.Verdict{Code: record.ExtraBytes,
				What: record.Say("DATA %d came %d times; it should have come %d times, and then no more", uint16(want),
					seen, times)})
		}
	}
	end := s.Await(p, nil, func(d time.Duration) scene.Progress {
		had := seen
		take()
		open, err := bound(s, port)
		if blind = err != nil; blind && seen == times || err == nil && !open {
			return scene.Done
		}
		if seen > had {
			return scene.Moved
		}
		p.Pause(d)
		return scene.Nothing
	})
	s.Settle()
	take()
	switch {
	case end == scene.Happened && seen < times:
		s.Reject(e.Name, record.Say("it has given up"), record.Verdict{Code: record.Silence,
			What: record.Say("DATA %d came %d times in all, and then the server gave up; it should have come %d times",
				uint16(want), seen, times)})
	case end == scene.Happened:
		s.Spent = spent // it slept because it should
		if !blind {
			portClosed(s, e)
		}
	case seen < times:
		s.Judge(p, end, scene.Owes{Code: record.Silence, Lane: e.Name,
			What: record.Say("DATA %d came %d times, and does not come again", uint16(want), seen)})
	default:
		stillBound(s, p, e, end)
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
func longer(s *scene.Scene, times int) func() {
	before := s.Scenario
	slow := *before
	if d := time.Duration(times)*before.Patience + scene.TimerGrace; before.Patience > 0 && d > before.Timeout {
		slow.Timeout, slow.Patient = d, true
	}
	s.Scenario = &slow
	return func() { s.Scenario = before }
}

func download(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-twice", "-late"}, []string{"-to"})
	argument.AtLeast(1, args)
	e := s.Peer(args[0])
	if len(args) > 1 {
		request := []string{args[0], args[1]}
		if set["-to"] != "" {
			request = append([]string{"-to", set["-to"]}, request...)
		}
		readRequest(s, append(request, args[2:]...))
	}
	if getOf(s, e) == nil || !getOf(s, e).known {
		s.Misuse("what the file holds is not known: publish it first")
	}
	if set["-late"] != "" {
		s.NeedPatience("download -late")
	}
	takeAll(s, e, manner{twice: set["-twice"] != "", late: set["-late"] != ""})
}

// A manner is how a client acknowledges: each block twice, or when it has come twice.
type manner struct{ twice, late bool }

// takeAll takes the blocks of e's transfer that have not come yet, and
// acknowledges each.
func takeAll(s *scene.Scene, e *scene.Peer, m manner) {
	t, first := getOf(s, e), getOf(s, e).last+1
	mark, acks, spent := s.Log.Mark(), 1, s.Spent
	if m.twice {
		acks = 2
	}
	for n := first; ; n++ {
		piece := t.piece(n)
		if !atOnce(s, e, n, piece) {
			block(s, e, n, piece)
		}
		if m.late {
			block(s, e, n, piece)
		}
		s.Spent = spent // tens of thousands of blocks take their time, each of them little
		last := len(piece) < t.block
		if n > first+1 && !last { // the first rows show how it goes
			s.Log.Rewind(mark)
			s.Record(record.Event{Kind: record.Note, What: record.Say("DATA %d to %d have come, each of them once",
				uint16(first+1), uint16(n))})
		}
		for range acks {
			toTransfer(s, e, payload.TFTPNumbered(payload.TFTPAck, n, nil))
		}
		if last {
			return
		}
		if n == first {
			mark = s.Log.Mark()
		}
	}
}

// atOnce takes the block where it is what comes next, and comes soon. A file may
// have tens of thousands of them, and to look at the program takes time.
func atOnce(s *scene.Scene, e *scene.Peer, n int, want []byte) bool {
	if n <= scene.Unhurried || len(s.Datagrams.Relays) > 0 {
		return false
	}
	got, from, err := e.Receive(scene.Slice)
	return err == nil && isBlock(s, e, got, from, n, want)
}

// abandonedAtOnce is how many clients ask at the same time.
const abandonedAtOnce = 16

func abandonedTransfers(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-yet"}, nil)
	argument.Exactly(2, args)
	n, name := argument.Count(args[0]), string(s.Fill.Text(args[1]))
	scene.Of[vocabulary](s)
	server := datagram.Addressee(s, nil, s.TS.Getenv("server"))
	var want []byte
	for _, f := range programs.Files(s) {
		if f.Path == name {
			want = payload.TFTPNumbered(payload.TFTPData, 1, f.Data[:min(len(f.Data), payload.TFTPBlock)])
		}
	}
	p := s.Main()
	s.Rest(p)
	var ports []netip.AddrPort
	for begun := 0; begun < n; {
		some := min(abandonedAtOnce, n-begun)
		ports = append(ports, someAbandon(s, begun, some, name, server, want)...)
		begun += some
	}
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%s clients have asked for %s, got DATA 1, and left", record.Count(n), record.Foreign(name))})
	if set["-yet"] != "" {
		return
	}
	left := len(ports)
	defer longer(s, 2*lastWait)() // all tries of the first of them
	end := s.Await(p, nil, func(d time.Duration) scene.Progress {
		now, had := openPorts(s, ports), left
		left = now
		switch {
		case now == 0:
			return scene.Done
		case now < had:
			return scene.Moved
		}
		p.Pause(d)
		return scene.Nothing
	})
	if end != scene.Happened {
		s.RejectAt(p, "", record.Say("it holds sockets of clients that have long been silent"),
			record.Verdict{Code: record.Leak, ByTime: end == scene.Slept, What: record.Say(
				"%v of %s transfers are still open, and their clients have never answered", record.Varies(left, "N"),
				record.Count(n))})
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("it has closed all their ports")})
}

// openPorts counts the ports to which a socket is bound; without evidence none.
func openPorts(s *scene.Scene, ports []netip.AddrPort) (n int) {
	all, _ := s.Net.UDPSockets()
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
func someAbandon(s *scene.Scene, from, n int, name string, server netip.AddrPort,
	want []byte) (ports []netip.AddrPort) {
	p := s.Main()
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
			err = c.Send(payload.TFTPRequest(payload.TFTPRead, name, "octet"), server)
		}
		if err != nil {
			s.Fail(record.Verdict{Code: record.CannotGrade,
				What: record.Say("the grader could not send as client %d: %v", from+i+1, err)})
		}
	}
	for i, c := range crowd {
		var got []byte
		var sender netip.AddrPort
		end := s.Await(p, nil, func(d time.Duration) scene.Progress {
			var err error
			if got, sender, err = c.ReceiveFrom(d); err == nil {
				return scene.Done
			}
			return scene.Nothing
		})
		what := record.Say("client %v of all has not got DATA 1", record.Varies(from+i+1, "N"))
		s.Judge(p, end, scene.Owes{Code: record.Silence, What: what})
		if string(got) != string(want) {
			s.Reject("", what, record.Verdict{Code: record.WrongBytes, What: what, Want: want, Got: got, Compare: true})
		}
		ports = append(ports, sender)
	}
	return ports
}
