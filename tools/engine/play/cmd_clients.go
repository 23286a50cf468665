package play

import (
	"fmt"

	"loopback/tools/engine/wire"
)

var crowdCommands = []Command{{
	Name: "visit", Args: "[-after silent|reset|pending] N", Group: "Many clients",
	Summary: "N clients, one after the other: connect, send a line, get it back, half-close, get the end of " +
		"stream, leave",
	Detail: "With -after each of them is preceded by one that is no such guest. Silent: it connects and leaves " +
		"without a word. Reset: it sends a word, gets it back, and ends with an RST. Pending: it sends until the " +
		"program waits in its write, reads nothing, and ends with an RST, every second time after a FIN.",
	run: (*scene).visits,
}, {
	Name: "openings", Args: "[-anew] TEXT...", Group: "Many clients",
	Summary: "for each TEXT a client of its own, whose first words it is; it must come back, and a line after it, too",
	Detail: "The clients come one after the other, each when the one before has left in peace. TEXT is as " +
		"for lockstep. With -anew the program serves one client, must end with status 0 when that has left, and " +
		"is started again for the next.",
	run: func(s *scene, args []string) {
		set, args := flags(args, []string{"-anew"}, nil)
		atLeast(1, args)
		var all [][]byte
		for _, arg := range args {
			all = append(all, s.messages(arg)...)
		}
		s.openings(all, set["-anew"] != "")
	},
}, {
	Name: "parallel", Args: "[-pending] N", Group: "Many clients",
	Summary: "N clients at the same time, in lock-step; each must get back what it sent, and only that",
	Detail: "With -pending each sends without reading until the program waits to write to it. Another client is " +
		"served meanwhile. Then each reads all that it has sent.",
	run: func(s *scene, args []string) {
		set, args := flags(args, []string{"-pending"}, nil)
		exactly(1, args)
		if set["-pending"] != "" {
			s.manyPending(count(args[0]))
			return
		}
		s.parallel(count(args[0]))
	},
}, {
	Name: "storm", Args: "N", Group: "Many clients",
	Summary: "N clients that connect, send a word and end with an RST",
	run:     onCount((*scene).storm),
}}

// rounds is how many lines each client of a crowd sends.
const rounds = 3

func (s *scene) parallel(n int) {
	clients := s.crowd(n, wire.Default, "each sends its own lines")
	defer func() { s.mute, s.hurry = false, false }()
	for round := range rounds {
		lines := make([][]byte, n)
		for i, c := range clients {
			lines[i] = fmt.Appendf(nil, "client %02d, line %d %s\n", i+1, round+1,
				s.fill.word(5, fmt.Sprint(i, " ", round)))
			s.send(c, lines[i][:8])
		}
		s.pause()
		for i, c := range clients {
			s.send(c, lines[i][8:])
		}
		s.pause()
		for i, c := range clients {
			s.recv(c, lines[i])
		}
	}
	for _, c := range clients {
		s.closeWrite(c)
		s.eof(c)
		c.Close()
	}
}

func (s *scene) storm(n int) {
	clients := s.crowd(n, wire.Default, "each sends a word and resets")
	defer func() { s.mute, s.hurry = false, false }()
	for _, c := range clients {
		s.send(c, []byte(s.fill.word(5, c.Name)))
	}
	s.pause()
	for _, c := range clients {
		c.Reset()
	}
	for _, c := range clients {
		s.arrived(c)
	}
}

// crowd connects n clients. Their rows would drown the timeline: one row
// stands for them, and only what goes wrong is told by name.
func (s *scene) crowd(n int, w wire.Window, what string) []*wire.Conn {
	s.needFiles(n)
	s.rest(s.main())
	s.mayHold(n)
	s.mute, s.hurry = true, true
	s.log.Note("%d clients connect, and %s", n, what)
	s.crowdMark = s.log.Mark()
	clients := make([]*wire.Conn, n)
	for i := range clients {
		name := fmt.Sprintf("C%02d", i+1)
		s.crowded[name] = true
		clients[i] = s.dial(name, w)
	}
	s.pause()
	return clients
}
