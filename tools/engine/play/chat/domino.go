package chat

import (
	"bytes"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
)

// dominoCommands have one dropped member be the end of another one.
var dominoCommands = []scene.Command{{
	Name: "domino", Args: "NAME DEAF LINES", Group: "A room",
	Summary: "NAME and DEAF do not read, and LINES wait in the program for each; NAME says one line more: the " +
		"others must hear it, and from nobody who has left anything after that",
	Detail: "It comes after a brim of each for the other. A queue that has no room for the line is the end of DEAF, " +
		"and the news of that may be the end of NAME, while its line is handed out. Where the program keeps more, " +
		"both stay.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(3, args)
		most := argument.Count(args[2])
		d := domino{newBrim(s, args[0], args[1], most), newBrim(s, args[1], args[0], most)}
		d.fall()
	},
}}

// A domino is two members that do not read, each with a queue that has no room.
type domino struct {
	line *brim // what its speaker says is too much for its deaf one
	news *brim // that its speaker has left is too much for its deaf one, the other's speaker
}

// fall lets the one say a line.
func (d domino) fall() {
	s, said := d.line.Scene, d.line.speaker.lineOf(d.line.texts(1)[0])
	mark := s.Log.Mark()
	stream.Put(s, d.line.speaker.Conn, []byte(said[len(d.line.speaker.name)+len(": "):]))
	s.Rest(s.Main())
	news := []string{said}
	for _, b := range []*brim{d.line, d.news} {
		if _, there := b.writtenTo(); !there {
			news = append(news, leftLine(b.deaf.name))
			roomOf(s).forget(b.deaf)
		}
	}
	for _, m := range readers(s) {
		d.hears(m, news)
	}
	hushed(s)
	s.Log.Rewind(mark)
	what := "%s says one line more: all others hear it, and from nobody who has left anything after that"
	s.Record(record.Event{Kind: record.Note, What: record.Say(what, d.line.speaker.Name)})
}

// hears lets m read the news: in any order, but that a speaker has left comes after what it
// has said.
func (d domino) hears(m *member, news []string) {
	want := []byte(strings.Join(news, ""))
	got, failed, end := stream.Read(d.line.Scene, d.line.Main(), m.Conn, len(want))
	said, left := startOf(got, news[0]), startOf(got, leftLine(d.line.speaker.name))
	if slices.Equal(sortedLines(got), sortedLines(want)) && (left < 0 || left > said) {
		want = got
	}
	stream.Compare(d.line.Scene, m.Conn, want, got, failed, end)
}

// startOf returns where a line begins in data, or -1.
func startOf(data []byte, line string) int {
	return bytes.Index(append([]byte("\n"), data...), []byte("\n"+line))
}
