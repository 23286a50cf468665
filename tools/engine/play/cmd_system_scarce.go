package play

import (
	"fmt"
	"slices"
	"strconv"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
)

// scarceCommands give a client words that are hard to write in a script, and
// take away what it takes for granted.
var scarceCommands = []Command{{
	Name: "word", Args: "[-beside TEXT] NAME TEXT...", Group: "A client under test",
	Summary: "let $NAME stand for TEXT, as one word of a command line, and $NAME_size for how many bytes it has",
	Detail: "TEXT is as for send. A word of a command line cannot hold a zero byte. With -beside it loses as many " +
		"bytes at its end as that other text has, in which {word} stands for what recvfrom has learnt: so both " +
		"together have a length that is known beforehand.",
	run: (*scene).word,
}, {
	Name: "starve", Args: "[NAME]", Group: "The program and its system",
	Summary: "from now on the program cannot open any file or socket: its limit is its first free descriptor",
	Detail: "What is open stays open; once closed, its descriptor is not given again. It is done when the program " +
		"is at rest.",
	run: (*scene).starve,
}, {
	Name: "may-end", Args: "", Group: "The program and its system",
	Summary: "from now on the program may end by itself, with a status other than 0 and its reason on standard error",
	Detail:  "Then the scenario is over, and passed. Other ends, a crash among them, stay failures.",
	run: func(s *scene, args []string) {
		exactly(0, args)
		s.main().mayEnd = true
	},
}, {
	Name: "feed", Args: "", Group: "The program and its system",
	Summary: "the program gets descriptors again, as before starve",
	run:     (*scene).feed,
}, {
	Name: "welcome", Args: "NAME TEXT...", Group: "The program and its system",
	Summary: "NAME, which came while there was no descriptor, sends TEXT, must get it back, and the FIN behind its own",
	Detail: "It should have been left in the queue. That is asked of Go programs only: Node, for one, accepts such " +
		"clients by itself with a descriptor in reserve, and closes them. Others need not serve it: it leaves.",
	run: (*scene).welcome,
}}

func (s *scene) word(args []string) {
	set, args := flags(args, nil, []string{"-beside"})
	atLeast(2, args)
	data := s.fill.joined(args[1:])
	data = data[:max(0, len(data)-len(s.dg.spell(s.fill.text(set["-beside"]))))]
	if slices.Contains(data, 0) {
		s.misuse("a word of a command line cannot hold a zero byte")
	}
	s.ts.Setenv(args[0], string(data))
	s.ts.Setenv(args[0]+"_size", strconv.Itoa(len(data)))
}

// starve lowers the limit on descriptors to the first number that the program
// could be given: one that is free, or that of a connection, which it will
// close.
func (s *scene) starve(args []string) {
	p := s.main()
	if len(args) > 0 {
		exactly(1, args)
		p = s.program(args[0])
	}
	s.rest(p)
	pids := probe.Look(p.proc.PID()).PIDs
	all, err := probe.Descriptors(pids)
	if len(pids) > 1 {
		s.prevents(fmt.Sprintf("the program runs as %d processes, and only one can be kept from descriptors",
			len(pids)))
	}
	if err != nil {
		s.skip("this system does not say which descriptors a program has")
	}
	if p.gone() {
		s.dead(p, record.Verdict{})
	}
	before, err := p.proc.LimitDescriptors(firstFree(all, s.sockets()))
	if err != nil {
		s.skip(fmt.Sprintf("this system cannot lower a limit of a program that runs: %v", err))
	}
	p.allowed = before
	s.record(record.Event{Kind: record.Note, What: record.Say("from now on the program can open no descriptor")})
}

func (s *scene) welcome(args []string) {
	atLeast(2, args)
	c := s.conn(args[0])
	if !s.prog.isGo() {
		s.closeConn(c)
		return
	}
	text := s.fill.joined(args[1:])
	s.send(c, text)
	s.recv(c, text)
	s.closeWrite(c)
	s.eof(c)
}

func (s *scene) feed(args []string) {
	exactly(0, args)
	p := s.main()
	if p.allowed == 0 {
		s.misuse("the program was not starved")
	}
	s.rest(p)
	if _, err := p.proc.LimitDescriptors(p.allowed); err != nil && !p.gone() {
		s.fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the program could not be given descriptors again: %v", err)})
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("the program gets descriptors again")})
}

// firstFree returns the lowest number that is no descriptor in all, or is one
// of these sockets.
func firstFree(all []probe.Descriptor, sockets map[string]bool) int {
	taken := map[int]bool{}
	for _, d := range all {
		taken[d.FD] = !sockets[d.Target]
	}
	n := 0
	for taken[n] {
		n++
	}
	return n
}

// sockets returns how /proc calls the sockets of dials to the grader's ports.
func (s *scene) sockets() map[string]bool {
	found := map[string]bool{}
	for _, r := range runsOf(s).all {
		dials, err := probe.Dials(r.host)
		for _, d := range dials {
			if err == nil && d.Inode != 0 {
				found[fmt.Sprintf("socket:[%d]", d.Inode)] = true
			}
		}
	}
	return found
}

// mayHold sees to it that the program may have so many connections: the soft
// limit of one that does not ask for more is often 1,024 descriptors. Where the
// system has no such limit, or cannot set it, nothing happens.
func (s *scene) mayHold(n int) {
	p := s.main()
	if before, err := p.proc.LimitDescriptors(n + filesEach); err == nil && before > n+filesEach {
		p.proc.LimitDescriptors(before)
	}
}
