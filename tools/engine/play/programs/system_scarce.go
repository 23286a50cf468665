package programs

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"unicode/utf8"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/ports"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
)

// scarceCommands give a client words that are hard to write in a script, and
// take away what it takes for granted.
var scarceCommands = []scene.Command{{
	Name: "word", Args: "[-beside TEXT] NAME TEXT...", Group: "A client under test",
	Sets:    "NAME NAME_size",
	Summary: "let $NAME stand for TEXT, as one word of a command line, and $NAME_size for how many bytes it has",
	Detail: "TEXT is as for send. A word of a command line cannot hold a zero byte; where the system takes text " +
		"alone (Windows) a scenario with one that is not UTF-8 is left out. With -beside it loses as many bytes at " +
		"its end as that other text has, in which {word} stands for what recvfrom has learnt: so both together " +
		"have a length that is known beforehand.",
	Run: word,
}, {
	Name: "starve", Args: "[NAME]", Group: "The program and its system",
	Summary: "from now on the program cannot open any file or socket: its limit is its first free descriptor",
	Detail: "What is open stays open; once closed, its descriptor is not given again. It is done when the program " +
		"is at rest.",
	Run: starve,
}, {
	Name: "may-end", Args: "", Group: "The program and its system",
	Summary: "from now on the program may end by itself, with a status other than 0 and its reason on standard error",
	Detail:  "Then the scenario is over, and passed. Other ends, a crash among them, stay failures.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(0, args)
		s.Main().MayEnd = true
	},
}, {
	Name: "feed", Args: "", Group: "The program and its system",
	Summary: "the program gets descriptors again, as before starve",
	Run:     feed,
}, {
	Name: "welcome", Args: "NAME TEXT...", Group: "The program and its system",
	Summary: "NAME, which came while there was no descriptor, sends TEXT, must get it back, and the FIN after its own",
	Detail: "It should have been left in the queue. That is asked of Go programs only: Node, for one, accepts such " +
		"clients by itself with a descriptor in reserve, and closes them. Others need not serve it: it leaves.",
	Run: welcome,
}}

func word(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, nil, []string{"-beside"})
	argument.AtLeast(2, args)
	data := s.Fill.Joined(args[1:])
	data = data[:max(0, len(data)-len(s.Datagrams.Spell(s.Fill.Text(set["-beside"]))))]
	if slices.Contains(data, 0) {
		s.Misuse("a word of a command line cannot hold a zero byte")
	}
	if runtime.GOOS == "windows" && !utf8.Valid(data) {
		s.Skip("on this system the words of a command line are text, and hold no other bytes")
	}
	s.TS.Setenv(args[0], string(data))
	s.TS.Setenv(args[0]+"_size", strconv.Itoa(len(data)))
}

// starve lowers the limit on descriptors to the first number that the program
// could be given: one that is free, or that of a connection, which it will
// close.
func starve(s *scene.Scene, args []string) {
	p := s.Main()
	if len(args) > 0 {
		argument.Exactly(1, args)
		p = s.Program(args[0])
	}
	s.Rest(p)
	pids := p.Look().PIDs
	all, err := probe.Descriptors(pids)
	if len(pids) > 1 {
		s.Prevents(fmt.Sprintf("the program runs as %d processes, and only one can be kept from descriptors",
			len(pids)))
	}
	if err != nil {
		s.Skip("this system does not say which descriptors a program has")
	}
	if p.Gone() {
		s.Dead(p, record.Verdict{})
	}
	before, err := p.Proc.LimitDescriptors(firstFree(all, sockets(s)))
	if err != nil {
		s.Skip(fmt.Sprintf("this system cannot lower a limit of a program that runs: %v", err))
	}
	p.Allowed = before
	s.Record(record.Event{Kind: record.Note, What: record.Say("from now on the program can open no descriptor")})
}

func welcome(s *scene.Scene, args []string) {
	argument.AtLeast(2, args)
	c := s.Conn(args[0])
	if !s.Prog.IsGo() {
		stream.CloseConn(s, c)
		return
	}
	text := s.Fill.Joined(args[1:])
	stream.Send(s, c, text)
	stream.Recv(s, c, text)
	stream.CloseWrite(s, c)
	stream.Eof(s, c)
}

func feed(s *scene.Scene, args []string) {
	argument.Exactly(0, args)
	p := s.Main()
	if p.Allowed == 0 {
		s.Misuse("the program was not starved")
	}
	s.Rest(p)
	if _, err := p.Proc.LimitDescriptors(p.Allowed); err != nil && !p.Gone() {
		s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the program could not be given descriptors again: %v", err)})
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("the program gets descriptors again")})
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
func sockets(s *scene.Scene) map[string]bool {
	found := map[string]bool{}
	for _, r := range ports.RunsOf(s).All {
		dials, err := probe.Dials(r.Host)
		for _, d := range dials {
			if err == nil && d.Inode != 0 {
				found[fmt.Sprintf("socket:[%d]", d.Inode)] = true
			}
		}
	}
	return found
}

// MayHold sees to it that the program may have so many connections: the soft
// limit of one that does not ask for more is often 1,024 descriptors. Where the
// system has no such limit, or cannot set it, nothing happens.
func MayHold(s *scene.Scene, n int) {
	p := s.Main()
	if before, err := p.Proc.LimitDescriptors(n + scene.FilesEach); err == nil && before > n+scene.FilesEach {
		p.Proc.LimitDescriptors(before)
	}
}
