package programs

import (
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
)

var lastLineCommands = []scene.Command{{
	Name: "last-line", Args: "[-of NAME] TEXT", Group: "The program itself",
	Summary: "the last line of standard error must be TEXT, and no other line begin with the same word",
	Detail:  "The program must have ended, as after exit.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, nil, []string{"-of"})
		argument.Exactly(1, args)
		LastLine(s, s.Program(set["-of"]), args)
	},
}}

// LastLine makes sure that p said one of wants last, and said nothing of the kind
// before.
func LastLine(s *scene.Scene, p *scene.Instance, wants []string) {
	p.Drain()
	lines := strings.Split(strings.TrimRight(string(p.Proc.Stderr().Bytes()), "\n"), "\n")
	last := lines[len(lines)-1]
	word, _, _ := strings.Cut(wants[0], " ")
	if !slices.Contains(wants, last) {
		s.Reject("", record.Say("its last line is another one"),
			record.Verdict{Code: record.Output, Want: []byte(wants[0]), Got: []byte(last), Compare: true,
				Evidence: s.Gather(nil, p),
				What:     record.Say("the last line on standard error is not the one that was promised")})
	}
	for _, line := range lines[:len(lines)-1] {
		if line == last || strings.HasPrefix(line, word+" ") {
			s.Reject("", record.Say("it says so twice"), record.Verdict{Code: record.Output, Words: p.LastWords(3),
				Evidence: s.Gather(nil, p),
				What: record.Say("standard error has two lines that begin with %q; there should be one, the last",
					word)})
		}
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("it says: %s", last)})
}
