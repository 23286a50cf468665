package play

import (
	"fmt"
	"io"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

// successionCommands are about clients that wait for their turn.
var successionCommands = []Command{{
	Name: "succession", Args: "N ROUNDS", Group: "Many clients",
	Summary: "N clients wait, each with a line of its own, while one is served; then ROUNDS of them have their " +
		"turn, one after the other",
	Detail: "At each change the program is stopped (SIGSTOP) while the client at hand leaves and one more comes: " +
		"so it finds both at one moment, and the one that has just come must not be served before those that wait.",
	run: (*scene).succession,
}}

func (s *scene) succession(args []string) {
	exactly(2, args)
	n, rounds := count(args[0]), count(args[1])
	served := s.dial("A", wire.Default)
	s.send(served, []byte("mine is the turn\n"))
	s.recv(served, []byte("mine is the turn\n"))
	waiting := s.crowd(n, wire.Default, "each says a line and waits for its turn")
	defer func() { s.mute, s.hurry = false, false }()
	for _, c := range waiting {
		s.send(c, s.lineOf(c))
	}
	s.pause()
	mark := s.log.Mark()
	for i := range rounds {
		s.log.Rewind(mark) // how many turns went well may be luck
		s.inTurn(waiting, "while an earlier client was still being served")
		waiting = append(waiting, s.relieve(served, i))
		s.inTurn(waiting[1:], "although others had come earlier")
		served, waiting = waiting[0], waiting[1:]
		s.recv(served, s.lineOf(served))
	}
	s.log.Rewind(mark)
	s.log.Note("%d times the client at hand has left, and the one that had waited for longest was served", rounds)
	for _, c := range append(waiting, served) {
		c.Close()
	}
}

// lineOf is what a client that waits for its turn has said.
func (s *scene) lineOf(c *wire.Conn) []byte {
	return fmt.Appendf(nil, "%s %s\n", c.Name, s.fill.word(5, c.Name))
}

// relieve lets the client that is served leave, and another one come, while the
// program is stopped.
func (s *scene) relieve(served *wire.Conn, i int) *wire.Conn {
	p := s.main()
	s.halt(p)
	s.closeWrite(served)
	name := fmt.Sprintf("D%02d", i+1)
	s.crowded[name] = true
	late := s.dial(name, wire.Default)
	left, failed, end := s.give(late, s.lineOf(late))
	s.given(late, left, failed, end)
	p.goOn()
	s.eof(served)
	served.Close()
	s.pause()
	return late
}

// inTurn makes sure that none of these has been answered or sent away.
func (s *scene) inTurn(waiting []*wire.Conn, while string) {
	for _, c := range waiting {
		switch n, err := c.Read(make([]byte, 1), 0); {
		case n > 0:
			s.reject(c.Name, record.Say("an answer, before its turn"), record.Verdict{Code: record.OutOfTurn,
				What: record.Say("%s was answered %s", c.Name, while)})
		case err == io.EOF || err != nil && err != wire.ErrLater:
			s.hangup(c, err, owes{})
		}
	}
}
