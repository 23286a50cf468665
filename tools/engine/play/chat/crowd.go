package chat

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// crowdCommands let many come at one moment, or be dropped because of one line.
var crowdCommands = []scene.Command{{
	Name: "flock", Args: "N ROUNDS", Group: "A room",
	Summary: "N clients give their names at the same moment, for which the program is stopped (SIGSTOP), and later " +
		"leave; of each other every one must either find the name on its list, or hear that it has joined",
	Detail: "Those inside must hear each of them join, once. All that is done ROUNDS times.",
	Run:    flocks,
}, {
	Name: "overruns", Args: "NAME N LINES", Group: "A room",
	Summary: "N enter and do not read; NAME says lines until the program has dropped all of them, each when more " +
		"than LINES wait for it; all others must hear each line at once, and of each of the N, once, that it has left",
	Detail: "Their socket buffers are a few kilobytes. Most of them are dropped because of one and the same line. " +
		"What a program may hold besides is as for overrun.",
	Run: overruns,
}}

func flocks(s *scene.Scene, args []string) {
	argument.Exactly(2, args)
	n := argument.Count(args[0])
	defer throng(s, n, "give their names at the same moment, and later leave")()
	for round := range argument.Count(args[1]) {
		flock(s, n, round+1)
	}
}

func flock(s *scene.Scene, n, round int) {
	var acts []*act
	for i := range n {
		conn := fmt.Sprintf("F%dx%02d", round, i+1)
		s.Crowded[conn] = true
		m := &member{Conn: s.Dial(conn, wire.Default), name: fmt.Sprintf("flock%03d", i+1)}
		acts = append(acts, &act{member: m, comes: true, events: []string{joinedLine(m.name)}})
	}
	s.Pause()
	stream.Halt(s, s.Main())
	for _, a := range acts {
		left, failed, end := stream.Give(s, a.Conn, []byte(a.name+"\n"))
		stream.Given(s, a.Conn, left, failed, end)
	}
	s.Main().GoOn()
	s.Pause()
	old := slices.Clone(roomOf(s).members)
	hears := func(o *observer, n int) {
		testify(s, o, n, func(_ []byte, wrong *misheard) {
			s.Reject(o.Name, record.Say("no order explains that"), record.Verdict{Code: record.WrongBytes,
				What: record.Say("%d clients came at the same moment, and of what %s heard: %v", len(acts), o.Name,
					record.Varies(wrong.why, "no order explains it")),
				Want: []byte(wrong.want), Got: []byte(wrong.got)}) // who that is, and what it heard, is chance
		})
	}
	for _, m := range readers(s) {
		hears(&observer{member: m, acts: acts, old: old}, volume(m, acts))
	}
	host := readers(s)[0]
	fence := fmt.Sprintf("behind flock %d", round)
	speak(s, host, fence)
	for _, a := range acts {
		hears(&observer{member: a.member, acts: acts, old: old, comes: true, fence: host.lineOf(fence)}, -1)
		roomOf(s).members = append(roomOf(s).members, a.member)
	}
	for _, a := range acts {
		roomOf(s).lose(a.member)
		a.Close()
		stream.Arrived(s, a.Conn)
	}
	s.Pause()
	hearEvent(s)
}

// narrowBuffer is the size of a send buffer that is soon full, and of the same size for
// all: how large the kernel lets one grow depends on what has been sent before.
const narrowBuffer = 16 << 10

// stuck lets n come in that read until all of them are there, and then no more. The
// kernel takes as much for the one as for the other, so that their queues fill alike.
func stuck(s *scene.Scene, speaker *member, n, most int) (crowd []*brim) {
	for i := range n {
		conn := fmt.Sprintf("D%02d", i+1)
		s.Crowded[conn] = true
		m := comeIn(s, conn, fmt.Sprintf("deaf%03d", i+1), wire.Small)
		crowd = append(crowd, &brim{Scene: s, speaker: speaker, deaf: m, most: most, mark: s.CrowdMark})
	}
	s.Pause()
	hearEvent(s)
	for _, b := range crowd {
		b.deaf.deaf = true
		s.Stuffed[b.deaf.Name]++
		b.deaf.base, _ = b.writtenTo()
		if theirs, err := s.TheirEnd(b.deaf.Conn); err == nil {
			probe.Narrow(s.Main().Look().PIDs, theirs.Inode, narrowBuffer)
		}
	}
	return crowd
}

// look asks the kernel how much of what was told to the deaf one has been written to
// its socket. It returns whether that is still there.
func (b *brim) look() (there bool) {
	now, there := b.writtenTo()
	if there {
		b.written = now - b.deaf.base
	}
	return there
}

