package stream

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var lostCommands = []scene.Command{{
	Name: "power-cut", Args: "NAME", Group: "Ends",
	Summary: "the machine of NAME is gone, without a FIN or an RST: the program's kernel gives the connection up",
	Detail: "Output must wait, as after overfill. The program's next call on the connection fails with ETIMEDOUT, as " +
		"it would by itself after about a quarter of an hour. Where the grader cannot bring that about " +
		"(TCP_USER_TIMEOUT in tcp(7)) the scenario is left out.",
	Run: scene.OnConn(powerCut),
}}

// powerCut lets the program's kernel give up a connection on which output waits. When
// it has, the kernel knows no such socket any more, whether the program has closed its
// descriptor or not.
func powerCut(s *scene.Scene, c *wire.Conn) {
	p := s.Owner(c)
	awaitOutput(s, p, c)
	theirs, err := s.TheirEnd(c)
	if err == nil && !probe.GiveUp(p.Look().PIDs, theirs.Inode, time.Millisecond) || err ==
		probe.ErrNoEvidence {
		s.Skip("this system does not let the grader end another program's connection")
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.Note,
		What: record.Say("%s's machine is gone: the kernel gives its connection up (ETIMEDOUT)", c.Name)})
	for end := time.Now().Add(scene.WallBound); !p.Gone(); p.Pause(scene.RestPause) {
		if _, err := s.TheirEnd(c); err != nil {
			break
		}
		if s.Pump(); time.Now().After(end) || s.Ctx.Err() != nil {
			s.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the kernel has not given %s up", c.Name)})
		}
	}
	c.Close() // what it still says meets no socket
	s.Rest(p)
}

// awaitOutput waits until the program has written what c's kernel has no room for: without
// output that waits, the kernel has nothing to give up.
func awaitOutput(s *scene.Scene, p *scene.Instance, c *wire.Conn) {
	s.Rest(p)
	end := s.Await(p, c, p.Looking(func() bool { return outputWaits(s, c) }))
	s.Judge(p, end, scene.Owes{Code: record.Silence, Conn: c,
		What: record.Say("no output waits for %s: the program has written less than it owes", c.Name)})
}

// outputWaits reports whether it does, or is not known to.
func outputWaits(s *scene.Scene, c *wire.Conn) bool {
	theirs, err := s.TheirEnd(c)
	return err != nil || theirs.NotSent+theirs.Unacked > 0
}
