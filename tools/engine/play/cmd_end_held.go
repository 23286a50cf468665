package play

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
	"time"
)

// heldCommands are about who still has the end of a connection: what holds reports.
var heldCommands = []Command{{
	Name: "lingers", Args: "NAME...", Group: "Ends",
	Summary: "the program must be at rest and still have its end of the connection, whether it has sent its FIN or not",
	Detail:  "The evidence is the kernel's: a socket that its owner has closed has no inode.",
	run:     onConns((*scene).keepsEnd),
}, {
	Name: "released", Args: "[-dripping] NAME", Group: "Ends",
	Summary: "the program must close its end of the connection, now or when a timer of its own has fired",
	Detail: "The evidence is the kernel's, as for lingers. With -dripping a byte is sent each twelfth of $patience; " +
		"the end must be closed when three times $patience have passed and the program has come to rest.",
	run: (*scene).released,
}, {
	Name: "let-go", Args: "[-talking] [-within DURATION] [NAME...]", Group: "Ends",
	Summary: "the program must close its end of each connection, although the client stays, and sends no FIN",
	Detail: "Without names they are all on which its FIN has come. Timers of the program may have to fire first. " +
		"With -talking the client sends a byte now and then, each when the one before has been read. With -within " +
		"the program fails when it is seen asleep, and holds one of them, when half as much again has passed.",
	run: (*scene).letGo,
}, {
	Name: "dropped", Args: "NAME", Group: "Limits of time",
	Summary: "the program must end the connection, although NAME reads nothing of what waits for it",
	Detail: "That is seen in the kernel's tables: the program has no socket for it any more, or the kernel has given " +
		"it up.",
	run: onConn((*scene).dropped),
}}

func (s *scene) keepsEnd(c *wire.Conn) {
	p := s.owner(c)
	s.rest(p)
	if _, err := s.theirEnd(c); err == probe.ErrNoEvidence && !p.gone() {
		s.lacks("this system does not say which connections a program holds (Linux does, by sock_diag)")
		return
	}
	if s.holds(c) {
		s.record(record.Event{Conn: c.Name, Kind: record.Note,
			What: record.Say("the %s still has its end of %s", s.kind(), c.Name)})
		return
	}
	if p.gone() {
		s.dead(p, record.Verdict{})
	}
	s.rejectAt(p, c.Name, record.Say("its end is closed"), record.Verdict{Code: record.Wait,
		Evidence: s.gather(c, p),
		What: record.Say("the %s has closed its end of %s's connection, and %s has not come to its end: what it "+
			"still sends is answered by an RST", s.kind(), c.Name, c.Name)})
}

func (s *scene) released(args []string) {
	set, args := flags(args, []string{"-dripping"}, nil)
	exactly(1, args)
	c := s.conn(args[0])
	p, open := s.owner(c), record.Say("its end of %s is still open", c.Name)
	if set["-dripping"] == "" {
		_, end := s.awaitRelease(p, nil, c)
		s.judge(p, end, owes{code: record.Wait, c: c, what: open})
	} else if s.outlastsDrips(c) {
		s.rejectAt(p, c.Name, open, record.Verdict{Code: record.Wait, Evidence: s.gather(c, p),
			What: record.Say("%s has sent a byte now and then, and the %s still has its end of the connection after "+
				"three times the limit", c.Name, s.kind())})
	}
	s.record(record.Event{Conn: c.Name, Kind: record.Note,
		What: record.Say("the %s has closed its end of %s", s.kind(), c.Name)})
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
func (s *scene) outlastsDrips(c *wire.Conn) bool {
	s.needPatience("released -dripping")
	p, d, start := s.owner(c), s.dripper(c, ".", 1), time.Now()
	for s.holds(c) && !p.gone() && s.ctx.Err() == nil && time.Since(start) < wallBound {
		s.pump()
		if time.Since(start) > dripsLast*s.sc.Patience && s.sleeps(p) {
			break
		}
		d.drop(nil)
		p.pause(s.sc.Patience / drips)
	}
	s.record(record.Event{Conn: c.Name, Kind: record.Out, What: record.Say("%s sends a byte now and then", c.Name)})
	held, paused := s.holds(c), d.longest()
	if !held && paused > s.sc.Patience/2 {
		s.fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the machine is too busy: the grader paused for %v where it was to send a byte now "+
				"and then", paused.Round(time.Millisecond))})
	}
	return held
}

// sleeps reports whether every thread of p was asleep at one moment, or the system
// does not say so.
func (s *scene) sleeps(p *program) bool {
	state := probe.Look(p.proc.PID()).State
	return state == probe.Timed || state == probe.Asleep || state == probe.Unknown
}

// letGo waits until the program holds none of these connections any more.
func (s *scene) letGo(args []string) {
	start := time.Now()
	set, names := flags(args, []string{"-talking"}, []string{"-within"})
	var conns []*wire.Conn
	for _, name := range names {
		conns = append(conns, s.conn(name))
	}
	for _, c := range s.open() {
		if len(names) == 0 && c.EOF {
			conns = append(conns, c)
		}
	}
	p := s.main()
	s.rest(p)
	limit, proofs := time.Duration(0), 0
	if d := set["-within"]; d != "" {
		limit = s.lengthOfTime(d)
	}
	left, end := s.awaitRelease(p, func(c *wire.Conn) {
		if set["-talking"] != "" {
			s.murmur(c)
		}
		if proofs++; limit == 0 || time.Since(start) < limit*3/2 || !s.asleepNow(p) || !s.holds(c) {
			proofs = 0
		}
		if proofs >= vigilProofs {
			s.overdue(c, limit)
		}
	}, conns...)
	if end == happened {
		s.record(record.Event{Kind: record.Note, What: record.Say("the server has let go of %s", clientsText(conns))})
		return
	}
	s.judge(p, end, owes{code: record.Leak, c: left[0],
		what: record.Say("it still holds its end of the connection"), note: record.Say("%s, and the server "+
			"does not let go of it", stays(conns))})
}

// asleepNow reports whether every thread of p was seen asleep: none of its timers
// is due.
func (s *scene) asleepNow(p *program) bool {
	state := probe.Look(p.proc.PID()).State
	return state == probe.Timed || state == probe.Asleep
}

// overdue judges that a program sleeps, and holds what it should have let go of.
func (s *scene) overdue(c *wire.Conn, limit time.Duration) {
	s.rejectAt(s.owner(c), c.Name, record.Say("it is still held"), record.Verdict{Code: record.Leak,
		Evidence: s.gather(c, s.owner(c)), What: record.Say("%s stays, and was to be let go of within %v: half as "+
			"much again has passed, and the %s sleeps, and holds its end", c.Name, limit, s.kind())})
}

// murmur sends a byte when all that came before has been read.
func (s *scene) murmur(c *wire.Conn) {
	if read, err := s.taken(c); read && err == nil {
		s.dripper(c, ".", 1).drop(nil)
	}
}

// dropped waits until the program has let go of a connection whose client is deaf.
func (s *scene) dropped(c *wire.Conn) {
	p := s.owner(c)
	_, end := s.awaitRelease(p, nil, c)
	s.judge(p, end, owes{code: record.NoEOF, c: c, what: record.Say("the connection is still open"),
		note: record.Say("%v reads nothing, and its connection is still open", c.Name)})
	s.record(record.Event{Conn: c.Name, Kind: record.Note, What: record.Say("the server has ended it")})
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