func overruns(s *scene.Scene, args []string) {
	argument.Exactly(3, args)
	speaker, n, most := inside(s, args[0]), argument.Count(args[1]), argument.Count(args[2])
	end := throng(s, n, "enter, and do not read")
	crowd := stuck(s, speaker, n, most)
	lead := &brim{Scene: s, speaker: speaker, most: most}
	var slept time.Duration // while the lines that dropped some were on their way
	for len(crowd) > 0 {
		for _, b := range crowd {
			if b.tooMany() {
				_, size := b.waits()
				b.stillIn(size)
			}
		}
		texts, before, idled := lead.texts(lead.some()), len(crowd), s.Idled
		speak(s, speaker, texts...)
		heard := map[*member][]byte{}
		for _, m := range readers(s) {
			heard[m] = hearSaid(s, m, speaker, len(texts))
		}
		idled = s.Idled - idled
		s.Pause()
		crowd = dropped(s, crowd, texts)
		for _, m := range readers(s) {
			hearDepart(s, m, heard[m])
		}
		if len(crowd) < before {
			slept += idled
		}
		if max(idled, slept) > mostIdle {
			s.Reject("", record.Say("it slept meanwhile"), record.Verdict{Code: record.Wait, What: record.Say(
				"%v were dropped, and the others heard what was said only when the server had slept for %v in all, "+
					"with timers of its own", record.Varies(fmt.Sprint(before-len(crowd), " clients"), "many clients"),
				record.Varies(max(idled, slept).Round(time.Millisecond), "N ms"))})
		}
	}
	end()
	hushed(s)
	s.Log.Note("%d clients do not read, and are dropped: all others hear each line, and of each that it has left", n)
}

// dropped takes those of a crowd out of the room that were dropped when the speaker
// said this, and returns the others. Of each that was, the queue must have been full:
// that others have left are lines, too.
func dropped(s *scene.Scene, crowd []*brim, texts []string) (left []*brim) {
	var gone []*brim
	for _, b := range crowd {
		if b.look() {
			left = append(left, b)
		} else {
			gone = append(gone, b)
		}
	}
	for _, b := range gone {
		for _, text := range texts {
			b.hears(b.speaker.lineOf(text))
		}
		if n, _ := b.waits(); n+len(gone) <= b.most {
			b.tooEarly(n)
		}
		roomOf(s).lose(b.deaf)
	}
	for _, b := range left {
		for _, line := range linesOf(b.deaf.due[b.due:]) {
			b.hears(string(line))
		}
	}
	return left
}

// mostIdle is how long a program may sleep until timers of its own while a line is on its
// way: one that gathers lines for a moment does so once, and not for each client that is dropped.
const mostIdle = 300 * time.Millisecond

// hearSaid lets m read until n lines of the speaker have come, if that is another, and returns
// what it has read. When they do not come hearDepart says so.
func hearSaid(s *scene.Scene, m, speaker *member, n int) (got []byte) {
	if m == speaker {
		return nil
	}
	head := []byte("\n" + speaker.lineOf(""))
	head = head[:len(head)-1]
	got, _, _ = stream.ReadUntil(s, s.Main(), m.Conn, len(m.due)+brimSlack, func(got []byte) bool {
		return bytes.HasSuffix(got, []byte("\n")) && bytes.Count(append([]byte("\n"), got...), head) >= n
	})
	return got
}

// hearDepart lets m hear lines of others, in order, and between them in any order that
// some have left. It has read a part of that already.
func hearDepart(s *scene.Scene, m *member, got []byte) {
	due := m.due
	if m.due = nil; len(due) == 0 && len(got) == 0 {
		return
	}
	more, failed, end := stream.Read(s, s.Main(), m.Conn, max(0, len(due)-len(got)))
	got = append(got, more...)
	said, left := partings(due)
	heard, gone := partings(got)
	if slices.Equal(heard, said) && slices.Equal(gone, left) {
		return
	}
	if len(heard) <= len(said) && slices.Equal(heard, said[:len(heard)]) {
		due = inOrderOf(got, linesOf(due))
	}
	stream.Compare(s, m.Conn, due, got, failed, end)
}

// partings tells the lines that some have left, which it sorts, from all others.
func partings(data []byte) (said, left []string) {
	for _, line := range linesOf(data) {
		if text := string(line); strings.HasPrefix(text, "* ") && strings.HasSuffix(text, " has left\n") {
			left = append(left, text)
		} else {
			said = append(said, text)
		}
	}
	slices.Sort(left)
	return said, left
}
