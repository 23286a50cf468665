package stream

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var sizeCommands = []scene.Command{{
	Name: "lockstep", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "send each TEXT by itself; exactly this must come back, and then the next is sent",
	Detail: "each:TEXT stands for one message for each byte of TEXT, twice:TEXT for one in which that byte " +
		"stands twice. Hundreds of messages take less than a tenth of a second.",
	Run: func(s *scene.Scene, args []string) {
		argument.AtLeast(2, args)
		var messages [][]byte
		for _, arg := range args[1:] {
			messages = append(messages, Messages(s, arg)...)
		}
		lockstep(s, s.Conn(args[0]), messages)
	},
}, {
	Name: "sized", Args: "NAME SIZE...", Group: "Connections and bytes",
	Summary: "for each SIZE a message that waits in the program's socket, all of it, before the program reads; it " +
		"must come back, and then the next is sent",
	Detail: "So one read takes as much of it as the program's buffer holds. The program is stopped (SIGSTOP) while " +
		"the bytes are sent. A SIZE may also be a range, 511-513, or odd:N, which is N sizes up to 64 KiB drawn " +
		"from the seed. A message for which the socket has no room is sent all the same, but in pieces. SIZE is at " +
		"most 256 KiB. Nothing of an answer of up to 16 KiB may be kept by the program's kernel once the program " +
		"is at rest, as with MSG_MORE or TCP_CORK.",
	Run: func(s *scene.Scene, args []string) {
		argument.AtLeast(2, args)
		var sizes []int
		for _, arg := range args[1:] {
			sizes = append(sizes, sizesOf(s, arg)...)
		}
		sized(s, s.Conn(args[0]), sizes)
	},
}}

// Messages returns those that an argument of lockstep stands for.
func Messages(s *scene.Scene, arg string) (all [][]byte) {
	form, of, _ := strings.Cut(arg, ":")
	times := map[string]int{"each": 1, "twice": 2}[form]
	if times == 0 || of == "" {
		return [][]byte{s.Fill.Text(arg)}
	}
	for _, b := range s.Fill.Text(of) {
		all = append(all, bytes.Repeat([]byte{b}, times))
	}
	return all
}

// lockstep sends messages, each when the one before has come back. Of those
// that went well the last one stays in the timeline: what is wrong with its
// answer may come only now.
func lockstep(s *scene.Scene, c *wire.Conn, messages [][]byte) {
	defer func() { s.Hurry = false }()
	mark := s.Log.Mark()
	for i, m := range messages {
		s.Log.Rewind(mark)
		if i > 0 {
			s.Record(record.Event{Kind: record.Note,
				What: record.Say("%d of %d messages have come back, one at a time", i, len(messages))})
			s.Record(record.Event{Conn: c.Name, Kind: record.Out, Data: messages[i-1], Size: len(messages[i-1])})
			s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: messages[i-1], Size: len(messages[i-1])})
		}
		s.Hurry = i > 0
		Send(s, c, m)
		Recv(s, c, m)
	}
	s.Hurry = false
	NothingMore(s, c)
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%d messages have come back, one at a time", len(messages))})
}

