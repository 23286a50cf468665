package play

import "loopback/tools/base/record"

var turnedAwayCommands = []Command{{
	Name: "turned-away", Args: "[-silent] [-close] N TEXT...", Group: "Many clients",
	Summary: "N clients connect, send a line each, and all of that waits for the program; each must get TEXT and the " +
		"program's FIN",
	Detail: "The program is stopped (SIGSTOP) meanwhile. They stay, and read and send no more; with -close they " +
		"leave. With -silent they send nothing at all. None may wait to be accepted once the program is at rest.",
	run: (*scene).turnedAway,
}}

func (s *scene) turnedAway(args []string) {
	set, args := flags(args, []string{"-silent", "-close"}, nil)
	atLeast(2, args)
	n, word := count(args[0]), s.fill.joined(args[1:])
	s.dumb = set["-silent"] != ""
	clients := s.atOneMoment(make([]string, n), "each is to be turned away")
	s.dumb = false
	s.watchSockets()
	defer func() { s.mute, s.hurry = false, false }()
	s.pause()
	s.queueNow(0)
	for _, c := range clients {
		s.recv(c, word)
		s.eof(c)
		if set["-close"] != "" {
			c.Close()
		}
	}
	s.mute = false
	s.log.Note("each of the %d gets %s, and the end of stream", n, record.Quoting(word, len(word), 40))
}
