package crowds

import (
	"net/netip"
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
)

// workerCommands are for a server that listens with several sockets.
var workerCommands = []scene.Command{{
	Name: "listeners", Args: "N CLIENTS", Group: "The accept queue",
	Summary: "the program must listen with N sockets at its address, and the kernel must share so many CLIENTS " +
		"between them; none may be lost",
	Detail: "They come, each with a line, while the program is stopped (SIGSTOP), and the queue of each listener is " +
		"looked at. Then it goes on, and each client must get its line back, and leaves.",
	Run: shareListeners,
}}

func shareListeners(s *scene.Scene, args []string) {
	argument.Exactly(2, args)
	n, all := argument.Count(args[0]), argument.Count(args[1])
	p := s.Main()
	s.Rest(p)
	if have := len(ownListeners(s, p)); have != n {
		s.RejectAt(p, "", record.Say("it listens with %d", have), record.Verdict{Code: record.Queue,
			What: record.Say("the server should listen with %d sockets at its address, and the kernel knows %d", n,
				have)})
	}
	stream.Halt(s, p)
	s.Mute, s.Hurry = true, true
	defer func() { s.Mute, s.Hurry = false, false }()
	s.Log.Note("%d clients connect, and each sends a line", all)
	s.CrowdMark = s.Log.Mark()
	clients := comeFrom(s, make([]string, all))
	eachHasSome(s, p)
	p.GoOn()
	s.Log.Note("the server goes on (SIGCONT)")
	for i, c := range clients {
		stream.Recv(s, c, momentsLine(s, i))
		stream.CloseWrite(s, c)
		stream.Eof(s, c)
		c.Close()
	}
	s.Mute = false
	s.Log.Note("each of the %d listening sockets had some of them; all get their line back", n)
}

// eachHasSome fails when the kernel has given a listener none of many clients.
func eachHasSome(s *scene.Scene, p *scene.Instance) {
	for _, l := range ownListeners(s, p) {
		if l.Unread == 0 {
			s.RejectAt(p, "", record.Say("one of the listeners has none of them"), record.Verdict{Code: record.Queue,
				What: record.Say("the kernel has given all clients to some of the listening sockets, and none " +
					"to another")})
		}
	}
}

// ownListeners returns the program's listeners at the address that it announced.
func ownListeners(s *scene.Scene, p *scene.Instance) []probe.Socket {
	at, _ := netip.ParseAddrPort(s.TS.Getenv("server"))
	all, err := s.Net.ListenersOf(p.Look().PIDs)
	if err != nil || !probe.Exact() {
		s.Skip("this system does not say how long the queue of each listener is")
	}
	return slices.DeleteFunc(all, func(l probe.Socket) bool { return l.Local != at })
}
