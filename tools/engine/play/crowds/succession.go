package crowds

import (
	"fmt"
	"io"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// successionCommands are about clients that wait for their turn.
var successionCommands = []scene.Command{{
	Name: "succession", Args: "N ROUNDS", Group: "Many clients",
	Summary: "N clients wait, each with a line of its own, while one is served; then ROUNDS of them have their " +
		"turn, one after the other",
	Detail: "At each change the program is stopped (SIGSTOP) while the client at hand leaves and one more comes: so " +
		"it finds both at the same moment, and the one that has just come must not be served before those that wait.",
	Run: succession,
}}

func succession(s *scene.Scene, args []string) {
	argument.Exactly(2, args)
	n, rounds := argument.Count(args[0]), argument.Count(args[1])
	served := s.Dial("A", wire.Default)
	stream.Send(s, served, []byte("mine is the turn\n"))
	stream.Recv(s, served, []byte("mine is the turn\n"))
	waiting := crowd(s, n, wire.Default, "each says a line and waits for its turn")
	defer func() { s.Mute, s.Hurry = false, false }()
	for _, c := range waiting {
		stream.Send(s, c, lineOf(s, c))
	}
	s.Pause()
	mark := s.Log.Mark()
	for i := range rounds {
		s.Log.Rewind(mark) // how many turns went well may be luck
		inTurn(s, waiting, "while an earlier client was still being served")
		waiting = append(waiting, relieve(s, served, i))
		inTurn(s, waiting[1:], "although others had come earlier")
		served, waiting = waiting[0], waiting[1:]
		stream.Recv(s, served, lineOf(s, served))
	}
	s.Log.Rewind(mark)
	s.Log.Note("%d times the client at hand has left, and the one that had waited for longest was served", rounds)
	for _, c := range append(waiting, served) {
		c.Close()
	}
}

// lineOf is what a client that waits for its turn has said.
func lineOf(s *scene.Scene, c *wire.Conn) []byte {
	return fmt.Appendf(nil, "%s %s\n", c.Name, s.Fill.Word(5, c.Name))
}

// relieve lets the client that is served leave, and another one come, while the
// program is stopped.
func relieve(s *scene.Scene, served *wire.Conn, i int) *wire.Conn {
	p := s.Main()
	stream.Halt(s, p)
	stream.CloseWrite(s, served)
	name := fmt.Sprintf("D%02d", i+1)
	s.Crowded[name] = true
	late := s.Dial(name, wire.Default)
	left, failed, end := stream.Give(s, late, lineOf(s, late))
	stream.Given(s, late, left, failed, end)
	p.GoOn()
	stream.Eof(s, served)
	served.Close()
	s.Pause()
	return late
}

// inTurn makes sure that none of these has been answered or sent away.
func inTurn(s *scene.Scene, waiting []*wire.Conn, while string) {
	for _, c := range waiting {
		switch n, err := c.Read(make([]byte, 1), 0); {
		case n > 0:
			s.Reject(c.Name, record.Say("an answer, before its turn"), record.Verdict{Code: record.OutOfTurn,
				What: record.Say("%s was answered %s", c.Name, while)})
		case err == io.EOF || err != nil && err != wire.ErrLater:
			s.Hangup(c, err, scene.Owes{})
		}
	}
}
