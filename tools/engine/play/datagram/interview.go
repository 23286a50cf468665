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
	Name: "interview", Args: "[-lose N] [-sizes SIZES] [-words N] NAME [WORD...]", Group: "Datagrams",
	Summary: "the client must ask NAME for each WORD in turn, from one socket and with an id of its own each, and " +
		"is answered",
	Detail: "A question is `ID WORD`, the answer `ID WORD` as well; with -sizes it is a datagram of that many bytes, " +
		"of 512, then 513 and so on for 512-513,1024. With -lose the first N tries of each question are not " +
		"answered. With -words N the words are those that run gives the client. What was answered is known to " +
		"output -answers.",
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
	set, args := argument.Flags(args, nil, []string{"-lose", "-sizes", "-words"})
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
		Post(s, e, fmt.Appendf(nil, "%s %s", id, answer), e.Heard)
		s.Datagrams.Answers = fmt.Appendf(s.Datagrams.Answers, "%s\n", answer)
	}
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
