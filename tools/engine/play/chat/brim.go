package chat

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/payload"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// brimCommands let lines wait in a program for a client that does not read them.
var brimCommands = []scene.Command{{
	Name: "brim", Args: "[-length N] NAME DEAF LINES", Group: "A room",
	Summary: "NAME says lines, which DEAF does not read, until the kernel takes no more of them and LINES wait in " +
		"the program; DEAF must still be inside, and all others hear each line at once",
	Detail: "Where the lines wait the kernel says: what was told to DEAF, less the bytes that were written to its " +
		"socket. A line has 600 to 1,000 bytes, or just N.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, nil, []string{"-length"})
		argument.Exactly(3, args)
		b := newBrim(s, args[0], args[1], argument.Count(args[2]))
		if set["-length"] != "" {
			b.length = argument.Size(set["-length"])
		}
		b.fill()
	},
}, {
	Name: "overrun", Args: "[-length N] NAME DEAF LINES", Group: "A room",
	Summary: "NAME says lines, which DEAF does not read, until the program drops DEAF: when more than LINES wait for " +
		"it in the program; all others must hear each line at once, and that DEAF has left, once",
	Detail: "A program may hold besides what it has gathered for one write: as many lines once more, and 256 KiB.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, nil, []string{"-length"})
		argument.Exactly(3, args)
		b := newBrim(s, args[0], args[1], argument.Count(args[2]))
		if set["-length"] != "" {
			b.length = argument.Size(set["-length"])
		}
		b.overrun(b.lines)
	},
}, {
	Name: "turnstile", Args: "[-in] NAME DEAF LINES", Group: "A room",
	Summary: "NAME leaves and enters, again and again, which DEAF does not read, until the program drops DEAF: when " +
		"more than LINES wait for it in the program; all others must hear each of that, and that DEAF has left, once",
	Detail: "It comes after brim. A program that gathers what waits for one write may hold as much once more. With " +
		"-in NAME stays, and others come, NAME1, NAME2 and so on, and stay: so DEAF is dropped when one comes.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-in"}, nil)
		argument.Exactly(3, args)
		b := newBrim(s, args[0], args[1], argument.Count(args[2]))
		b.only = set["-in"] != ""
		b.overrun(b.turn)
	},
}}

// A brim is one speaker, one member that does not read, and what the kernel
// knows about the lines in between.
type brim struct {
	*scene.Scene
	speaker, deaf *member
	most          int   // lines that may wait
	length        int   // of a line; 0 for any
	said          int   // lines so far
	told          []int // how long each of them is for the deaf one
	before        int64 // bytes written to its socket when it began
	written       int64 // since then
	due           int64 // bytes told to it
	mark          int
	last          *member // of turnstile: the one that has come last
	unlisted      bool    // the deaf one was not on its list any more
	only          bool    // of turnstile: none leaves, others come
	came          int     // how many of them
}

const (
	brimBatch  = 64        // lines said together at the most, and one in so many of those that may wait if that is more
	brimShare  = 64        // of them: far fewer than may wait for a client that reads
	brimSlack  = 256 << 10 // bytes that a program may hold for a client besides its queue
	brimLonger = 600       // the shortest line
	brimBound  = 24 << 20  // bytes said until a program that takes all of them is given up
)

func newBrim(s *scene.Scene, speaker, deaf string, most int) *brim {
	b := &brim{Scene: s, speaker: inside(s, speaker), deaf: inside(s, deaf), most: most}
	b.deaf.deaf = true
	s.Stuffed[deaf]++ // how much it is to hear depends on the kernel
	s.Rest(s.Main())
	now, _ := b.writtenTo()
	if len(b.deaf.due) == 0 {
		b.deaf.base = now
	}
	for _, line := range linesOf(b.deaf.due) {
		b.told = append(b.told, len(line))
	}
	b.due, b.written = int64(len(b.deaf.due)), now-b.deaf.base
	b.mark = s.Log.Mark()
	return b
}

// writtenTo returns how many bytes the program has written to the deaf one's
// socket, and whether it still has that socket.
func (b *brim) writtenTo() (n int64, there bool) {
	theirs, err := b.TheirEnd(b.deaf.Conn)
	if !scene.Counts(theirs, err) {
		b.Skip("this system does not count what a program has written: the scenario needs Linux with sock_diag(7)")
	}
	return int64(theirs.Sent) - int64(theirs.Resent) + int64(theirs.NotSent),
		err == nil && theirs.Inode != 0 && theirs.State == probe.Established
}

// waits returns how many whole lines, and bytes, wait in the program.
func (b *brim) waits() (lines int, size int64) {
	size = b.due - b.written
	left := size
	for i := len(b.told) - 1; i >= 0 && left >= int64(b.told[i]); i-- {
		left -= int64(b.told[i])
		lines++
	}
	return lines, size
}

