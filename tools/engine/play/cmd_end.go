package play

import (
	"io"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var endCommands = []Command{{
	Name: "closewrite", Args: "NAME", Group: "Ends",
	Summary: "send a FIN: no more bytes will be sent, but the connection is read on",
	Detail:  "With TLS it is a close_notify, and no FIN, unless bare came before.",
	run:     onConn((*scene).closeWrite),
}, {
	Name: "eof", Args: "[-now] NAME", Group: "Ends",
	Summary: "the program's FIN must come now, and no byte before it",
	Detail: "With -now it must have come when the program is at rest: no timer of the program is waited for. With " +
		"TLS a close_notify must come before.",
	run: func(s *scene, args []string) {
		set, args := flags(args, []string{"-now"}, nil)
		exactly(1, args)
		if c := s.conn(args[0]); set["-now"] == "" || s.hasEnded(c) {
			s.eof(c)
		}
	},
}, {
	Name: "close", Args: "NAME...", Group: "Ends",
	Summary: "close both directions of each in the orderly way",
	run:     onConns((*scene).closeConn),
}, {
	Name: "reset", Args: "NAME...", Group: "Ends",
	Summary: "end each connection with an RST, and wait until it has arrived",
	run:     onConns((*scene).reset),
}, {
	Name: "not-reset", Args: "NAME", Group: "Ends",
	Summary: "the program's FIN has come, and no RST may follow it, once the program is at rest",
	Detail:  "An RST may throw away what the client has not read yet, also when it comes behind a FIN.",
	run:     onConn((*scene).notReset),
}}

func (s *scene) closeWrite(c *wire.Conn) {
	s.rest(s.owner(c))
	if c.Speaks() {
		s.closeNotify(c)
		return
	}
	c.CloseWrite() // that the peer is gone already is seen by the next command
	s.record(record.Event{Conn: c.Name, Kind: record.OutFIN})
}

func (s *scene) closeConn(c *wire.Conn) {
	s.rest(s.owner(c))
	c.Close()
	s.arrived(c)
	s.record(record.Event{Conn: c.Name, Kind: record.OutFIN, What: s.closes(c)})
}

// closes is the row of an orderly close.
func (s *scene) closes(c *wire.Conn) record.Phrase {
	if c.Path != "" {
		return record.Say("%v closes", c.Name)
	}
	return record.Say("FIN: %v closes", c.Name)
}

func (s *scene) reset(c *wire.Conn) {
	s.rest(s.owner(c))
	c.Reset()
	s.resetArrived(c)
	s.record(record.Event{Conn: c.Name, Kind: record.OutRST})
}

// resetArrived waits until the kernel has taken the RST of c for what it is: the
// program's end is no connection any more. A full socket may answer a first RST
// with a question (RFC 9293 §3.10.7.4), and after a FIN the state alone says
// nothing.
func (s *scene) resetArrived(c *wire.Conn) {
	p := s.owner(c)
	for end := time.Now().Add(fenceBound); time.Now().Before(end); p.pause(slice / 4) {
		theirs, err := s.theirEnd(c)
		if err != nil || theirs.State == probe.Closed || theirs.State == probe.TimeWait {
			return
		}
	}
}

// arrived waits until the end of c has arrived at the program's side, so that
// what other clients do next really comes after it.
func (s *scene) arrived(c *wire.Conn) {
	p := s.owner(c)
	for end := time.Now().Add(fenceBound); time.Now().Before(end); p.pause(slice / 4) {
		theirs, err := s.theirEnd(c)
		if err != nil {
			return
		}
		switch theirs.State {
		case probe.CloseWait, probe.LastAck, probe.TimeWait, probe.Closed, probe.Closing:
			return
		}
	}
}

// eof waits for the program's FIN.
func (s *scene) eof(c *wire.Conn) {
	if c.EOF {
		s.misuse("%s: the end of stream was already seen", c.Name)
	}
	if _, secure := c.TLS(); secure && !c.Notified() {
		s.notified(c)
	}
	p := s.owner(c)
	got, failed, end := s.read(p, c, 1)
	if len(got) > 0 {
		got = append(got, s.available(p, c)...)
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
		s.reject(c.Name, record.Say("no more bytes were expected"),
			record.Verdict{Code: record.ExtraBytes,
				What: record.Say("%s came, where only the end of stream was expected",
					plus(len(got))), Got: got, Compare: true})
	}
	switch {
	case failed == io.EOF:
		s.record(record.Event{Conn: c.Name, Kind: record.InFIN})
		return
	case failed != nil:
		s.hangup(c, failed, owes{what: record.Say("a %s was expected", endOf(c))})
	}
	s.judge(p, end, owes{code: record.NoEOF, c: c, what: record.Say("no %s came", endOf(c))})
}

// restTries is how often a program that still moves is given time to rest.
const restTries = 20

// available reads what is there once the program is at rest. More may follow,
// byte by byte and forever, but one is enough for a verdict.
func (s *scene) available(p *program, c *wire.Conn) []byte {
	buf := make([]byte, mostExtra-1)
	n, _ := c.Read(buf, 0) // what came together with the first byte
	for range restTries {
		s.rest(p)
		state := probe.Look(p.proc.PID()).State
		if state == probe.Timed {
			return buf[:n] // how much more there is depends on when one looks
		}
		if state != probe.Moving {
			break
		}
	}
	for n < len(buf) {
		more, err := c.Read(buf[n:], slice)
		n += more
		if err != nil {
			break
		}
	}
	return buf[:n]
}

// hasEnded fails when the FIN of a program at rest has not come.
func (s *scene) hasEnded(c *wire.Conn) bool {
	p := s.owner(c)
	s.rest(p)
	ours, err := s.ourEnd(c)
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
	_, err := s.ourEnd(c)
	if err == probe.ErrNoEvidence {
		s.lacks("this system does not say whether a connection has been reset")
		return
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

// over waits until the program has ended a connection, by FIN or by RST.
func (s *scene) over(c *wire.Conn) {
	p := s.owner(c)
	got, failed, end := s.read(p, c, 1)
	if len(got) > 0 {
		more := make([]byte, mostExtra-1)
		n, _ := c.Read(more, slice) // what came with it
		got = append(got, more[:n]...)
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
		s.reject(c.Name, record.Say("nothing was to be sent"),
			record.Verdict{Code: record.ExtraBytes,
				What: record.Say("%s came, and nothing was to be sent on this connection",
					plus(len(got))), Got: got, Compare: true})
	}
	switch failed {
	case nil:
		s.judge(p, end, owes{code: record.NoEOF, c: c, what: record.Say("the connection is still open"),
			note: record.Say("the connection %v is still open", c.Name)})
	case io.EOF:
		s.record(record.Event{Conn: c.Name, Kind: record.InFIN})
	default:
		s.record(record.Event{Conn: c.Name, Kind: record.InRST})
	}
}
