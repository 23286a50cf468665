package chat

import (
	"fmt"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
)

var patchyCommands = []scene.Command{{
	Name: "patchy", Args: "NAME DEAF LINES", Group: "A room",
	Summary: "NAME says LINES more lines than wait for DEAF, and then DEAF reads: all of it, in order, but for those " +
		"that had no room, and \"* missed N lines\" in their place",
	Detail: "It comes after brim. All others hear each line at once. In the end NAME says one line more, which DEAF " +
		"must hear. LINES must be so many that a program has no room for all of them.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(3, args)
		b := newBrim(s, args[0], args[1], argument.Count(args[2]))
		b.patchy(b.most)
	},
}}

// patchy says lines that the deaf one is to miss, and lets it read what is left.
func (b *brim) patchy(n int) {
	for said := 0; said < n; said += brimBatch / 4 {
		if !b.batch(brimBatch / 4) {
			b.tooEarly(said)
		}
		hearAll(b.Scene)
	}
	m := b.deaf
	got := stream.Available(b.Scene, b.Main(), m.Conn)
	for more := got; len(more) > 0; got = append(got, more...) {
		more = stream.Available(b.Scene, b.Main(), m.Conn)
	}
	last := "and this is the last"
	speak(b.Scene, b.speaker, last)
	hearAll(b.Scene)
	rest, failed, end := readUntil(b.Scene, m.Conn, b.speaker.lineOf(last))
	got = append(got, rest...)
	missed, wrong := patches(string(m.due), string(got))
	if wrong != nil {
		wrongly(b.Scene, m.Conn, got, wrong)
	}
	if failed != nil {
		b.Hangup(m.Conn, failed, scene.Owes{What: record.Say("%s reads late", m.Name)})
	}
	b.Judge(b.Main(), end, scene.Owes{Code: record.Silence, Conn: m.Conn, What: record.Say("nothing more came")})
	if missed == 0 {
		b.Reject(m.Name, record.Say("it has heard every line"), record.Verdict{Code: record.Memory,
			What: record.Say("%s has heard every line: all of them waited in the program", m.Name)})
	}
	m.due, m.deaf = nil, false
	hushed(b.Scene)
	b.Log.Rewind(b.mark)
	b.Record(record.Event{Kind: record.Note, What: record.Say("%s reads late, and hears how many lines it has missed, "+
		"and where", m.Name)})
}

// patches compares what one has heard with what is due: a line that says how many
// were missed takes the place of so many. It returns how many there were.
func patches(due, got string) (missed int, wrong *misheard) {
	want := strings.SplitAfter(strings.TrimSuffix(due, "\n"), "\n")
	want[len(want)-1] += "\n"
	at := 0
	for line := range strings.SplitAfterSeq(got, "\n") {
		n := 0
		switch _, err := fmt.Sscanf(line, "* missed %d lines\n", &n); {
		case line == "":
		case at < len(want) && line == want[at]:
			at++
		case err == nil && n > 0 && at+n < len(want):
			at, missed = at+n, missed+n
		case err == nil:
			return 0, &misheard{"more lines are said to be missed than there were", "", line}
		case at < len(want):
			return 0, &misheard{"a line came that is not the next one, and not said to be missed", want[at], line}
		default:
			return 0, &misheard{"more came than is due", "", line}
		}
	}
	if at < len(want) {
		return missed, &misheard{"not all lines came, or were said to be missed", want[at], ""}
	}
	return missed, nil
}
