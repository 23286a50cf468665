package stream

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// heldCommands are about who still has the end of a connection: what holds reports.
var heldCommands = []scene.Command{{
	Name: "lingers", Args: "NAME...", Group: "Ends",
	Summary: "the program must be at rest and still have its end of the connection, whether it has sent its FIN or not",
	Detail:  "The evidence is the kernel's: a socket that its owner has closed has no inode.",
	Run:     scene.OnConns(KeepsEnd),
}, {
	Name: "released", Args: "[-dripping] NAME", Group: "Ends",
	Summary: "the program must close its end of the connection, now or when a timer of its own has fired",
	Detail: "The evidence is the kernel's, as for lingers. With -dripping a byte is sent each twelfth of $patience; " +
		"the end must be closed when three times $patience have passed and the program has come to rest.",
	Run: released,
}, {
	Name: "let-go", Args: "[-talking] [-within DURATION] [NAME...]", Group: "Ends",
	Summary: "the program must close its end of each connection, although the client stays, and sends no FIN",
	Detail: "Without names they are all on which its FIN has come. Timers of the program may have to fire first. " +
		"With -talking the client sends a byte now and then, each when the one before has been read. With -within " +
		"the program fails when it is seen asleep, and holds one of them, when half as much again has passed.",
	Run: letGo,
}, {
	Name: "dropped", Args: "NAME", Group: "Time limits",
	Summary: "the program must end the connection, although NAME reads nothing of what waits for it",
	Detail: "That is seen in the kernel's tables: the program has no socket for it any more, or the kernel has given " +
		"it up.",
	Run: scene.OnConn(dropped),
}}

// KeepsEnd fails when the program, at rest, has given up its end of c.
func KeepsEnd(s *scene.Scene, c *wire.Conn) {
	p := s.Owner(c)
	s.Rest(p)
	if _, err := s.TheirEnd(c); err == probe.ErrNoEvidence && !p.Gone() {
		s.Lacks("this system does not say which connections a program holds (Linux does, by sock_diag)")
		return
	}
	if s.Holds(c) {
		s.Record(record.Event{Conn: c.Name, Kind: record.Note,
			What: record.Say("the %s still has its end of %s", s.Kind(), c.Name)})
		return
	}
	if p.Gone() {
		s.Dead(p, record.Verdict{})
	}
	s.RejectAt(p, c.Name, record.Say("its end is closed"), record.Verdict{Code: record.Wait,
		Evidence: s.Gather(c, p),
		What: record.Say("the %s has closed its end of %s's connection, and %s has not come to its end: what it "+
			"still sends is answered with an RST", s.Kind(), c.Name, c.Name)})
}

func released(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-dripping"}, nil)
	argument.Exactly(1, args)
	c := s.Conn(args[0])
	p, open := s.Owner(c), record.Say("it has not closed its end of %s", c.Name)
	if set["-dripping"] == "" {
		_, end := s.AwaitRelease(p, nil, c)
		s.Judge(p, end, scene.Owes{Code: record.Wait, Conn: c, What: open})
	} else if outlastsDrips(s, c) {
		s.RejectAt(p, c.Name, open, record.Verdict{Code: record.Wait, Evidence: s.Gather(c, p),
			What: record.Say("%s has sent a byte now and then, and the %s still has its end of the connection after "+
				"three times the limit", c.Name, s.Kind())})
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.Note,
		What: record.Say("the %s has closed its end of %s", s.Kind(), c.Name)})
}

// drips is how many bytes are sent in the time of one $patience, and for how many
// times $patience.
const (
	drips     = 12
	dripsLast = 3
)

// outlastsDrips sends a byte now and then, until the program has closed its end or
// should have, and reports whether it still has it. That the program is late because
// it was starved is no matter: one that is seen asleep, all of it at one moment, has
// done what its timers brought about.
func outlastsDrips(s *scene.Scene, c *wire.Conn) bool {
	s.NeedPatience("released -dripping")
	p, d, start := s.Owner(c), NewDripper(s, c, ".", 1), time.Now()
	for s.Holds(c) && !p.Gone() && s.Ctx.Err() == nil && time.Since(start) < scene.WallBound {
		s.Pump()
		if time.Since(start) > dripsLast*s.Scenario.Patience && sleeps(s, p) {
			break
		}
		d.Drop(nil)
		p.Pause(s.Scenario.Patience / drips)
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.Out, What: record.Say("%s sends a byte now and then", c.Name)})
	held, paused := s.Holds(c), d.Longest()
	if !held && paused > s.Scenario.Patience/2 {
		s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the machine is too busy: the grader paused for %v where it was to send a byte now "+
				"and then", paused.Round(time.Millisecond))})
	}
	return held
}

