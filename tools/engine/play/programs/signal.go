package programs

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
)

var signalCommands = []scene.Command{{
	Name: "signal", Args: "SIGNAL [NAME]", Group: "The program itself",
	Summary: "send the program a signal, such as INT or TERM, once it is at rest",
	Detail:  "NAME is the program that was started last when not given.",
	Run:     Signal,
}, {
	Name: "printing", Args: "[NAME]", Group: "The program itself",
	Summary: "wait until a program that was started with -jammed is in a write to its standard output",
	Detail:  "NAME is the program that was started last when not given.",
	Run:     printing,
}, {
	Name: "unjam", Args: "[NAME]", Group: "The program itself",
	Summary: "let the standard output of a program that was started with -jammed flow, once the program is at rest",
	Detail:  "NAME is the program that was started last when not given.",
	Run:     unjam,
}}

// lastOr returns the program called by the argument, or the last one.
func lastOr(s *scene.Scene, args []string) *scene.Instance {
	if len(args) == 0 {
		return s.Last()
	}
	argument.Exactly(1, args)
	return s.Program(args[0])
}

// printing waits for the write that cannot go on. Where the kernel does not tell
// in which call a program sleeps there is no evidence, and nothing is judged.
func printing(s *scene.Scene, args []string) {
	p := lastOr(s, args)
	end := s.AwaitLimit(p, nil, scene.StartLimit, p.Looking(func() bool {
		size, err := probe.Printing(p.Look().PIDs)
		if err != nil {
			s.Skip("this system does not tell that a program waits for the reader of its standard output")
		}
		return size > 0
	}))
	if end != scene.Happened {
		s.Judge(p, end, scene.Owes{Code: record.NoExit, What: record.Say("it has printed nothing")})
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("it prints, and its standard output is full")})
}

func unjam(s *scene.Scene, args []string) {
	p := lastOr(s, args)
	s.Rest(p) // a signal that came before has done what it does
	p.Proc.Unjam()
	s.Record(record.Event{Kind: record.Note, What: record.Say("standard output is read from now on")})
}

// Signal sends the program a signal: the command signal.
func Signal(s *scene.Scene, args []string) {
	argument.AtLeast(1, args)
	p := s.Last()
	if len(args) > 1 {
		p = s.Program(args[1])
	}
	name := "SIG" + strings.TrimPrefix(args[0], "SIG")
	s.Quieten(p)
	if p.Gone() {
		s.Dead(p, record.Verdict{What: record.Say("the %s ended before it was sent %s", s.Kind(), name)})
	}
	p.Signal = name
	s.Record(record.Event{Kind: record.Note, What: record.Say("the grader sends %v", name)})
	if err := p.Proc.Signal(name); errors.Is(err, errors.ErrUnsupported) {
		s.Skip(fmt.Sprintf("this system has no %s", name))
	} else if err != nil {
		s.Misuse("signal %s: %v", name, err)
	}
	s.Haste.Spoke = time.Now() // within counts a signal as something said
}
