package play

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// send writes data, once the program is at rest.
func (s *scene) send(c *wire.Conn, data []byte) {
	s.rest(s.owner(c))
	s.speaks()
	s.stillOpen(c, data)
	before := c.Wire()
	left, failed, end := s.give(c, data)
	s.speaks()
	s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0,
		Wire: int(c.Wire() - before)})
	s.given(c, left, failed, end)
}

// speaks notes when the grader has spoken last, or would have: what it had no time
// to send while a limit lasted, it has sent too late.
func (s *scene) speaks() { s.haste.spoke = time.Now() }

// give writes data, and returns how much of it is left when no more can be
// written, and why.
func (s *scene) give(c *wire.Conn, data []byte) (left int, failed error, end why) {
	rest := data
	end = s.await(s.owner(c), nil, func(d time.Duration) progress {
		n, err := c.Write(rest, d)
		rest = rest[n:]
		switch {
		case len(rest) == 0:
			return done
		case err != wire.ErrLater:
			failed = err
			return done
		case n > 0:
			return moved
		}
		return nothing
	})
	return len(rest), failed, end
}

// given judges what give has returned.
func (s *scene) given(c *wire.Conn, left int, failed error, end why) {
	if failed != nil {
		s.hangup(c, failed, owes{what: record.Say("%s still had %s to send", c.Name, record.Amount(left))})
	}
	if end == ended {
		return // what the program still said is read by the next command
	}
	s.judge(s.owner(c), end, owes{code: record.Silence, c: c,
		what: record.Say("it does not take the other %s", record.Amount(left))})
}

// stillOpen fails when a server has already ended a connection on which it is
// about to be sent more.
func (s *scene) stillOpen(c *wire.Conn, rest []byte) {
	if got, err := s.early(c); err != nil {
		s.cutOff(c, got, err, rest)
	}
}

// early returns the error with which a server has already ended a connection,
// and what it sent before. A client that has said all it wanted may well have
// sent its FIN; a server that is still being spoken to may not.
func (s *scene) early(c *wire.Conn) (got []byte, err error) {
	if s.kind() != "server" || c.EOF {
		return nil, nil
	}
	ours, err := s.ourEnd(c)
	if err == probe.ErrNoEvidence || err == nil && ours.State != probe.CloseWait {
		return nil, nil
	}
	buf := make([]byte, 4096)
	for len(got) < 1<<20 {
		n, err := c.Read(buf, slice)
		got = append(got, buf[:n]...)
		switch {
		case n > 0:
		case err == wire.ErrLater:
			return nil, nil
		default:
			return got, err
		}
	}
	return nil, nil
}

// cutOff judges that a server has ended a connection early.
func (s *scene) cutOff(c *wire.Conn, got []byte, err error, rest []byte) {
	if s.known.parting = got; len(got) > 0 {
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
	}
	s.hangup(c, err, owes{what: record.Say("%s has more to send: %s", c.Name, record.Quoting(rest, len(rest), 20))})
}

// slow sends data one byte at a time. The row that says so comes before those of
// what went wrong.
func (s *scene) slow(c *wire.Conn, data []byte) {
	sent := 0
	tell := func() {
		s.mute = false
		s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: data[:sent], Size: sent, Pieces: sent})
	}
	s.mute = true
	for i := range data {
		s.rest(s.owner(c))
		if got, err := s.early(c); err != nil {
			tell()
			s.cutOff(c, got, err, data[i:])
		}
		left, failed, end := s.give(c, data[i:i+1])
		if left > 0 {
			tell()
			s.given(c, len(data)-sent, failed, end)
			return
		}
		sent++
	}
	tell()
	s.consumed(c)
}

// consumed waits until the program has read all that was sent on c. Whether it
// has been acknowledged does not matter: in a conversation the kernel delays that.
func (s *scene) consumed(c *wire.Conn) {
	p := s.owner(c)
	end := s.await(p, nil, func(d time.Duration) progress {
		if read, err := s.taken(c); read || err != nil {
			return done
		}
		p.pause(d / 4)
		return nothing
	})
	if end != ended {
		s.judge(p, end, owes{code: record.Silence, c: c, what: record.Say("it does not read")})
	}
}

// put sends data. In a hurry an end of the connection is seen by what reads
// next, together with what came before it, however soon it came.
func (s *scene) put(c *wire.Conn, data []byte) {
	if !s.hurry {
		s.send(c, data)
		return
	}
	before := c.Wire()
	left, failed, end := s.give(c, data)
	s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0,
		Wire: int(c.Wire() - before)})
	if failed == nil {
		s.given(c, left, failed, end)
	}
}