// NothingMore fails when more has come than was expected, once the program is at
// rest.
func NothingMore(s *scene.Scene, c *wire.Conn) {
	got := Surplus(s, c)
	if len(got) == 0 {
		return
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
	s.Reject(c.Name, record.Say("no more bytes were expected"), record.Verdict{Code: record.ExtraBytes,
		What: record.Say("%v came after all that was expected", scene.Plus(len(got))), Got: got, Compare: true})
}

// maxSized is the largest message of sized: a program may answer all of it
// before any of the answer is read.
const maxSized = 256 << 10

// sizesOf returns those that an argument of sized stands for.
func sizesOf(s *scene.Scene, arg string) (all []int) {
	if n, ok := strings.CutPrefix(arg, "odd:"); ok {
		from := s.Fill.Source(arg)
		for range argument.Count(n) {
			all = append(all, 1+from.IntN(64<<10))
		}
		return all
	}
	from, to, part := strings.Cut(arg, "-")
	if !part {
		to = from
	}
	if argument.Size(to) > maxSized || argument.Size(from) > argument.Size(to) {
		panic(argument.Usage(fmt.Sprintf("%q is not a size up to 256KiB, or a range of them", arg)))
	}
	for n := argument.Size(from); n <= argument.Size(to); n++ {
		all = append(all, n)
	}
	return all
}

// sized sends a message of each size while the program is stopped.
func sized(s *scene.Scene, c *wire.Conn, sizes []int) {
	mark, whole, at := s.Log.Mark(), 0, 0
	for i, n := range sizes {
		s.Log.Rewind(mark)
		if i > 0 {
			s.Record(record.Event{Kind: record.Note, What: record.Say("%d of %d sizes have come back", i, len(sizes))})
		}
		data := s.Fill.Pattern(at + n)[at:]
		at += n
		if InOnePiece(s, c, data) {
			whole++
		}
		unkept(s, c, n)
		Recv(s, c, data)
	}
	NothingMore(s, c)
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("messages of %d sizes have come back; %d of them had waited for the program in one piece",
			len(sizes), whole)})
}

// InOnePiece lets the program find all of data at one moment, and reports
// whether its socket had room for that.
func InOnePiece(s *scene.Scene, c *wire.Conn, data []byte) bool {
	p := s.Owner(c)
	s.Rest(p)
	StillOpen(s, c, data)
	Halt(s, p)
	left, failed, end := Give(s, c, data)
	s.Record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0})
	whole := left == 0 && allThere(s, c, len(data))
	p.GoOn()
	s.Record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	if left > 0 && failed == nil && end != scene.Ended {
		left, failed, end = Give(s, c, data[len(data)-left:])
	}
	Given(s, c, left, failed, end)
	return whole
}

// maxPrompt is the longest answer that leaves a socket at once, whatever the peer reads:
// its kernel has room for more.
const maxPrompt = 16<<10 + 1

// unkept fails when the program sleeps, and its kernel keeps some of the answer to n bytes:
// nothing is on its way to the grader, whose acknowledgement could be waited for, so only
// what is written next sends it, or a timer of the kernel's. From one look to the next the
// program has not run.
func unkept(s *scene.Scene, c *wire.Conn, n int) {
	p := s.Owner(c)
	if n > maxPrompt || c.Path != "" {
		return
	}
	var last probe.Activity
	for end := time.Now().Add(scene.FenceBound); time.Now().Before(end) && !p.Gone(); p.Pause(scene.RestPause) {
		act := p.Look()
		theirs, err := s.TheirEnd(c)
		ours, err2 := s.OurEnd(c)
		switch {
		case err != nil || err2 != nil || !theirs.Counted || int(ours.Unread) >= n || act.State == probe.Unknown:
			return
		case act.State != probe.Asleep && act.State != probe.Timed || act.Runs != last.Runs || theirs.Unread > 0:
			last = act // it has not come to its answer
		case theirs.NotSent == 0 || theirs.Room.Flying > 0:
			return // there is nothing to be said of it here
		default:
			s.RejectAt(p, c.Name, record.Say("it sleeps, and these bytes stay with it"),
				record.Verdict{Code: record.Wait, What: record.Say("the server has written %s that its kernel keeps, "+
					"as if more came right after them", record.Bytes(int(theirs.NotSent)))})
		}
	}
}

// allThere waits until n bytes of c are in the socket of a program that is
// stopped, or no more can come.
func allThere(s *scene.Scene, c *wire.Conn, n int) bool {
	there := false
	s.Await(s.Owner(c), nil, func(d time.Duration) scene.Progress {
		theirs, err := s.TheirEnd(c)
		if there = err == nil && int(theirs.Unread) == n; there || err != nil {
			return scene.Done
		}
		s.Owner(c).Pause(d / 4)
		return scene.Nothing
	})
	return there
}
