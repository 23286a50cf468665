package crowds

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

var turnedAwayCommands = []scene.Command{{
	Name: "turned-away", Args: "[-silent] [-close|-gone] N TEXT...", Group: "Many clients",
	Summary: "N clients connect, send a line each, and all of that waits for the program; each must get TEXT and the " +
		"program's FIN",
	Detail: "The program is stopped (SIGSTOP) meanwhile. They stay, and read and send no more; with -close they " +
		"leave. With -silent they send nothing at all. None may wait to be accepted once the program is at rest, or " +
		"while it sleeps. With -gone each has left with an RST, and gets nothing, before the program goes on.",
	Run: turnedAway,
}}

func turnedAway(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-silent", "-close", "-gone"}, nil)
	argument.AtLeast(2, args)
	n, word := argument.Count(args[0]), s.Fill.Joined(args[1:])
	gone := set["-gone"] != ""
	s.Dumb = set["-silent"] != ""
	what, then := "each is to be turned away", func([]*wire.Conn) {}
	if gone {
		what, then = "each leaves with an RST", resetAll(s)
	}
	clients := atOneMoment(s, make([]string, n), what, then)
	s.Dumb = false
	programs.WatchSockets(s)
	defer func() { s.Mute, s.Hurry = false, false }()
	programs.TakenAtOnce(s)
	s.Pause()
	programs.QueueNow(s, 0)
	if gone {
		s.Mute = false
		s.Log.Note("all %d had left before the server could accept them", n)
		return
	}
	for _, c := range clients {
		stream.Recv(s, c, word)
		stream.Eof(s, c)
		if set["-close"] != "" {
			c.Close()
		}
	}
	s.Mute = false
	s.Log.Note("each of the %d gets %s, and the end of stream", n, record.Quoting(word, len(word), 40))
}

// resetAll ends connections of a program that is stopped.
func resetAll(s *scene.Scene) func([]*wire.Conn) {
	return func(clients []*wire.Conn) {
		for _, c := range clients {
			c.Reset()
			stream.ResetArrived(s, c)
		}
	}
}
