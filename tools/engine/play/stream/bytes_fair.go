package stream

import (
	"bytes"
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/wire"
)

var fairCommands = []scene.Command{{
	Name: "fair", Args: "[-behind] BUSY QUIET|-crowd N FIRST LAST", Group: "Connections and bytes",
	Summary: "much from BUSY and a line from QUIET wait for the program together; QUIET must be answered before 288 " +
		"KiB of BUSY",
	Detail: "It is for programs that echo. The program is stopped (SIGSTOP) while the bytes are sent, BUSY's first, " +
		"and then continued. The order is that in which the kernel saw the answers arrive. BUSY sends 512 KiB; 288 " +
		"KiB are more than one read takes (Python's asyncio reads 256 KiB at most), and the rest of a long answer " +
		"may wait in the kernel for an acknowledgement. A flood makes room for the echo first. All that is done " +
		"several times. With -behind BUSY has not read for a while when the program is stopped: output for it is " +
		"pending, and comes besides. With -crowd N clients send much, each once, and leave; FIRST came before them, " +
		"LAST is dialled after them, and each of the two must be answered before 288 KiB of any of the N.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-behind"}, []string{"-crowd"})
		argument.Exactly(2, args)
		if n := set["-crowd"]; n != "" {
			fairInCrowd(s, argument.Count(n), s.Conn(args[0]), args[1])
			return
		}
		busy, quiet := s.Conn(args[0]), s.Conn(args[1])
		mustStamp(s, busy, quiet)
		if set["-behind"] != "" {
			fairBehind(s, busy, quiet)
			return
		}
		fair(s, busy, quiet)
	},
}}

const (
	burst   = 512 << 10 // what the busy client sends at once
	counted = 288 << 10 // of the echo must not be there before the quiet client's: more than one read takes
	enough  = 4         // tries in which burst and echo fitted into the kernel's buffers
	tries   = 12        // at the most; each makes the buffers grow
	warmUp  = 2 << 20
)

// mustStamp sees to it that the kernel says when bytes arrive.
func mustStamp(s *scene.Scene, all ...*wire.Conn) {
	for _, c := range all {
		if err := c.Stamp(); err != nil {
			s.Skip("the order of two answers cannot be known here: " + err.Error())
		}
	}
}

// fair checks that the program serves quiet between two reads of busy. An
// answer that comes too late always proves that it does not. One that comes
// early proves that it does only when busy had never to wait for the kernel in
// between. That burst and echo fitted at the end does not say so for every
// moment, so several tries must do.
func fair(s *scene.Scene, busy, quiet *wire.Conn) {
	mark := s.Log.Mark()
	flood(s, busy, warmUp)
	for fitted, try := 0, 0; fitted < enough && try < tries; try++ {
		s.Log.Rewind(mark)
		n, fits := together(s, busy, quiet)
		late := answers(s, busy, quiet, s.Fill.Pattern(min(n, counted)))
		if n == burst && late {
			unfair(s, busy, quiet, record.Say("%s and %s were ready at the same moment; the %s echoed %s of %s before "+
				"it looked at the %s of %s", busy.Name, quiet.Name, s.Kind(), record.Bytes(counted), busy.Name,
				record.Bytes(len(quietLine(s))), quiet.Name))
		}
		if fits {
			fitted++
		}
		Recv(s, busy, s.Fill.Pattern(n)[min(n, counted):])
	}
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%s was answered before %s of %s", quiet.Name, record.Bytes(counted), busy.Name)})
}

// answers reads the echo of the quiet client's line and of data, the busy one's, and
// reports whether the line came later.
func answers(s *scene.Scene, busy, quiet *wire.Conn, data []byte) (late bool) {
	read := s.Log.Mark()
	quietAt := answered(s, quiet, quietLine(s))
	busyAt := answered(s, busy, data)
	s.Log.Rewind(read)
	rows := []record.Event{ // as they arrived, not as they were read
		{Conn: quiet.Name, Kind: record.In, Data: quietLine(s), Size: len(quietLine(s))},
		busyRow(s, busy, data),
	}
	if late = quietAt.After(busyAt); late {
		slices.Reverse(rows)
	}
	for _, row := range rows {
		s.Record(row)
	}
	return late
}

// fairBehind is fair, where output for busy is pending when the program goes on: that
// may be written in the same turn, besides what one read brings. It is done once, for
// the kernel lets busy's receive buffer grow with all that is read from it.
func fairBehind(s *scene.Scene, busy, quiet *wire.Conn) {
	if theirs, err := s.TheirEnd(busy); err != nil || !theirs.Counted {
		s.Lacks(Uncounted)
		return
	}
	flood(s, busy, warmUp)
	had, pending := backlogged(s, busy, quiet)
	all := s.Fill.Pattern(s.Stuffed[busy.Name])
	some := all[had:min(len(all), had+pending+counted)]
	if len(some) < pending+counted { // there is so much room that nothing had to wait
		Recv(s, quiet, quietLine(s))
		Recv(s, busy, all[had:])
		return
	}
	if answers(s, busy, quiet, some) {
		unfair(s, busy, quiet, record.Say("there was room for the output that was pending for %s, and a line of %s "+
			"was there; after that output the %s echoed %s of %s before it looked at the line", busy.Name,
			quiet.Name, s.Kind(), record.Bytes(counted), busy.Name))
	}
	Recv(s, busy, all[had+len(some):])
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%s was answered before %s of %s, after what was pending", quiet.Name,
			record.Bytes(counted), busy.Name)})
}

// backlogged lets the program find, at one moment, room for all the output that is pending for
// busy, much more of busy's, and a line of quiet. It returns how many bytes of its echo busy
// has had by then, and how many the program has pending.
func backlogged(s *scene.Scene, busy, quiet *wire.Conn) (had, pending int) {
	p := s.Owner(busy)
	stuffFrom(s, busy, 0, stuffing{})
	s.Rest(p)
	Halt(s, p)
	theirs, err := s.TheirEnd(busy)
	if err != nil {
		s.Judge(p, scene.Unknown, scene.Owes{}) // it was there a moment ago
	}
	had, pending = int(theirs.HasWritten()-busy.Received()), int(theirs.Holding())
	Recv(s, busy, s.Fill.Pattern(had))
	Send(s, quiet, quietLine(s))
	s.Rest(p)
	p.GoOn()
	s.Record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	s.Rest(p)
	return had, pending
}

// busyRow is what a timeline has of data. Where output was pending it is chance where that
// begins, and how much it is.
func busyRow(s *scene.Scene, busy *wire.Conn, data []byte) record.Event {
	if s.Stuffed[busy.Name] == 0 {
		return record.Event{Conn: busy.Name, Kind: record.In, Data: data, Size: len(data)}
	}
	return record.Event{Conn: busy.Name, Kind: record.In,
		What: record.Say("what was pending for %s, and %s more", busy.Name, record.Bytes(counted))}
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

func unfair(s *scene.Scene, busy, quiet *wire.Conn, what record.Phrase) {
	s.Reject(quiet.Name, record.Say("answered only after %s of %s", record.Bytes(counted), busy.Name),
		record.Verdict{Code: record.OutOfTurn, What: what})
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
