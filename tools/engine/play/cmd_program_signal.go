package play

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
)

var signalCommands = []Command{{
	Name: "signal", Args: "SIGNAL [NAME]", Group: "The program itself",
	Summary: "send the program a signal, such as INT or TERM, once it is at rest",
	Detail:  "NAME is the program that was started last when not given.",
	run:     (*scene).signal,
}, {
	Name: "printing", Args: "[NAME]", Group: "The program itself",
	Summary: "wait until a program that was started with -jammed stands in a write to its standard output",
	Detail:  "NAME is the program that was started last when not given.",
	run:     (*scene).printing,
}, {
	Name: "unjam", Args: "[NAME]", Group: "The program itself",
	Summary: "let the standard output of a program that was started with -jammed flow, once the program is at rest",
	Detail:  "NAME is the program that was started last when not given.",
	run:     (*scene).unjam,
}}

// lastOr returns the program called by the argument, or the last one.
func (s *scene) lastOr(args []string) *program {
	if len(args) == 0 {
		return s.last()
	}
	exactly(1, args)
	return s.program(args[0])
}

// printing waits for the write that cannot go on. Where the kernel does not tell
// in which call a program sleeps there is no evidence, and nothing is judged.
func (s *scene) printing(args []string) {
	p := s.lastOr(args)
	end := s.awaitLimit(p, nil, startLimit, func(d time.Duration) progress {
		size, err := probe.Printing(probe.Look(p.proc.PID()).PIDs)
		if err != nil {
			s.skip("this system does not tell that a program waits for the reader of its standard output")
		}
		if size > 0 {
			return done
		}
		p.pause(d)
		return nothing
	})
	if end != happened {
		s.judge(p, end, owes{code: record.NoExit, what: record.Say("it has printed nothing")})
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("it prints, and its standard output is full")})
}

func (s *scene) unjam(args []string) {
	p := s.lastOr(args)
	s.rest(p) // a signal that came before has done what it does
	p.proc.Unjam()
	s.record(record.Event{Kind: record.Note, What: record.Say("standard output is read from now on")})
}

func (s *scene) signal(args []string) {
	atLeast(1, args)
	p := s.last()
	if len(args) > 1 {
		p = s.program(args[1])
	}
	name := "SIG" + strings.TrimPrefix(args[0], "SIG")
	s.quieten(p)
	if p.gone() {
		s.dead(p, record.Verdict{What: record.Say("the %s ended before it was sent %s", s.kind(), name)})
	}
	p.signal = name
	s.record(record.Event{Kind: record.Note, What: record.Say("the grader sends %v", name)})
	if err := p.proc.Signal(name); errors.Is(err, errors.ErrUnsupported) {
		s.skip(fmt.Sprintf("this system has no %s", name))
	} else if err != nil {
		s.misuse("signal %s: %v", name, err)
	}
}
