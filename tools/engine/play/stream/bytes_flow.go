package stream

import (
	"bytes"
	"fmt"
	"slices"
	"time"

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
		"program with output that it could not write. As a rule the last write of the program was a short one. " +
		"With -segments each piece is one segment of the program's connection: the kernel takes it whole, or " +
		"finds no room at all. With -brim it ends one step earlier: the program has written all that it has read, " +
		"and there is no room for a byte more. Then as much as its socket takes waits for it at one moment " +
		"(SIGSTOP). So a read that fills its buffer is followed by a write that takes nothing. With -lines it ends " +
		"there, too, each piece ends with a newline, and nothing waits: for programs that answer whole lines.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-segments", "-brim", "-lines"}, nil)
		argument.Exactly(1, args)
		c := s.Conn(args[0])
		switch {
		case set["-brim"] != "":
			brim(s, c)
		case set["-lines"] != "":
			overfill(s, c, portions{size: wholeSegments, lines: true}, new(fill).noRoom, untilNoRoom)
		case set["-segments"] != "":
			overfill(s, c, portions{size: wholeSegments}, holdsSome, untilOutputWaits)
		default:
			overfill(s, c, portions{size: fewBytes}, holdsSome, untilOutputWaits)
		}
	},
}, {
	Name: "held", Args: "NAME SIZE", Group: "Connections and bytes",
	Summary: "the program must be at rest and hold at most SIZE bytes that it has read from NAME and not written back",
	Detail: "It is for programs that echo. The count comes from the kernel: bytes read from the program's socket, " +
		"less the bytes written to it.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(2, args)
		held(s, s.Conn(args[0]), argument.Size(args[1]))
	},
}, {
	Name: "fair", Args: "BUSY QUIET", Group: "Connections and bytes",
	Summary: "much from BUSY and a line from QUIET wait for the program together; QUIET must be answered before 288 " +
		"KiB of BUSY",
	Detail: "It is for programs that echo. The program is stopped (SIGSTOP) while the bytes are sent, BUSY's first, " +
		"and then continued. The order is that in which the kernel saw the answers arrive. BUSY sends 512 KiB; 288 " +
		"KiB are more than one read takes (Python's asyncio reads 256 KiB at most), and the rest of a long answer " +
		"may wait in the kernel for an acknowledgement. A flood makes room for the echo first. All that is done " +
		"several times.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(2, args)
		fair(s, s.Conn(args[0]), s.Conn(args[1]))
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
	return pieceOut
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
	size  func(p *scene.Instance, theirs probe.Socket) int // of the next
	lines bool                                             // each ends with a newline
}

