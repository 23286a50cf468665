package play

import (
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
