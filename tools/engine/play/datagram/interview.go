package datagram

import (
	"cmp"
	"fmt"
	"net/netip"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/payload"
	"loopback/tools/engine/play/resp"
	"loopback/tools/engine/play/scene"
)

var interviewCommands = []scene.Command{{
	Name: "interview", Args: "[-lose N] [-behind N] [-sizes SIZES] [-words N] NAME [WORD...]", Group: "Datagrams",
	Summary: "the client must ask NAME for each WORD in turn, from one socket and with an id of its own each, and " +
		"is answered",
	Detail: "A question is `ID WORD`, the answer `ID WORD` as well; with -sizes it is a datagram of that many bytes, " +
		"of 512, then 513 and so on for 512-513,1024. With -lose the first N tries of each question are not " +
		"answered. With -behind N each answer waits in the client's socket behind datagrams with other ids, the last " +
		"one behind N and the others behind fewer, while the client is stopped (SIGSTOP). With -words N the words " +
		"are those that run gives the client. What was answered is known to output -answers.",
	Run: interview,
}}

// nameOf returns what stands for the id of a question.
func nameOf(i int) string {
	name := ""
	for i++; i > 0; i /= 26 {
		name += string(rune('a' + i%26))
	}
	return "{id" + name + "}"
}

func interview(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, nil, []string{"-lose", "-behind", "-sizes", "-words"})
	argument.AtLeast(1, args)
	e, words := s.Peer(args[0]), args[1:]
	number := func(flag string) int { return argument.Count(cmp.Or(set[flag], "0")) }
	words = append(words, payload.NumberedWords(number("-words"))...)
	var sizes []string
	if set["-sizes"] != "" {
		sizes = resp.Sweep(set["-sizes"])
	}
	mark := s.Log.Mark()
	for i, word := range words {
		s.Log.Rewind(mark)
		if i > 0 {
			s.Record(record.Event{Kind: record.Note,
				What: record.Say("%d of %d questions have been answered", i, len(words))})
		}
		id := asked(s, e, nameOf(i), s.Fill.Text(word), number("-lose"))
		answer := s.Fill.Text(word)
		if len(sizes) > 0 {
			answer = s.Fill.Pattern(max(0, argument.Size(sizes[i%len(sizes)])-len(id)-1))
		}
		whole := fmt.Appendf(nil, "%s %s", id, answer)
		if n := number("-behind"); n > 0 {
			behind(s, e, id, max(1, n*(i+1)/len(words)), whole)
		} else {
			Post(s, e, whole, e.Heard)
		}
		s.Datagrams.Answers = fmt.Appendf(s.Datagrams.Answers, "%s\n", answer)
	}
}

// behind stops the client, sends it n datagrams whose ids only begin as this
// one does, and then its answer, and lets it go on when all wait in its socket.
func behind(s *scene.Scene, e *scene.Peer, id string, n int, answer []byte) {
	s.Freeze(nil)
	before := scene.Dropped(s, e.Heard)
	s.Mute = true
	for i := range n {
		Dispatch(s, e, fmt.Appendf(nil, "%s-%d no answer", id, i), e.Heard)
	}
	s.Mute = false
	s.Record(record.Event{Kind: record.Note, What: record.Say("%d datagrams with another id wait in its socket", n)})
	Post(s, e, answer, e.Heard)
	s.MustNotLose(e.Heard, before)
	s.Thaw(nil)
}

// asked takes a question, as often as it is lost and once more, and returns its
// id.
func asked(s *scene.Scene, e *scene.Peer, name string, word []byte, lost int) string {
	wanted := fmt.Appendf(nil, "%s %s", name, word)
	for range lost + 1 {
		before := e.Heard
		got, from, end := Hear(s, s.Partner(), e)
		if end != scene.Happened {
			unheard(s, s.Partner(), e, end, s.Datagrams.Spell(wanted))
		}
		sameDatagram(s, e, wanted, got)
		sameSocket(s, e, before, from, got)
	}
	return string(s.Datagrams.Spell([]byte(name)))
}

// sameSocket fails when a question comes from another socket than the last one.
func sameSocket(s *scene.Scene, e *scene.Peer, before, from netip.AddrPort, got []byte) {
	if !before.IsValid() || before == from {
		return
	}
	s.Trouble(e.Name, "this comes from %s, the question before came from %s", from, before)
	s.Fail(record.Verdict{Code: record.WrongSender,
		What: record.Say("%s was sent from %s, and the question before from %s: the client asks from one socket",
			record.Quoting(got, len(got), 30), from, before)})
}
