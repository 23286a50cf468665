package play

import (
	"strings"

	"loopback/tools/record"
)

var signalCommands = []Command{{
	Name: "signal", Args: "SIGNAL [NAME]", Group: "The program itself",
	Summary: "send the program a signal, such as INT or TERM, once it is at rest",
	Detail:  "NAME is the program that was started last when not given.",
	run:     (*scene).signal,
}}

func (s *scene) signal(args []string) {
	atLeast(1, args)
	p := s.last()
	if len(args) > 1 {
		p = s.program(args[1])
	}
	name := "SIG" + strings.TrimPrefix(args[0], "SIG")
	s.rest(p)
	if p.gone() {
		s.dead(p, record.Verdict{What: record.Say("the %s ended before it was sent %s", s.kind(), name)})
	}
	p.signal = name
	s.record(record.Event{Kind: record.Note, What: record.Say("the grader sends %v", name)})
	if err := p.proc.Signal(name); err != nil {
		s.misuse("signal %s: %v", name, err)
	}
}
