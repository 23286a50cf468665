package play

import (
	"os"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
)

// inheritCommands start a server as a service manager does that keeps the
// listener for itself.
var inheritCommands = []Command{{
	Name: "successor", Args: "-inherit NAME [ARG...]", Group: "A server under test",
	Summary: "start the program once more, beside the server that is stopping or has ended, with the same listener",
	Detail: "From now on it is the server; the other one is called \"server, before\". Connections that nobody has " +
		"accepted yet are the new one's.",
	run: (*scene).successor,
}}

// inherited is the descriptor under which the program gets the listener called
// name: the first behind standard error. The grader keeps its own.
func (s *scene) inherited(name string) *os.File {
	s.needOutside("a listener that the program inherits")
	f, err := s.listener([]string{name}).File()
	if err != nil {
		s.skip("this system cannot hand on a listener")
	}
	return f
}

// managed starts the program as sd_listen_fds(3) describes it. The shell knows
// which process ID the program will have: it becomes the program.
func managed(argv []string) []string {
	const become = `LISTEN_PID=$$; export LISTEN_PID; exec "$0" "$@"`
	return append([]string{"/bin/sh", "-c", become}, argv...)
}

func (s *scene) successor(args []string) {
	before := s.main()
	with, args := s.manner(args)
	if with.listener == "" {
		s.misuse("successor needs -inherit NAME")
	}
	asked := with.address(s.host)
	p := s.startServer(asked, with, args)
	before.name = "server, before"
	last := len(s.programs) - 1
	s.programs = append([]*program{p}, s.programs[:last]...)
	s.ready(p, asked)
	for _, c := range s.open() {
		theirs, err := s.theirEnd(c)
		if err == nil && theirs.State == probe.Established && theirs.Inode == 0 {
			s.owners[c] = p
		}
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("it is the server's successor")})
}
