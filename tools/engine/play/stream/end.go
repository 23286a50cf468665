package stream

import (
	"io"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var endCommands = []scene.Command{{
	Name: "closewrite", Args: "NAME", Group: "Ends",
	Summary: "send a FIN: no more bytes will be sent, but the connection is read on",
	Detail:  "With TLS it is a close_notify, and no FIN, unless bare came before.",
	Run:     scene.OnConn(CloseWrite),
}, {
	Name: "eof", Args: "[-now] NAME", Group: "Ends",
	Summary: "the program's FIN must come now, and no byte before it",
	Detail: "With -now it must have come when the program is at rest: no timer of the program is waited for. With " +
		"TLS a close_notify must come before.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-now"}, nil)
		argument.Exactly(1, args)
		if c := s.Conn(args[0]); set["-now"] == "" || HasEnded(s, c) {
			Eof(s, c)
		}
	},
}, {
	Name: "close", Args: "NAME...", Group: "Ends",
	Summary: "close both directions of each in the orderly way",
	Run:     scene.OnConns(CloseConn),
}, {
	Name: "reset", Args: "NAME...", Group: "Ends",
	Summary: "end each connection with an RST, and wait until it has arrived",
	Run:     scene.OnConns(Reset),
}, {
	Name: "not-reset", Args: "NAME", Group: "Ends",
	Summary: "the program's FIN has come, and no RST may follow it, once the program is at rest",
	Detail:  "An RST may throw away what the client has not read yet, even when it comes after a FIN.",
	Run:     scene.OnConn(notReset),
}}

// CloseWrite sends a FIN, or with TLS a close_notify, once the program is at rest.
func CloseWrite(s *scene.Scene, c *wire.Conn) {
	s.Rest(s.Owner(c))
	if c.Speaks() {
		closeNotify(s, c)
		return
	}
	c.CloseWrite() // that the peer is gone already is seen by the next command
	s.Record(record.Event{Conn: c.Name, Kind: record.OutFIN})
}

// CloseConn closes c in the orderly way, and waits until its FIN has arrived.
func CloseConn(s *scene.Scene, c *wire.Conn) {
	s.Rest(s.Owner(c))
	c.Close()
	Arrived(s, c)
	s.Record(record.Event{Conn: c.Name, Kind: record.OutFIN, What: closes(s, c)})
}

// closes is the row of an orderly close.
func closes(s *scene.Scene, c *wire.Conn) record.Phrase {
	if c.Path != "" {
		return record.Say("%v closes", c.Name)
	}
	return record.Say("FIN: %v closes", c.Name)
}

// Reset ends c with an RST, and waits until it has arrived.
func Reset(s *scene.Scene, c *wire.Conn) {
	s.Rest(s.Owner(c))
	c.Reset()
	ResetArrived(s, c)
	s.Record(record.Event{Conn: c.Name, Kind: record.OutRST})
}

// ResetArrived waits until the kernel has taken the RST of c for what it is: the
// program's end is no connection any more. A full socket may answer a first RST
// with a question (RFC 9293 §3.10.7.4), and after a FIN the state alone says
// nothing.
func ResetArrived(s *scene.Scene, c *wire.Conn) {
	p := s.Owner(c)
	for end := time.Now().Add(scene.FenceBound); time.Now().Before(end); p.Pause(scene.Slice / 4) {
		theirs, err := s.TheirEnd(c)
		if err != nil || theirs.State == probe.Closed || theirs.State == probe.TimeWait {
			return
		}
	}
}

// Arrived waits until the end of c has arrived at the program's side, so that
// what other clients do next really comes after it.
func Arrived(s *scene.Scene, c *wire.Conn) {
	p := s.Owner(c)
	for end := time.Now().Add(scene.FenceBound); time.Now().Before(end); p.Pause(scene.Slice / 4) {
		theirs, err := s.TheirEnd(c)
		if err != nil {
			return
		}
		switch theirs.State {
		case probe.CloseWait, probe.LastAck, probe.TimeWait, probe.Closed, probe.Closing:
			return
		}
	}
}

