package play

import (
	"errors"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// goodbyeCommands are about clients to which a server says a last word.
var goodbyeCommands = []Command{{
	Name: "turned-away", Args: "[-silent] [-close] N TEXT...", Group: "Many clients",
	Summary: "N clients connect, send a line each, and all of that waits for the program; each must get TEXT and the " +
		"program's FIN",
	Detail: "The program is stopped (SIGSTOP) meanwhile. They stay, and read and send no more; with -close they " +
		"leave. With -silent they send nothing at all. None may wait to be accepted once the program is at rest.",
	run: (*scene).turnedAway,
}, {
	Name: "not-reset", Args: "NAME", Group: "Ends",
	Summary: "the program's FIN has come, and no RST may follow it, once the program is at rest",
	Detail:  "An RST may throw away what the client has not read yet, also when it comes behind a FIN.",
	run:     onConn((*scene).notReset),
}, {
	Name: "let-go", Args: "[-talking] [NAME...]", Group: "Ends",
	Summary: "the program must close its end of each connection, although the client stays, and sends no FIN",
	Detail: "Without names they are all on which its FIN has come. Timers of the program may have to fire first. " +
		"With -talking the client sends a byte now and then, each when the one before has been read.",
	run: (*scene).letGo,
}}

func (s *scene) turnedAway(args []string) {
	set, args := flags(args, []string{"-silent", "-close"}, nil)
	atLeast(2, args)
	n, word := count(args[0]), s.fill.joined(args[1:])
	s.dumb = set["-silent"] != ""
	clients := s.atOneMoment(make([]string, n), "each is to be turned away")
	s.dumb = false
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

// hasEnded fails when the FIN of a program at rest has not come.
func (s *scene) hasEnded(c *wire.Conn) bool {
	p := s.owner(c)
	s.rest(p)
	ours, err := s.net.TCP(c.Local, c.Remote)
	if err != nil || ours.State != probe.Established && ours.State != probe.FinWait2 || p.gone() {
		return true // or it was reset, or nothing is known
	}
	v := record.Verdict{Code: record.NoEOF, Evidence: s.gather(c, p),
		What: record.Say("the %s is asleep, and has not sent its FIN to %s", s.called(p), c.Name)}
	s.trouble(c.Name, "no FIN has come")
	v.Where, v.Cause = s.where(p)
	s.fail(v)
	return false
}

// notReset looks at the grader's own end: an RST ends it at once.
func (s *scene) notReset(c *wire.Conn) {
	p := s.owner(c)
	s.rest(p)
	_, err := s.net.TCP(c.Local, c.Remote)
	if err == probe.ErrNoEvidence {
		s.skip("this system does not say whether a connection has been reset")
	}
	if err == nil {
		s.record(record.Event{Kind: record.Note, What: record.Say("and no RST")})
		return
	}
	s.log.Add(record.Event{Conn: c.Name, Kind: record.InRST})
	s.rejectAt(p, c.Name, record.Say("no RST was expected"), record.Verdict{Code: record.Reset,
		Evidence: s.gather(c, p),
		What:     record.Say("the %s's side sent its FIN, and then reset the connection (RST)", s.kind())})
}

// letGo waits until the program holds none of these connections any more.
func (s *scene) letGo(args []string) {
	set, names := flags(args, []string{"-talking"}, nil)
	var conns []*wire.Conn
	for _, name := range names {
		conns = append(conns, s.conn(name))
	}
	for _, c := range s.open() {
		if len(names) == 0 && c.EOF {
			conns = append(conns, c)
		}
	}
	p, left := s.main(), conns
	s.rest(p)
	end := s.await(p, nil, func(d duration) progress {
		var still []*wire.Conn
		for _, c := range left {
			if s.holds(c) {
				still = append(still, c)
				if set["-talking"] != "" {
					s.murmur(c)
				}
			}
		}
		less := len(still) < len(left)
		if left = still; len(left) == 0 {
			return done
		}
		p.pause(d)
		if less {
			return moved
		}
		return nothing
	})
	if end == happened {
		s.record(record.Event{Kind: record.Note, What: record.Say("the server has let go of %s", clientsText(conns))})
		return
	}
	s.judge(p, end, owes{code: record.Leak, c: left[0],
		what: record.Say("it still holds its end of the connection"), note: record.Say("%s, and the server "+
			"does not let go of it", stays(conns))})
}

// awaitClosed waits until the program holds none of the connections of clients
// that have gone.
func (s *scene) awaitClosed(conns []*wire.Conn) {
	p := s.main()
	var held *wire.Conn
	end := s.await(p, nil, func(d duration) progress {
		for _, c := range conns {
			if held = c; s.holds(c) {
				p.pause(d / 4)
				return nothing
			}
		}
		return done
	})
	if end != happened {
		s.judge(p, end, owes{code: record.Leak, c: held, what: record.Say("it still holds its end of the connection"),
			note: record.Say("%s has left, and the server does not let go of it", held.Name)})
	}
}

// holds reports whether the program holds its end of c.
func (s *scene) holds(c *wire.Conn) bool {
	theirs, err := s.net.TCP(c.Remote, c.Local)
	switch {
	case err == probe.ErrNoEvidence:
		s.skip("this system does not say which connections a program holds")
	case errors.Is(err, probe.ErrNoSocket):
		return false
	}
	return theirs.Inode != 0 || theirs.State == probe.Established || theirs.State == probe.CloseWait
}

// murmur sends a byte when the one before has been read. That the connection is
// gone is seen by holds.
func (s *scene) murmur(c *wire.Conn) {
	if theirs, err := s.net.TCP(c.Remote, c.Local); err == nil && theirs.Unread == 0 {
		c.Write([]byte("."), slice)
	}
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
