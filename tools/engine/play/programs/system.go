package programs

import (
	"fmt"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
)

var systemCommands = []scene.Command{{
	Name: "input", Args: "TEXT [NAME]", Group: "The program and its system",
	Summary: "write TEXT to the program's standard input",
	Detail:  "The program must have been started with -stdin.",
	Run:     input,
}, {
	Name: "input-end", Args: "[NAME]", Group: "The program and its system",
	Summary: "end the program's standard input: after what was written it reads the end of the file",
	Detail:  "NAME is the first program when it is not given.",
	Run: func(s *scene.Scene, args []string) {
		p := s.Main()
		if len(args) > 0 {
			argument.Exactly(1, args)
			p = s.Program(args[0])
		}
		s.Rest(p)
		p.Proc.CloseInput()
		s.Record(record.Event{Kind: record.Note, What: record.Say("its standard input ends")})
	},
}, {
	Name: "environment", Args: "VARIABLE VALUE", Group: "The program and its system",
	Summary: "programs that are started from now on have this variable in their environment",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(2, args)
		s.Env = append(s.Env, args[0]+"="+args[1])
	},
}, {
	Name: "interrupt", Args: "", Group: "The program and its system",
	Summary: "interrupt the system calls in which the program waits, with a signal that means nothing (SIGURG)",
	Detail: "A system call that had already moved some bytes then returns early, with their number; another one is " +
		"made again by the kernel, or fails with EINTR. The program must not end.",
	Run: interrupt,
}, {
	Name: "close-on-exec", Args: "", Group: "The program and its system",
	Summary: "a program that this one starts must inherit none of its sockets",
	Run:     closeOnExec,
}}

func input(s *scene.Scene, args []string) {
	argument.AtLeast(1, args)
	p := s.Main()
	if len(args) > 1 {
		p = s.Program(args[1])
	}
	s.Rest(p)
	data := s.Fill.Text(args[0])
	err := p.Proc.Input(data)
	switch {
	case err == nil:
		s.Record(record.Event{Kind: record.Note,
			What: record.Say("on its standard input: %v", record.Quoting(data, len(data), 40))})
	case p.Gone():
		s.Dead(p, record.Verdict{})
	default:
		s.Misuse("input: %v", err)
	}
}

func interrupt(s *scene.Scene, args []string) {
	argument.Exactly(0, args)
	p := s.Main()
	s.Rest(p)
	err := p.Proc.Interrupt()
	if err != nil && !p.Gone() {
		s.Lacks(fmt.Sprintf("this system cannot interrupt a system call (%v)", err))
		return
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("a signal interrupts it, and means nothing (SIGURG)")})
	s.Rest(p)
	if p.Gone() {
		s.Dead(p, record.Verdict{})
	}
}

func closeOnExec(s *scene.Scene, args []string) {
	argument.Exactly(0, args)
	p := s.Main()
	s.Rest(p)
	all, err := probe.Descriptors(p.Look().PIDs)
	if err != nil {
		s.Lacks("this system does not tell which descriptors are close-on-exec (Linux does, in /proc)")
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
		s.Reject("", record.Say("%d of its %d sockets would be inherited", bare, sockets),
			record.Verdict{Code: record.Leak,
				What: record.Say("every program that the server starts would inherit %d of its %d sockets: the mark "+
					"close-on-exec is missing", bare, sockets)})
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("no program that it starts would inherit a socket")})
}
