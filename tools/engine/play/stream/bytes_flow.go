package stream

import (
	"fmt"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var flowCommands = []scene.Command{{
	Name: "overfill", Args: "[-segments|-brim|-lines] NAME", Group: "Connections and bytes",
	Summary: "send without reading, piece by piece, until the program has read more than it can write back, or " +
		"reads no more",
	Detail: "So it ends with as little under way as possible: what is sent next, a FIN for example, finds the " +
		"program with output that it could not write. Usually the program's last write was a short one. With " +
		"-segments each piece is one segment of the program's connection: the kernel takes it whole, or finds no " +
		"room at all. With -brim it ends one step earlier: the program has written all that it has read, and there " +
		"is no room for a byte more. Then as much as its socket takes waits for it at once (SIGSTOP). So a read that " +
		"fills its buffer is followed by a write that takes nothing. With -lines it also ends there, each piece is " +
		"one line, and nothing waits: for programs that answer whole lines. Where the program has read a line and " +
		"could not write all of it NAME reads all, and it begins again, with a last line that ends where the kernel " +
		"took no more.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-segments", "-brim", "-lines"}, nil)
		argument.Exactly(1, args)
		c := s.Conn(args[0])
		switch {
		case set["-brim"] != "":
			brim(s, c)
		case set["-lines"] != "":
			toTheLastLine(s, c)
		case set["-segments"] != "":
			overfill(s, c, portions{size: wholeSegments}, holdsSome, untilOutputWaits)
		default:
			overfill(s, c, portions{size: fewBytes}, holdsSome, untilOutputWaits)
		}
	},
}, {
	Name: "crumbs", Args: "NAME N SIZE", Group: "Connections and bytes",
	Summary: "send up to N pieces of SIZE bytes without reading, each when the program has read the one before, " +
		"until it reads no more",
	Detail: "It comes after overfill. So a program that reads on while output is pending gets each piece in a read " +
		"of its own.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(3, args)
		crumbs(s, s.Conn(args[0]), argument.Count(args[1]), argument.Size(args[2]))
	},
}, {
	Name: "held", Args: "NAME SIZE", Group: "Connections and bytes",
	Summary: "the program must be at rest and hold at most SIZE bytes that it has read from NAME and not written back",
	Detail: "It is for programs that echo. The count comes from the kernel: bytes read from the program's socket, " +
		"less the bytes written to it. Where it does not count, nothing is missed if NAME has sent no more than SIZE.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(2, args)
		held(s, s.Conn(args[0]), argument.Size(args[1]))
	},
}}

// How much is sent or read at a time where the program is let come to rest in
// between. Near the end what is sent fits into one segment, even over a small
// window, and so into one read: then the program meets a full socket with
// nothing left to read.
const (
	pieceOut = 1380
	pieceIn  = 16 << 10
	nearly   = 24 << 10 // bytes in the program's send buffer: less than any is made for
)

// fewBytes is the size of the next piece where the last write may be a short one.
func fewBytes(p *scene.Instance, theirs probe.Socket) int {
	if p.Restless || theirs.Unacked < nearly {
		return pieceIn / 2
	}
	room := int(theirs.Room.Buffer) - int(theirs.Room.Taken)
	return max(pieceOut, room/roomShare)
}

// wholeSegments is the size of the next piece where the last write must take
// nothing. The kernel asks for room when it begins a segment, and then fills it:
// so what has not been sent yet is kept a number of whole segments.
func wholeSegments(_ *scene.Instance, theirs probe.Socket) int {
	if theirs.Segment == 0 {
		return pieceOut
	}
	return int(theirs.Segment - theirs.NotSent%theirs.Segment)
}

// What overfill waits for, as a timeline says it.
const (
	untilOutputWaits = "output waits"
	untilNoRoom      = "there is no room for a byte more"
)

// portions are what is sent one behind the other.
type portions struct {
	size func(p *scene.Instance, theirs probe.Socket) int // of the next
	text func(piece []byte) []byte                        // what is sent in place of this one; nil for itself
}

// piece is the one behind so many bytes.
func (w portions) piece(s *scene.Scene, sent, n int) []byte {
	piece := s.Fill.Pattern(sent + n)[sent:]
	if w.text != nil {
		piece = w.text(piece)
	}
	return piece
}

// holdsSome reports whether the program has read what it could not write, or reads no more.
func holdsSome(theirs probe.Socket) bool { return theirs.Unread > 0 || theirs.Holding() > 0 }

// A fill is what was seen of the program's send buffer, while segments came one by one.
// The kernel joins some that have not been sent: it asks for room when it begins such a
// group, whose bookkeeping takes room, too, and then fills it, whether there is room or not.
type fill struct {
	taken      uint32 // of the buffer at the last look
	group, now int    // how many segments a group has, and how many this one has by now
}

// noRoom reports whether the kernel would take no byte more from the program.
func (f *fill) noRoom(theirs probe.Socket) bool {
	if more := theirs.Room.Taken - f.taken; more > theirs.Segment {
		f.group, f.now = f.now, 0
	}
	f.now++
	f.taken = theirs.Room.Taken
	return holdsSome(theirs) || theirs.Room.Buffer > 0 && theirs.Room.Taken >= theirs.Room.Buffer && f.now == f.group
}