// Eof waits for the program's FIN.
func Eof(s *scene.Scene, c *wire.Conn) {
	if c.EOF {
		s.Misuse("%s: the end of stream was already seen", c.Name)
	}
	if _, secure := c.TLS(); secure && !c.Notified() {
		Notified(s, c)
	}
	p := s.Owner(c)
	got, failed, end := Read(s, p, c, 1)
	if len(got) > 0 {
		got = append(got, Available(s, p, c)...)
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
		s.Reject(c.Name, record.Say("no more bytes were expected"),
			record.Verdict{Code: record.ExtraBytes,
				What: record.Say("%s came, where only the end of stream was expected",
					scene.Plus(len(got))), Got: got, Compare: true})
	}
	switch {
	case failed == io.EOF:
		s.Record(record.Event{Conn: c.Name, Kind: record.InFIN})
		return
	case failed != nil:
		s.Hangup(c, failed, scene.Owes{What: record.Say("a %s was expected", scene.EndOf(c))})
	}
	s.Judge(p, end, scene.Owes{Code: record.NoEOF, Conn: c, What: record.Say("no %s came", scene.EndOf(c))})
}

// restTries is how often a program that still moves is given time to rest.
const restTries = 20

// Available reads what is there once the program is at rest. More may follow,
// byte by byte and forever, but one is enough for a verdict.
func Available(s *scene.Scene, p *scene.Instance, c *wire.Conn) []byte {
	buf := make([]byte, scene.MostExtra-1)
	n, _ := c.Read(buf, 0) // what came together with the first byte
	for range restTries {
		s.Rest(p)
		state := p.Look().State
		if state == probe.Timed {
			return buf[:n] // how much more there is depends on when one looks
		}
		if state != probe.Moving {
			break
		}
	}
	for n < len(buf) {
		more, err := c.Read(buf[n:], scene.Slice)
		n += more
		if err != nil {
			break
		}
	}
	return buf[:n]
}

// HasEnded fails when the FIN of a program at rest has not come.
func HasEnded(s *scene.Scene, c *wire.Conn) bool {
	p := s.Owner(c)
	s.Rest(p)
	ours, err := s.OurEnd(c)
	if err != nil || ours.State != probe.Established && ours.State != probe.FinWait2 || p.Gone() {
		return true // or it was reset, or nothing is known
	}
	v := record.Verdict{Code: record.NoEOF, Evidence: s.Gather(c, p),
		What: record.Say("the %s is asleep, and has not sent its FIN to %s", s.Called(p), c.Name)}
	s.Trouble(c.Name, "no FIN has come")
	s.Locate(p, &v)
	s.Fail(v)
	return false
}

// notReset looks at the grader's own end: an RST ends it at once.
func notReset(s *scene.Scene, c *wire.Conn) {
	p := s.Owner(c)
	s.Rest(p)
	_, err := s.OurEnd(c)
	if err == probe.ErrNoEvidence {
		s.Lacks("this system does not say whether a connection has been reset")
		return
	}
	if err == nil {
		s.Record(record.Event{Kind: record.Note, What: record.Say("and no RST")})
		return
	}
	s.Log.Add(record.Event{Conn: c.Name, Kind: record.InRST})
	s.RejectAt(p, c.Name, record.Say("no RST was expected"), record.Verdict{Code: record.Reset,
		Evidence: s.Gather(c, p),
		What:     record.Say("the %s's side sent its FIN, and then reset the connection (RST)", s.Kind())})
}

// Over waits until the program has ended a connection, by FIN or by RST.
func Over(s *scene.Scene, c *wire.Conn) {
	p := s.Owner(c)
	got, failed, end := Read(s, p, c, 1)
	if len(got) > 0 {
		more := make([]byte, scene.MostExtra-1)
		n, _ := c.Read(more, scene.Slice) // what came with it
		got = append(got, more[:n]...)
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
		s.Reject(c.Name, record.Say("nothing was to be sent"),
			record.Verdict{Code: record.ExtraBytes,
				What: record.Say("%s came, and nothing was to be sent on this connection",
					scene.Plus(len(got))), Got: got, Compare: true})
	}
	switch failed {
	case nil:
		s.Judge(p, end, scene.Owes{Code: record.NoEOF, Conn: c, What: record.Say("it has not closed the connection"),
			Note: record.Say("the connection %v is still open", c.Name)})
	case io.EOF:
		s.Record(record.Event{Conn: c.Name, Kind: record.InFIN})
	default:
		s.Record(record.Event{Conn: c.Name, Kind: record.InRST})
	}
}
