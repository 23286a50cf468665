package play

import (
	"loopback/tools/base/record"
	"slices"
	"strings"
)

var lastLineCommands = []Command{{
	Name: "last-line", Args: "[-of NAME] TEXT", Group: "The program itself",
	Summary: "the last line of standard error must be TEXT, and no other line begin with the same word",
	Detail:  "The program must have ended, as after exit.",
	run: func(s *scene, args []string) {
		set, args := flags(args, nil, []string{"-of"})
		exactly(1, args)
		s.lastLine(s.program(set["-of"]), args)
	},
}}

// lastLine makes sure that p said one of wants last, and said nothing of the kind
// before.
func (s *scene) lastLine(p *program, wants []string) {
	p.drain()
	lines := strings.Split(strings.TrimRight(string(p.proc.Stderr().Bytes()), "\n"), "\n")
	last := lines[len(lines)-1]
	word, _, _ := strings.Cut(wants[0], " ")
	if !slices.Contains(wants, last) {
		s.reject("", record.Say("its last line is another one"),
			record.Verdict{Code: record.Output, Want: []byte(wants[0]), Got: []byte(last), Compare: true,
				Evidence: s.gather(nil, p),
				What:     record.Say("the last line on standard error is not the one that was promised")})
	}
	for _, line := range lines[:len(lines)-1] {
		if line == last || strings.HasPrefix(line, word+" ") {
			s.reject("", record.Say("it says so twice"), record.Verdict{Code: record.Output, Words: p.lastWords(3),
				Evidence: s.gather(nil, p),
				What: record.Say("standard error has two lines that begin with %q; there should be one, the last",
					word)})
		}
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("it says: %s", last)})
}
