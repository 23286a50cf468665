package play

import (
	"cmp"
	"fmt"
	"net/netip"

	"loopback/tools/base/record"
)

var interviewCommands = []Command{{
	Name: "interview", Args: "[-lose N] [-sizes SIZES] [-words N] NAME [WORD...]", Group: "Datagrams",
	Summary: "the client must ask NAME for each WORD in turn, from one socket and with an id of its own each, and " +
		"is answered",
	Detail: "A question is `ID WORD`, the answer `ID WORD` as well; with -sizes it is a datagram of that many bytes, " +
		"of 512, then 513 and so on for 512-513,1024. With -lose the first N tries of each question are not " +
		"answered. With -words N the words are those that run gives the client. What was answered is known to " +
		"output -answers.",
	run: (*scene).interview,
}}

// nameOf returns what stands for the id of a question.
func nameOf(i int) string {
	name := ""
	for i++; i > 0; i /= 26 {
		name += string(rune('a' + i%26))
	}
	return "{id" + name + "}"
}

func (s *scene) interview(args []string) {
	set, args := flags(args, nil, []string{"-lose", "-sizes", "-words"})
	atLeast(1, args)
	e, words := s.peer(args[0]), args[1:]
	number := func(flag string) int { return count(cmp.Or(set[flag], "0")) }
	words = append(words, numberedWords(number("-words"))...)
	var sizes []string
	if set["-sizes"] != "" {
		sizes = sweep(set["-sizes"])
	}
	mark := s.log.Mark()
	for i, word := range words {
		s.log.Rewind(mark)
		if i > 0 {
			s.record(record.Event{Kind: record.Note,
				What: record.Say("%d of %d questions have been answered", i, len(words))})
		}
		id := s.asked(e, nameOf(i), s.fill.text(word), number("-lose"))
		answer := s.fill.text(word)
		if len(sizes) > 0 {
			answer = s.fill.pattern(max(0, size(sizes[i%len(sizes)])-len(id)-1))
		}
		s.post(e, fmt.Appendf(nil, "%s %s", id, answer), e.heard)
		s.dg.answers = fmt.Appendf(s.dg.answers, "%s\n", answer)
	}
}

// asked takes a question, as often as it is lost and once more, and returns its
// id.
func (s *scene) asked(e *peer, name string, word []byte, lost int) string {
	wanted := fmt.Appendf(nil, "%s %s", name, word)
	for range lost + 1 {
		before := e.heard
		got, from, end := s.hear(s.partner(), e)
		if end != happened {
			s.unheard(s.partner(), e, end, s.dg.spell(wanted))
		}
		s.sameDatagram(e, wanted, got)
		s.sameSocket(e, before, from, got)
	}
	return string(s.dg.spell([]byte(name)))
}

// sameSocket fails when a question comes from another socket than the last one.
func (s *scene) sameSocket(e *peer, before, from netip.AddrPort, got []byte) {
	if !before.IsValid() || before == from {
		return
	}
	s.trouble(e.Name, "this comes from %s, the question before came from %s", from, before)
	s.fail(record.Verdict{Code: record.WrongSender,
		What: record.Say("%s was sent from %s, and the question before from %s: the client asks from one socket",
			record.Quoting(got, len(got), 30), from, before)})
}
