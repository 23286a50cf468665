package datagram

import (
	"bytes"
	"fmt"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
)

var fitCommands = []scene.Command{{
	Name: "fits", Args: "NAME SIZE", Group: "Datagrams",
	Summary: "the client must ask NAME a question of just SIZE bytes, and take its answer",
	Detail: "How long its ids are is not known beforehand. It is run again and again with a short word, and then " +
		"with one that makes SIZE bytes with the longest id. Where ids differ in length the question may be " +
		"shorter, or not come: then that is tried again, and fails only after six times.",
	Run: fits,
}}

const (
	idSamples = 16 // how many ids are looked at
	fitTries  = 6  // how often a question may be refused that should fit
)

func fits(s *scene.Scene, args []string) {
	argument.Exactly(2, args)
	f := fitting{s: s, e: s.Peer(args[0]), addr: s.TS.Getenv(args[0])}
	size, mark := argument.Size(args[1]), s.Log.Mark()
	for range idSamples {
		f.run("x")
	}
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note, What: record.Say("%d clients have asked; their ids have up to %s",
		idSamples, record.Bytes(f.longest))})
	word := string(bytes.ReplaceAll(s.Fill.Pattern(size-f.longest-1), []byte("\n"), []byte(" ")))
	mark = s.Log.Mark()
	for range fitTries {
		s.Log.Rewind(mark)
		if f.run(word) {
			return
		}
	}
	s.Reject(f.e.Name, record.Say("the question has not come"), record.Verdict{Code: record.Exited,
		Words: s.Partner().LastWords(3),
		What: record.Say("with a word of %s, and its id and a space, the question has %s: a datagram carries "+
			"them here, and the client did not ask it", record.Bytes(len(word)), record.Bytes(size))})
}

// A fitting runs the client with one word after the other.
type fitting struct {
	s       *scene.Scene
	e       *scene.Peer
	addr    string
	longest int // of the ids so far
}

// run runs the client with one word and answers its question. It reports
// whether there was one: a long question may be refused, with status 1.
func (f *fitting) run(word string) bool {
	s, e := f.s, f.e
	run := len(s.Programs) + 1
	name, id := fmt.Sprintf("client %d", run), nameOf(run)
	p := s.StartWith(name, []string{"-timeout", "30s", f.addr, word}, scene.Conditions{})
	s.Record(record.Event{Kind: record.Note, What: record.Say("started, with a word of %s", record.Bytes(len(word)))})
	wanted := fmt.Appendf(nil, "%s %s", id, word)
	got, _, end := Hear(s, p, e)
	switch {
	case end == scene.Ended && len(word) > 1:
		programs.Exit(s, []string{"1", name})
		return false
	case end != scene.Happened:
		unheard(s, p, e, end, s.Datagrams.Spell(wanted))
	}
	sameDatagram(s, e, wanted, got)
	f.longest = max(f.longest, bytes.IndexByte(got, ' '))
	Post(s, e, got, e.Heard)
	programs.Exit(s, []string{"0", name})
	return true
}
