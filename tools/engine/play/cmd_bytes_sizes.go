package play

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var sizeCommands = []Command{{
	Name: "lockstep", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "send each TEXT by itself; exactly this must come back, and then the next is sent",
	Detail: "each:TEXT stands for one message for each byte of TEXT, twice:TEXT for one in which that byte " +
		"stands twice. Hundreds of messages take less than a tenth of a second.",
	run: func(s *scene, args []string) {
		atLeast(2, args)
		var messages [][]byte
		for _, arg := range args[1:] {
			messages = append(messages, s.messages(arg)...)
		}
		s.lockstep(s.conn(args[0]), messages)
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
	run: func(s *scene, args []string) {
		atLeast(2, args)
		var sizes []int
		for _, arg := range args[1:] {
			sizes = append(sizes, s.sizes(arg)...)
		}
		s.sized(s.conn(args[0]), sizes)
	},
}}

// messages returns those that an argument of lockstep stands for.
func (s *scene) messages(arg string) (all [][]byte) {
	form, of, _ := strings.Cut(arg, ":")
	times := map[string]int{"each": 1, "twice": 2}[form]
	if times == 0 || of == "" {
		return [][]byte{s.fill.text(arg)}
	}
	for _, b := range s.fill.text(of) {
		all = append(all, bytes.Repeat([]byte{b}, times))
	}
	return all
}

// lockstep sends messages, each when the one before has come back. Of those
// that went well the last one stays in the timeline: what is wrong with its
// answer may come only now.
func (s *scene) lockstep(c *wire.Conn, messages [][]byte) {
	defer func() { s.hurry = false }()
	mark := s.log.Mark()
	for i, m := range messages {
		s.log.Rewind(mark)
		if i > 0 {
			s.record(record.Event{Kind: record.Note,
				What: record.Say("%d of %d messages have come back, one at a time", i, len(messages))})
			s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: messages[i-1], Size: len(messages[i-1])})
			s.record(record.Event{Conn: c.Name, Kind: record.In, Data: messages[i-1], Size: len(messages[i-1])})
		}
		s.hurry = i > 0
		s.send(c, m)
		s.recv(c, m)
	}
	s.hurry = false
	s.nothingMore(c)
	s.log.Rewind(mark)
	s.record(record.Event{Kind: record.Note,
		What: record.Say("%d messages have come back, one at a time", len(messages))})
}

// nothingMore fails when more has come than was expected, once the program is at
// rest.
func (s *scene) nothingMore(c *wire.Conn) {
	got := s.surplus(c)
	if len(got) == 0 {
		return
	}
	s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
	s.reject(c.Name, record.Say("no more bytes were expected"), record.Verdict{Code: record.ExtraBytes,
		What: record.Say("%v came after all that was expected", plus(len(got))), Got: got, Compare: true})
}

// maxSized is the largest message of sized: a program may answer all of it
// before any of the answer is read.
const maxSized = 256 << 10

// sizes returns those that an argument of sized stands for.
func (s *scene) sizes(arg string) (all []int) {
	if n, ok := strings.CutPrefix(arg, "odd:"); ok {
		from := s.fill.source(arg)
		for range count(n) {
			all = append(all, 1+from.IntN(64<<10))
		}
		return all
	}
	from, to, part := strings.Cut(arg, "-")
	if !part {
		to = from
	}
	if size(to) > maxSized || size(from) > size(to) {
		panic(usage(fmt.Sprintf("%q is not a size up to 256KiB, or a range of them", arg)))
	}
	for n := size(from); n <= size(to); n++ {
		all = append(all, n)
	}
	return all
}

// sized sends a message of each size while the program is stopped.
func (s *scene) sized(c *wire.Conn, sizes []int) {
	mark, whole, at := s.log.Mark(), 0, 0
	for i, n := range sizes {
		s.log.Rewind(mark)
		if i > 0 {
			s.record(record.Event{Kind: record.Note, What: record.Say("%d of %d sizes have come back", i, len(sizes))})
		}
		data := s.fill.pattern(at + n)[at:]
		at += n
		if s.inOnePiece(c, data) {
			whole++
		}
		s.unkept(c, n)
		s.recv(c, data)
	}
	s.nothingMore(c)
	s.log.Rewind(mark)
	s.record(record.Event{Kind: record.Note,
		What: record.Say("messages of %d sizes have come back; %d of them had waited for the program in one piece",
			len(sizes), whole)})
}

// inOnePiece lets the program find all of data at one moment, and reports
// whether its socket had room for that.
func (s *scene) inOnePiece(c *wire.Conn, data []byte) bool {
	p := s.owner(c)
	s.rest(p)
	s.stillOpen(c, data)
	s.halt(p)
	left, failed, end := s.give(c, data)
	s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0})
	whole := left == 0 && s.allThere(c, len(data))
	p.goOn()
	s.record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	if left > 0 && failed == nil && end != ended {
		left, failed, end = s.give(c, data[len(data)-left:])
	}
	s.given(c, left, failed, end)
	return whole
}

// maxPrompt is the longest answer that leaves a socket at once, whatever the peer reads:
// its kernel has room for more.
const maxPrompt = 16<<10 + 1

// unkept fails when the program sleeps, and its kernel keeps some of the answer to n bytes:
// nothing is on its way to the grader, whose acknowledgement could be waited for, so only
// what is written next sends it, or a timer of the kernel's. From one look to the next the
// program has not run.
func (s *scene) unkept(c *wire.Conn, n int) {
	p := s.owner(c)
	if n > maxPrompt || c.Path != "" {
		return
	}
	var last probe.Activity
	for end := time.Now().Add(fenceBound); time.Now().Before(end) && !p.gone(); p.pause(restPause) {
		act := probe.Look(p.proc.PID())
		theirs, err := s.theirEnd(c)
		ours, err2 := s.ourEnd(c)
		switch {
		case err != nil || err2 != nil || !theirs.Counted || int(ours.Unread) >= n || act.State == probe.Unknown:
			return
		case act.State != probe.Asleep && act.State != probe.Timed || act.Runs != last.Runs || theirs.Unread > 0:
			last = act // it has not come to its answer
		case theirs.NotSent == 0 || theirs.Room.Flying > 0:
			return // there is nothing to be said of it here
		default:
			s.rejectAt(p, c.Name, record.Say("it sleeps, and these bytes stay with it"),
				record.Verdict{Code: record.Wait, What: record.Say("the server has written %s that its kernel keeps, "+
					"as if more came right behind them", record.Bytes(int(theirs.NotSent)))})
		}
	}
}

// allThere waits until n bytes of c are in the socket of a program that is
// stopped, or no more can come.
func (s *scene) allThere(c *wire.Conn, n int) bool {
	there := false
	s.await(s.owner(c), nil, func(d time.Duration) progress {
		theirs, err := s.theirEnd(c)
		if there = err == nil && int(theirs.Unread) == n; there || err != nil {
			return done
		}
		s.owner(c).pause(d / 4)
		return nothing
	})
	return there
}
