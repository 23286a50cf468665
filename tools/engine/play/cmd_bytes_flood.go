package play

import (
	"bytes"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// flood sends n bytes and reads their echo at the same time.
func (s *scene) flood(c *wire.Conn, n int) {
	s.rest(s.owner(c))
	s.echoed(c, s.fill.pattern(n))
}

// echoed sends want and reads its echo at the same time.
func (s *scene) echoed(c *wire.Conn, want []byte) {
	p := s.owner(c)
	got, sent, failed, end := s.exchange(p, c, want)
	s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: want, Size: sent, Cut: !bytes.Equal(got, want)})
	if len(got) > 0 {
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Cut: !bytes.Equal(got, want)})
	}
	if bytes.Equal(got, want) {
		return
	}
	o := owes{code: record.Silence, c: c, what: record.Say("nothing moves any more"),
		want: want, got: got, compare: true}
	if failed != nil {
		s.hangup(c, failed, o)
	}
	s.judge(p, end, o)
	s.reject(c.Name, record.Say("these are not the bytes that were sent"),
		record.Verdict{Code: record.WrongBytes,
			What: record.Say("the bytes that came back are not the ones that were sent"),
			Want: want, Got: got, Compare: true})
}

// exchange writes data and reads as many bytes, whichever is possible. One
// goroutine does both, so that a wait is only ever called stuck when neither
// was possible.
func (s *scene) exchange(p *program, c *wire.Conn, data []byte) (got []byte, sent int, failed error, end why) {
	buf := make([]byte, 64<<10)
	end = s.await(p, c, func(d time.Duration) progress {
		n := 0
		if sent < len(data) {
			n, _ = c.Write(data[sent:min(len(data), sent+16<<10)], d/8)
			sent += n
		}
		k, err := c.Read(buf[:min(len(buf), len(data)-len(got))], d)
		got = append(got, buf[:k]...)
		switch {
		case len(got) == len(data):
			return done
		case n > 0 || k > 0:
			return moved
		case err == wire.ErrLater:
			return nothing
		}
		failed = err
		return done
	})
	return got, sent, failed, end
}

// stuffBound is the most that stuff sends: a server that takes it all keeps it
// in memory, which other scenarios judge.
const stuffBound = 16 << 20

// stuff sends without reading until nothing moves any more.
func (s *scene) stuff(c *wire.Conn) { s.stuffFrom(c, 0) }

// stuffFrom is stuff, when so many bytes have been sent already.
func (s *scene) stuffFrom(c *wire.Conn, sent int) {
	p := s.owner(c)
	s.rest(p)
	blocked := false
	var failed error
	end := s.awaitQuiet(p, func(d time.Duration) progress {
		n, err := c.Write(s.fill.pattern(sent + 16<<10)[sent:], d)
		sent += n
		switch {
		case sent >= stuffBound:
			return done
		case err != nil && err != wire.ErrLater:
			failed = err
			return done
		case n > 0:
			blocked = false
			return moved
		case s.full(c):
			return done
		}
		blocked = true
		return nothing
	})
	s.stuffed[c.Name] = sent
	s.record(record.Event{Conn: c.Name, Kind: record.Out,
		What: record.Say("%v sends without reading, until nothing moves", c.Name)})
	if failed != nil && s.mayTire(p, blocked) {
		return
	}
	if failed != nil {
		s.hangup(c, failed, owes{what: record.Say("%v was still sending", c.Name)})
	}
	if end != happened && end != stuck && end != slept {
		s.judge(p, end, owes{code: record.Silence, c: c, what: record.Say("%v was still sending", c.Name)})
	}
}

// mayTire reports whether p may have ended a connection while stuff was sending, and
// for that had no room: a program with a limit does, where the machine is so busy that
// the limit is over before the grader has seen that nothing moves. What ends then is
// the next command's question. Where there was room nothing is known.
func (s *scene) mayTire(p *program, blocked bool) bool {
	if s.sc.Patience == 0 || p.gone() {
		return false
	}
	if !blocked {
		s.late()
	}
	return true
}

// full reports whether the buffers of c are full and a program that has a timer
// is at rest. There is no need to wait for its timer, as there is where
// something must come.
func (s *scene) full(c *wire.Conn) bool {
	p := s.owner(c)
	if probe.Look(p.proc.PID()).State != probe.Timed {
		return false
	}
	s.rest(p)
	ours, err := s.ourEnd(c)
	theirs, err2 := s.theirEnd(c)
	return err == nil && err2 == nil && ours.NotSent > 0 && theirs.Unread > 0 && !travels(ours, theirs) &&
		!s.widens(c, theirs)
}