// text is the piece behind so many bytes.
func (w portions) text(s *scene.Scene, sent, n int) []byte {
	piece := s.Fill.Pattern(sent + n)[sent:]
	if w.lines {
		piece = slices.Clone(piece)
		piece[n-1] = '\n'
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
	stuffFrom(s, c, s.Stuffed[c.Name], true)
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
		Send(s, c, what.text(s, sent, n))
		s.Hurry = false
		sent += n
		s.Rest(p)
		var err error
		theirs, err = s.TheirEnd(c)
		if err == probe.ErrNoEvidence || err == nil && !theirs.Counted {
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
	stuffFrom(s, c, sent, false)
}

// Uncounted is why a scenario is left out where the kernel does not count bytes.
const Uncounted = "this system does not count what a program has read and written: the scenario needs Linux with " +
	"sock_diag(7)"

func held(s *scene.Scene, c *wire.Conn, most int) {
	p := s.Owner(c)
	s.Rest(p)
	theirs, err := s.TheirEnd(c)
	switch {
	case err == probe.ErrNoEvidence || err == nil && !theirs.Counted:
		s.Lacks(Uncounted)
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

func unstuff(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-slowly"}, nil)
	argument.Exactly(1, args)
	c := s.Conn(args[0])
	want := s.Fill.Pattern(s.Stuffed[c.Name])
	if set["-slowly"] == "" {
		Recv(s, c, want)
		return
	}
	p := s.Owner(c)
	var got []byte
	var failed error
	end := scene.Happened
	for len(got) < len(want) && failed == nil && end == scene.Happened {
		s.Rest(p)
		var part []byte
		part, failed, end = Read(s, p, c, min(pieceIn, len(want)-len(got)))
		got = append(got, part...)
	}
	Compare(s, c, want, got, failed, end)
}

const (
	burst   = 512 << 10 // what the busy client sends at once
	counted = 288 << 10 // of the echo must not be there before the quiet client's: more than one read takes
	enough  = 4         // tries in which burst and echo fitted into the kernel's buffers
	tries   = 12        // at the most; each makes the buffers grow
	warmUp  = 2 << 20
)

// fair checks that the program serves quiet between two reads of busy. An
// answer that comes too late always proves that it does not. One that comes
// early proves that it does only when busy had never to wait for the kernel in
// between. That burst and echo fitted at the end does not say so for every
// moment, so several tries must do.
func fair(s *scene.Scene, busy, quiet *wire.Conn) {
	for _, c := range []*wire.Conn{busy, quiet} {
		if err := c.Stamp(); err != nil {
			s.Skip("the order of two answers cannot be known here: " + err.Error())
		}
	}
	mark := s.Log.Mark()
	flood(s, busy, warmUp)
	for fitted, try := 0, 0; fitted < enough && try < tries; try++ {
		s.Log.Rewind(mark)
		n, fits := together(s, busy, quiet)
		late := answers(s, busy, quiet, min(n, counted))
		if n == burst && late {
			unfair(s, busy, quiet)
		}
		if fits {
			fitted++
		}
		Recv(s, busy, s.Fill.Pattern(n)[min(n, counted):])
	}
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%s was answered before %s of %s", quiet.Name, record.Bytes(counted), busy.Name)})
}

// answers reads the echo of the quiet client's line and of the first n bytes of
// the busy one's, and reports whether the line came later.
func answers(s *scene.Scene, busy, quiet *wire.Conn, n int) (late bool) {
	read := s.Log.Mark()
	quietAt := answered(s, quiet, quietLine(s))
	busyAt := answered(s, busy, s.Fill.Pattern(n))
	s.Log.Rewind(read)
	rows := []record.Event{ // as they arrived, not as they were read
		{Conn: quiet.Name, Kind: record.In, Data: quietLine(s), Size: len(quietLine(s))},
		{Conn: busy.Name, Kind: record.In, Data: s.Fill.Pattern(n), Size: n},
	}
	if late = quietAt.After(busyAt); late {
		slices.Reverse(rows)
	}
	for _, row := range rows {
		s.Record(row)
	}
	return late
}

// quietLine is what the quiet client says.
func quietLine(s *scene.Scene) []byte { return []byte("and me, " + s.Fill.Word(5, "quiet") + "?\n") }

// together lets the program find a burst of busy and a line of quiet at one
// and the same moment. It returns the size of the burst, and whether all of it
// was there when the program went on, and all of its echo before it was read.
func together(s *scene.Scene, busy, quiet *wire.Conn) (n int, fits bool) {
	p := s.Owner(busy)
	s.Rest(p)
	Halt(s, p)
	n, _ = busy.Write(s.Fill.Pattern(burst), scene.Slice) // for what it does not take there is no room
	s.Record(record.Event{Conn: busy.Name, Kind: record.Out, Data: s.Fill.Pattern(n), Size: n})
	s.Rest(p)
	ours, err1 := s.OurEnd(busy)
	Send(s, quiet, quietLine(s))
	s.Rest(p)
	p.GoOn()
	s.Record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	s.Rest(p)
	theirs, err2 := s.TheirEnd(busy)
	return n, n == burst && err1 == nil && err2 == nil && ours.NotSent == 0 && theirs.NotSent == 0
}

// Halt stops p where it is one process.
func Halt(s *scene.Scene, p *scene.Instance) {
	if n := len(p.Look().PIDs); n > 1 {
		s.Prevents(fmt.Sprintf("the program runs as %d processes, and only one can be stopped at one moment", n))
	}
	s.Stop(p, record.Say("the server is stopped (SIGSTOP)"))
}

func unfair(s *scene.Scene, busy, quiet *wire.Conn) {
	s.Reject(quiet.Name, record.Say("answered only after %s of %s", record.Bytes(counted), busy.Name),
		record.Verdict{Code: record.OutOfTurn,
			What: record.Say("%s and %s were ready at the same moment; the %s echoed %s of %s before it looked at "+
				"the %s of %s", busy.Name, quiet.Name, s.Kind(), record.Bytes(counted), busy.Name,
				record.Bytes(len(quietLine(s))), quiet.Name)})
}

// answered reads the echo of data and returns when the last byte of it arrived.
func answered(s *scene.Scene, c *wire.Conn, data []byte) time.Time {
	p := s.Owner(c)
	var got []byte
	var last time.Time
	var failed error
	buf := make([]byte, 64<<10)
	end := s.Await(p, c, func(d time.Duration) scene.Progress {
		n, at, err := c.ReadStamped(buf[:min(len(buf), len(data)-len(got))])
		got = append(got, buf[:n]...)
		switch {
		case n > 0:
			if last = at; len(got) < len(data) {
				return scene.Moved
			}
			return scene.Done
		case err == wire.ErrLater:
			p.Pause(d / 4)
			return scene.Nothing
		}
		failed = err
		return scene.Done
	})
	Compare(s, c, data, got, failed, end)
	if !bytes.Equal(got, data) || last.IsZero() {
		s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the kernel did not say when the answer arrived")})
	}
	return last
}