// batch lets the speaker say n lines. It returns whether the deaf one is inside
// when the program is at rest again.
func (b *brim) batch(n int) (there bool) {
	b.soFar()
	texts := b.texts(n)
	for _, text := range texts {
		b.hears(b.speaker.lineOf(text))
	}
	speak(b.Scene, b.speaker, texts...)
	b.Rest(b.Main())
	now, there := b.writtenTo()
	if there {
		b.written = now - b.deaf.base
	}
	return there
}

// texts makes up the next n lines.
func (b *brim) texts(n int) (all []string) {
	from := b.Scene.Fill.Source(fmt.Sprint("brim ", b.said))
	for range n {
		length := b.length
		if length == 0 {
			length = brimLonger + from.IntN(1001-brimLonger)
		}
		b.said++
		text := fmt.Sprint(b.said, " ")
		all = append(all, (text + payload.WordOf(length, from))[:length])
	}
	return all
}

// soFar leaves one row of all that has been said.
func (b *brim) soFar() {
	b.Log.Rewind(b.mark)
	if b.said > 0 {
		b.Record(record.Event{Kind: record.Note, What: record.Say("%s has said %v, and all but %s have heard them",
			b.speaker.Name, record.Varies(fmt.Sprint(b.said, " lines"), "hundreds of lines"), b.deaf.Name)})
	}
}

// some is how many lines are said together.
func (b *brim) some() int { return min(max(brimBatch, b.most/brimShare), max(1, b.most/4)) }

// fill says lines until as many as may wait do.
func (b *brim) fill() {
	lines, _ := b.waits()
	for lines < b.most {
		if b.due > brimBound {
			b.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the kernel takes all that is written")})
		}
		if !b.batch(min(b.most-lines, b.some())) {
			b.tooEarly(lines)
		}
		hearAll(b.Scene)
		lines, _ = b.waits()
	}
	hushed(b.Scene)
	b.Log.Rewind(b.mark)
	b.Record(record.Event{Kind: record.Note, What: record.Say("%s speaks, %s does not read: the kernel takes no more, "+
		"and %d lines wait in the program", b.speaker.Name, b.deaf.Name, b.most)})
}

// overrun repeats a step, which returns whether the deaf one is still there, until
// it is dropped.
func (b *brim) overrun(step func() bool) {
	for step() {
		for _, m := range readers(b.Scene) {
			b.hearStill(m)
		}
	}
	roomOf(b.Scene).lose(b.deaf)
	for _, m := range readers(b.Scene) {
		if m == b.last && b.unlisted {
			m.due = m.due[:len(m.due)-len(leftLine(b.deaf.name))]
			hearDue(b.Scene, m)
			continue
		}
		b.hearLoose(m, leftLine(b.deaf.name))
	}
	hushed(b.Scene)
	b.Log.Rewind(b.mark)
	b.Record(record.Event{Kind: record.Note, What: record.Say("%s speaks, and %s does not read: all others hear each "+
		"line, and that %s has left", b.speaker.Name, b.deaf.Name, b.deaf.Name)})
}

// lines lets the speaker say some lines.
func (b *brim) lines() (there bool) {
	if b.tooMany() {
		_, size := b.waits()
		b.stillIn(size)
	}
	return b.batch(b.some())
}

// turn lets the speaker leave, or enter. The kernel may have made more room since
// brim (it does when the peer answers its question about the window): then another
// one fills that first.
func (b *brim) turn() (there bool) {
	lines, size := b.waits()
	if lines > 2*b.most+turnSlack || b.due > brimBound {
		b.stillIn(size)
	}
	b.Log.Rewind(b.mark)
	floor := b.most / 2
	if b.only {
		floor = b.most // so that the next one to come is one too many, or the one behind it
	}
	if m := b.speaker; lines < floor {
		b.speaker = readers(b.Scene)[0]
		there = b.batch(min(floor-lines, b.some()))
		b.speaker = m
		return there
	} else if b.only {
		b.came++
		name := fmt.Sprint(b.speaker.Name, b.came)
		b.Crowded[name] = true
		return b.comes(name)
	} else if m.Open() {
		roomOf(b.Scene).lose(m)
		stream.CloseConn(b.Scene, m.Conn)
		b.hears(leftLine(m.name))
	} else {
		return b.comes(b.speaker.Name)
	}
	b.Rest(b.Main())
	now, there := b.writtenTo()
	if there {
		b.written = now - b.deaf.base
	}
	return there
}

