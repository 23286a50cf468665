package play

import (
	"fmt"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
)

var systemCommands = []Command{{
	Name: "input", Args: "TEXT [NAME]", Group: "The program and its system",
	Summary: "write TEXT to the program's standard input",
	Detail:  "The program must have been started with -stdin.",
	run:     (*scene).input,
}, {
	Name: "input-end", Args: "[NAME]", Group: "The program and its system",
	Summary: "end the program's standard input: behind what was written it reads the end of the file",
	Detail:  "NAME is the first program when it is not given.",
	run: func(s *scene, args []string) {
		p := s.main()
		if len(args) > 0 {
			exactly(1, args)
			p = s.program(args[0])
		}
		s.rest(p)
		p.proc.CloseInput()
		s.record(record.Event{Kind: record.Note, What: record.Say("its standard input ends")})
	},
}, {
	Name: "environment", Args: "VARIABLE VALUE", Group: "The program and its system",
	Summary: "programs that are started from now on have this variable in their environment",
	run: func(s *scene, args []string) {
		exactly(2, args)
		s.env = append(s.env, args[0]+"="+args[1])
	},
}, {
	Name: "interrupt", Args: "", Group: "The program and its system",
	Summary: "interrupt the system calls in which the program waits, by a signal that means nothing (SIGURG)",
	Detail: "A system call that had already moved some bytes then returns early, with their number; another one is " +
		"made again by the kernel, or fails with EINTR. The program must not end.",
	run: (*scene).interrupt,
}, {
	Name: "close-on-exec", Args: "", Group: "The program and its system",
	Summary: "a program that this one starts must inherit none of its sockets",
	run:     (*scene).closeOnExec,
}}

func (s *scene) input(args []string) {
	atLeast(1, args)
	p := s.main()
	if len(args) > 1 {
		p = s.program(args[1])
	}
	s.rest(p)
	data := s.fill.text(args[0])
	err := p.proc.Input(data)
	switch {
	case err == nil:
		s.record(record.Event{Kind: record.Note,
			What: record.Say("on its standard input: %v", record.Quoting(data, len(data), 40))})
	case p.gone():
		s.dead(p, record.Verdict{})
	default:
		s.misuse("input: %v", err)
	}
}

func (s *scene) interrupt(args []string) {
	exactly(0, args)
	p := s.main()
	s.rest(p)
	err := p.proc.Interrupt()
	if err != nil && !p.gone() {
		s.lacks(fmt.Sprintf("this system cannot interrupt a system call (%v)", err))
		return
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("a signal interrupts it, and means nothing (SIGURG)")})
	s.rest(p)
	if p.gone() {
		s.dead(p, record.Verdict{})
	}
}

func (s *scene) closeOnExec(args []string) {
	exactly(0, args)
	p := s.main()
	s.rest(p)
	all, err := probe.Descriptors(probe.Look(p.proc.PID()).PIDs)
	if err != nil {
		s.lacks("this system does not tell which descriptors are close-on-exec (Linux does, in /proc)")
		return
	}
	sockets, bare := 0, 0
	for _, d := range all {
		if d.Socket() {
			sockets++
			if !d.CloseOnExec {
				bare++
			}
		}
	}
	if bare > 0 {
		s.reject("", record.Say("%d of its %d sockets would be inherited", bare, sockets),
			record.Verdict{Code: record.Leak,
				What: record.Say("every program that the server starts would inherit %d of its %d sockets: the mark "+
					"close-on-exec is missing", bare, sockets)})
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("no program that it starts would inherit a socket")})
}