// sleeps reports whether every thread of p was asleep at one moment, or the system
// does not say so.
func sleeps(s *scene.Scene, p *scene.Instance) bool {
	state := p.Look().State
	return state == probe.Timed || state == probe.Asleep || state == probe.Unknown
}

// letGo waits until the program holds none of these connections any more.
func letGo(s *scene.Scene, args []string) {
	start := time.Now()
	set, names := argument.Flags(args, []string{"-talking"}, []string{"-within"})
	var conns []*wire.Conn
	for _, name := range names {
		conns = append(conns, s.Conn(name))
	}
	for _, c := range s.Open() {
		if len(names) == 0 && c.EOF {
			conns = append(conns, c)
		}
	}
	p := s.Main()
	s.Rest(p)
	limit, proofs := time.Duration(0), 0
	if d := set["-within"]; d != "" {
		limit = argument.LengthOfTime(d)
	}
	left, end := s.AwaitRelease(p, func(c *wire.Conn) {
		if set["-talking"] != "" {
			murmur(s, c)
		}
		if proofs++; limit == 0 || time.Since(start) < limit*3/2 || !AsleepNow(s, p) || !s.Holds(c) {
			proofs = 0
		}
		if proofs >= scene.VigilProofs {
			overdue(s, c, limit)
		}
	}, conns...)
	if end == scene.Happened {
		s.Record(record.Event{Kind: record.Note, What: record.Say("the server has let go of %s", clientsText(conns))})
		return
	}
	s.Judge(p, end, scene.Owes{Code: record.Leak, Conn: left[0],
		What: record.Say("it still holds its end of the connection"), Note: record.Say("%s, and the server "+
			"does not let go of it", stays(conns))})
}

// AsleepNow reports whether every thread of p was seen asleep: none of its timers
// is due.
func AsleepNow(s *scene.Scene, p *scene.Instance) bool {
	state := p.Look().State
	return state == probe.Timed || state == probe.Asleep
}

// overdue judges that a program sleeps, and holds what it should have let go of.
func overdue(s *scene.Scene, c *wire.Conn, limit time.Duration) {
	s.RejectAt(s.Owner(c), c.Name, record.Say("it is still held"), record.Verdict{Code: record.Leak,
		Evidence: s.Gather(c, s.Owner(c)), What: record.Say("%s stays, and was to be let go of within %v: half as "+
			"much again has passed, and the %s sleeps, and holds its end", c.Name, limit, s.Kind())})
}

// murmur sends a byte when all that came before has been read.
func murmur(s *scene.Scene, c *wire.Conn) {
	if read, err := Taken(s, c); read && err == nil {
		NewDripper(s, c, ".", 1).Drop(nil)
	}
}

// dropped waits until the program has let go of a connection whose client is deaf.
func dropped(s *scene.Scene, c *wire.Conn) {
	p := s.Owner(c)
	_, end := s.AwaitRelease(p, nil, c)
	s.Judge(p, end, scene.Owes{Code: record.NoEOF, Conn: c, What: record.Say("it has not closed the connection"),
		Note: record.Say("%v reads nothing, and its connection is still open", c.Name)})
	s.Record(record.Event{Conn: c.Name, Kind: record.Note, What: record.Say("the server has ended it")})
}

// clientsText names a connection, or counts some.
func clientsText(conns []*wire.Conn) any {
	if len(conns) == 1 {
		return conns[0].Name
	}
	return record.Say("all %d", len(conns))
}

// stays says that clients stay.
func stays(conns []*wire.Conn) record.Phrase {
	if len(conns) == 1 {
		return record.Say("%s stays", conns[0].Name)
	}
	return record.Say("%d clients stay", len(conns))
}