// brim sends until the program has written all that it has read, and has no room for
// more. What comes then it finds at one moment.
func brim(s *scene.Scene, c *wire.Conn) {
	overfill(s, c, portions{size: wholeSegments}, new(fill).noRoom, untilNoRoom)
	p := s.Owner(c)
	Halt(s, p)
	stuffFrom(s, c, s.Stuffed[c.Name], stuffing{toTheBrim: true})
	p.GoOn()
	s.Record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
}

// overfill sends until the program has enough, and says until when. Where nothing is counted it goes on until
// nothing moves.
func overfill(s *scene.Scene, c *wire.Conn, what portions, enough func(probe.Socket) bool, until string) {
	p := s.Owner(c)
	sent := 0
	defer func() { s.Mute, s.Hurry = false, false }()
	s.Rest(p)
	for theirs := (probe.Socket{}); sent < stuffBound; {
		n := what.size(p, theirs)
		s.Mute, s.Hurry = true, true
		Send(s, c, what.piece(s, sent, n))
		s.Hurry = false
		sent += n
		s.Rest(p)
		var err error
		theirs, err = s.TheirEnd(c)
		if !scene.Counts(theirs, err) {
			overfillBlind(s, c, sent)
			return
		}
		if err != nil || enough(theirs) {
			break
		}
	}
	s.Mute = false
	s.Stuffed[c.Name] = sent
	s.Record(record.Event{Conn: c.Name, Kind: record.Out,
		What: record.Say("%v sends without reading, until %s", c.Name, until)})
}

// overfillBlind goes on where nothing is counted. It ends with more under way than is
// needed, and still output waits. With TLS part of a record would be under way, too, and
// come back as more than was sent.
func overfillBlind(s *scene.Scene, c *wire.Conn, sent int) {
	if _, secure := c.TLS(); secure {
		s.Skip(Uncounted)
	}
	s.Mute = false
	stuffFrom(s, c, sent, stuffing{})
}

// Uncounted is why a scenario is left out where the kernel does not count bytes.
const Uncounted = "this system does not count what a program has read and written: the scenario needs Linux with " +
	"sock_diag(7)"

// crumbs sends up to n pieces behind what was sent without reading before.
func crumbs(s *scene.Scene, c *wire.Conn, n, size int) {
	s.Rest(s.Owner(c))
	if !scene.Counts(s.TheirEnd(c)) {
		s.Lacks(Uncounted) // and overfill has left no room for more
		return
	}
	sent := s.Stuffed[c.Name]
	for range n {
		left, failed, end := Give(s, c, s.Fill.Pattern(sent + size)[sent:])
		sent += size - left
		s.Stuffed[c.Name] = sent
		if left > 0 {
			Given(s, c, left, failed, end)
			return
		}
		if !takesSoon(s, c) {
			break
		}
	}
	s.Rest(s.Owner(c))
	s.Record(record.Event{Conn: c.Name, Kind: record.Out,
		What: record.Say("%v sends %s at a time without reading", c.Name, record.Bytes(size))})
}

// takesSoon is takes, which first looks again and again: most programs read at once.
func takesSoon(s *scene.Scene, c *wire.Conn) bool {
	for range looksAtOnce {
		if read, err := Taken(s, c); read || err != nil {
			return read
		}
	}
	return takes(s, c)
}

// looksAtOnce is how often it is looked without a pause whether the program has read.
const looksAtOnce = 8

func held(s *scene.Scene, c *wire.Conn, most int) {
	p := s.Owner(c)
	s.Rest(p)
	theirs, err := s.TheirEnd(c)
	switch {
	case !scene.Counts(theirs, err):
		if c.Sent() > int64(most) { // with less there is nothing to see
			s.Lacks(Uncounted)
		}
		return
	case err != nil:
		return // its end has gone; the next command says how
	}
	n := theirs.Holding()
	if n <= int64(most) {
		s.Record(record.Event{Kind: record.Note,
			What: record.Say("at rest, with at most %s of %s's in its own memory", record.Bytes(most), c.Name)})
		return
	}
	s.RejectAt(p, c.Name, record.Say("read by the program, and never written back"),
		record.Verdict{Code: record.Memory,
			What: record.Say("%s never reads, and the %s goes on reading from it: of %s it keeps "+
				"%s in its own memory, and %s are allowed", c.Name, s.Kind(), c.Name,
				record.Varies(record.Bytes(int(n)), "N bytes"), record.Bytes(most))})
}

// Halt stops p where it is one process.
func Halt(s *scene.Scene, p *scene.Instance) {
	if n := len(p.Look().PIDs); n > 1 {
		s.Prevents(fmt.Sprintf("the program runs as %d processes, and only one can be stopped at a time", n))
	}
	s.Stop(p, record.Say("the server is stopped (SIGSTOP)"))
}
