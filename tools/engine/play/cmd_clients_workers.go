package play

import (
	"net/netip"
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
)

// workerCommands are for a server that listens with several sockets.
var workerCommands = []Command{{
	Name: "listeners", Args: "N CLIENTS", Group: "The accept queue",
	Summary: "the program must listen with N sockets at its address, and the kernel must share so many CLIENTS " +
		"between them; none may be lost",
	Detail: "They come, each with a line, while the program is stopped (SIGSTOP), and the queue of each listener is " +
		"looked at. Then it goes on, and each client must get its line back, and leaves.",
	run: (*scene).shareListeners,
}}

func (s *scene) shareListeners(args []string) {
	exactly(2, args)
	n, all := count(args[0]), count(args[1])
	p := s.main()
	s.rest(p)
	if have := len(s.ownListeners(p)); have != n {
		s.rejectAt(p, "", record.Say("it listens with %d", have), record.Verdict{Code: record.Queue,
			What: record.Say("the server should listen with %d sockets at its address, and the kernel knows %d", n,
				have)})
	}
	s.halt(p)
	s.mute, s.hurry = true, true
	defer func() { s.mute, s.hurry = false, false }()
	s.log.Note("%d clients connect, and each sends a line", all)
	s.crowdMark = s.log.Mark()
	clients := s.comeFrom(make([]string, all))
	s.eachHasSome(p)
	p.goOn()
	s.log.Note("the server goes on (SIGCONT)")
	for i, c := range clients {
		s.recv(c, s.momentsLine(i))
		s.closeWrite(c)
		s.eof(c)
		c.Close()
	}
	s.mute = false
	s.log.Note("each of the %d listening sockets had some of them; all get their line back", n)
}

// eachHasSome fails when the kernel has given a listener none of many clients.
func (s *scene) eachHasSome(p *program) {
	for _, l := range s.ownListeners(p) {
		if l.Unread == 0 {
			s.rejectAt(p, "", record.Say("one of the listeners has none of them"), record.Verdict{Code: record.Queue,
				What: record.Say("the kernel has given all clients to some of the listening sockets, and none " +
					"to another")})
		}
	}
}

// ownListeners returns the program's listeners at the address that it announced.
func (s *scene) ownListeners(p *program) []probe.Socket {
	at, _ := netip.ParseAddrPort(s.ts.Getenv("server"))
	all, err := s.net.ListenersOf(probe.Look(p.proc.PID()).PIDs)
	if err != nil || !probe.Exact() {
		s.skip("this system does not say how long the queue of each listener is")
	}
	return slices.DeleteFunc(all, func(l probe.Socket) bool { return l.Local != at })
}
