package server

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
)

// inheritCommands start a server as a service manager does that keeps the
// listener for itself.
var inheritCommands = []scene.Command{{
	Name: "successor", Args: "-inherit NAME [ARG...]", Group: "A server under test",
	Summary: "start the program once more, beside the server that is stopping or has ended, with the same listener",
	Detail: "From now on it is the server; the other one is called \"server, before\". Connections that have not " +
		"been accepted yet are the new one's.",
	Run: successor,
}}

func successor(s *scene.Scene, args []string) {
	before := s.Main()
	with, args := manner(s, args)
	if with.Listener == "" {
		s.Misuse("successor needs -inherit NAME")
	}
	asked := address(with, s.Host)
	p := StartServer(s, asked, with, args)
	before.Name = "server, before"
	last := len(s.Programs) - 1
	s.Programs = append([]*scene.Instance{p}, s.Programs[:last]...)
	Ready(s, p, asked)
	for _, c := range s.Open() {
		theirs, err := s.TheirEnd(c)
		if err == nil && theirs.State == probe.Established && theirs.Inode == 0 {
			s.Owners[c] = p
		}
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("it is the server's successor")})
}
