package crowds

import (
	"fmt"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

var crowdCommands = []scene.Command{{
	Name: "visit", Args: "[-after silent|reset|pending] N", Group: "Many clients",
	Summary: "N clients, one after the other: connect, send a line, get it back, half-close, get the end of " +
		"stream, leave",
	Detail: "With -after each of them is preceded by one that does not behave like that. Silent: it connects and " +
		"leaves without a word. Reset: it sends a word, gets it back, and ends with an RST. Pending: it sends until " +
		"the program waits in its write, reads nothing, and ends with an RST, every second time after a FIN.",
	Run: visits,
}, {
	Name: "openings", Args: "[-anew] TEXT...", Group: "Many clients",
	Summary: "for each TEXT a client of its own, whose first words it is; it must come back, and so must a line " +
		"after it",
	Detail: "The clients come one after the other, each when the one before has left in peace. TEXT is as " +
		"for lockstep. With -anew the program serves one client, must end with status 0 when that has left, and " +
		"is started again for the next.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-anew"}, nil)
		argument.AtLeast(1, args)
		var all [][]byte
		for _, arg := range args {
			all = append(all, stream.Messages(s, arg)...)
		}
		openings(s, all, set["-anew"] != "")
	},
}, {
	Name: "parallel", Args: "[-pending] N", Group: "Many clients",
	Summary: "N clients at the same time, in lock-step; each must get back what it sent, and only that",
	Detail: "With -pending each sends without reading until the program waits to write to it. Another client is " +
		"served meanwhile. Then each reads all that it has sent.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-pending"}, nil)
		argument.Exactly(1, args)
		if set["-pending"] != "" {
			manyPending(s, argument.Count(args[0]))
			return
		}
		parallel(s, argument.Count(args[0]))
	},
}, {
	Name: "storm", Args: "[-told] N", Group: "Many clients",
	Summary: "N clients that connect, send a word and end with an RST",
	Detail:  "With -told each must leave a line of standard error with its address.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-told"}, nil)
		argument.Exactly(1, args)
		clients := storm(s, argument.Count(args[0]))
		if set["-told"] != "" {
			programs.TellAll(s, clients)
		}
	},
}}

// rounds is how many lines each client of a crowd sends.
const rounds = 3

func parallel(s *scene.Scene, n int) {
	clients := crowd(s, n, wire.Default, "each sends its own lines")
	defer func() { s.Mute, s.Hurry = false, false }()
	for round := range rounds {
		lines := make([][]byte, n)
		for i, c := range clients {
			lines[i] = fmt.Appendf(nil, "client %02d, line %d %s\n", i+1, round+1,
				s.Fill.Word(5, fmt.Sprint(i, " ", round)))
			stream.Send(s, c, lines[i][:8])
		}
		s.Pause()
		for i, c := range clients {
			stream.Send(s, c, lines[i][8:])
		}
		s.Pause()
		for i, c := range clients {
			stream.Recv(s, c, lines[i])
		}
	}
	for _, c := range clients {
		stream.CloseWrite(s, c)
		stream.Eof(s, c)
		c.Close()
	}
}

func storm(s *scene.Scene, n int) []*wire.Conn {
	clients := crowd(s, n, wire.Default, "each sends a word and resets")
	defer func() { s.Mute, s.Hurry = false, false }()
	for _, c := range clients {
		stream.Send(s, c, []byte(s.Fill.Word(5, c.Name)))
	}
	s.Pause()
	for _, c := range clients {
		c.Reset()
	}
	for _, c := range clients {
		stream.Arrived(s, c)
	}
	return clients
}

// crowd connects n clients. Their rows would drown the timeline: one row
// stands for them, and only what goes wrong is told by name.
func crowd(s *scene.Scene, n int, w wire.Window, what string) []*wire.Conn {
	s.NeedFiles(n)
	s.Rest(s.Main())
	programs.MayHold(s, n)
	s.Mute, s.Hurry = true, true
	s.Log.Note("%d clients connect, and %s", n, what)
	s.CrowdMark = s.Log.Mark()
	clients := make([]*wire.Conn, n)
	for i := range clients {
		name := fmt.Sprintf("C%02d", i+1)
		s.Crowded[name] = true
		clients[i] = s.Dial(name, w)
	}
	s.Pause()
	if p := s.Main(); p.Gone() { // whether the last were connected before that is luck
		s.Dead(p, record.Verdict{})
	}
	return clients
}
