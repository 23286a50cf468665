package crowds

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
)

var turnedAwayCommands = []scene.Command{{
	Name: "turned-away", Args: "[-silent] [-close] N TEXT...", Group: "Many clients",
	Summary: "N clients connect, send a line each, and all of that waits for the program; each must get TEXT and the " +
		"program's FIN",
	Detail: "The program is stopped (SIGSTOP) meanwhile. They stay, and read and send no more; with -close they " +
		"leave. With -silent they send nothing at all. None may wait to be accepted once the program is at rest.",
	Run: turnedAway,
}}

func turnedAway(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-silent", "-close"}, nil)
	argument.AtLeast(2, args)
	n, word := argument.Count(args[0]), s.Fill.Joined(args[1:])
	s.Dumb = set["-silent"] != ""
	clients := atOneMoment(s, make([]string, n), "each is to be turned away")
	s.Dumb = false
	programs.WatchSockets(s)
	defer func() { s.Mute, s.Hurry = false, false }()
	s.Pause()
	programs.QueueNow(s, 0)
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