// comes lets one enter. Its list need not have the deaf one, when that is dropped just
// then; if it has, the one that comes must hear that it has left.
func (b *brim) comes(name string) (there bool) {
	m := &member{Conn: b.Dial(name, wire.Default), name: strings.ToLower(name)}
	stream.Put(b.Scene, m.Conn, []byte(m.name+"\n"))
	names := roomOf(b.Scene).names()
	others := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == b.deaf.name })
	b.unlisted = stream.Which(b.Scene, m.Conn, [][]byte{[]byte(hereLine(names...)), []byte(hereLine(others...))}) == 1
	roomOf(b.Scene).told(joinedLine(m.name), nil)
	roomOf(b.Scene).members = append(roomOf(b.Scene).members, m)
	if b.last = m; !b.only {
		b.speaker = m
	}
	b.hears(joinedLine(m.name))
	b.Rest(b.Main())
	now, there := b.writtenTo()
	if there && b.unlisted {
		stream.Compare(b.Scene, m.Conn, []byte(hereLine(names...)), []byte(hereLine(others...)), nil, scene.Happened)
	}
	if there {
		b.written = now - b.deaf.base
	}
	return there
}

// turnSlack is how many lines a program may have gathered for one write.
const turnSlack = 300

// hears counts a line for the deaf one.
func (b *brim) hears(line string) {
	b.told, b.due = append(b.told, len(line)), b.due+int64(len(line))
}

// tooMany reports whether more waits in the program than may: the lines in its queue, as
// many that it has gathered for one write, and the slack.
func (b *brim) tooMany() bool {
	var most int64 = brimSlack
	for _, line := range b.told[max(0, len(b.told)-2*b.most-1):] {
		most += int64(line)
	}
	lines, size := b.waits()
	return lines > 2*b.most+1 && size > most || b.due > brimBound
}

// hearStill lets m read what is due. It must not hear that the deaf one has left,
// which is still connected.
func (b *brim) hearStill(m *member) {
	due := m.due
	if m.due = nil; len(due) == 0 {
		return
	}
	got, failed, end := stream.Read(b.Scene, b.Main(), m.Conn, len(due))
	if bytes.Contains(append([]byte("\n"), got...), []byte("\n"+leftLine(b.deaf.name))) {
		b.Record(record.Event{Conn: m.Name, Kind: record.In, Data: []byte(leftLine(b.deaf.name)),
			Size: len(leftLine(b.deaf.name))})
		b.tooLate()
	}
	stream.Compare(b.Scene, m.Conn, due, got, failed, end)
}

// tooLate judges that the others have heard that the deaf one has left, though it was
// still connected when the program had come to rest.
func (b *brim) tooLate() {
	b.Rest(b.Main())
	row, what := record.Say("still connected"), record.Say("the others have heard that %s has left, and its "+
		"connection is still open", b.deaf.Name)
	if _, there := b.writtenTo(); !there {
		row, what = record.Say("dropped after a while"), record.Say("%s was dropped when the server had slept with "+
			"nothing to do: by a timer, and not by a line too many", b.deaf.Name)
	}
	b.RejectAt(b.Main(), b.deaf.Name, row, record.Verdict{Code: record.NoEOF, What: what})
}

// hearLoose lets m read what is due, the last line of which may come earlier:
// between any two of the others.
func (b *brim) hearLoose(m *member, loose string) {
	due := m.due
	m.due = nil
	got, failed, end := stream.Read(b.Scene, b.Main(), m.Conn, len(due))
	want := due
	if at := bytes.Index(append([]byte("\n"), got...), []byte("\n"+loose)); at >= 0 {
		lines := due[:len(due)-len(loose)]
		at = min(at, len(lines))
		want = slices.Concat(lines[:at], []byte(loose), lines[at:])
	}
	stream.Compare(b.Scene, m.Conn, want, got, failed, end)
}

// tooEarly judges that the deaf one was dropped although its lines had room.
func (b *brim) tooEarly(lines int) {
	code, kind := record.EarlyEOF, record.InFIN
	if ours, err := b.OurEnd(b.deaf.Conn); err != nil || ours.State == probe.Closed {
		code, kind = record.Reset, record.InRST
	}
	evidence := b.Gather(b.deaf.Conn, b.Main())
	b.soFar() // how many lines the last batch had depends on the kernel's buffers
	b.Log.Add(record.Event{Conn: b.deaf.Name, Kind: kind})
	b.Trouble(b.deaf.Name, "dropped, and its lines had room")
	v := record.Verdict{Code: code, Evidence: evidence, What: record.Say("%s does not read, and was dropped when %v "+
		"of its lines waited in the program; %d may", b.deaf.Name, record.Varies(fmt.Sprint("about ", lines), "fewer"),
		b.most)}
	if b.Main().Gone() {
		b.Dead(b.Main(), v)
	}
	b.Fail(v)
}

// stillIn judges that the deaf one has not been dropped. Whether the program keeps
// its lines or has thrown them away is not known.
func (b *brim) stillIn(size int64) {
	b.RejectAt(b.Main(), b.deaf.Name, record.Say("does not read, and is still in the room"),
		record.Verdict{Code: record.NoEOF, What: record.Say("%s does not read, and was not dropped: %s that were said "+
			"to it are not written to its socket, and no more than %d lines may wait", b.deaf.Name,
			record.Varies(record.Bytes(int(size)), "N bytes"), b.most)})
}
