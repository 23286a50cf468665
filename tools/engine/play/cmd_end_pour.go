package play

import (
	"bytes"
	"io"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// partingCommands are about a program that has said all it wanted, and sent its
// FIN perhaps, while its peer has not.
var partingCommands = []Command{{
	Name: "pour", Args: "NAME TEXT...", Group: "Ends",
	Summary: "send TEXT without reading; the program must take all of it, also when it has sent its FIN already",
	Detail:  "TEXT is as for send. What the program has sent back meanwhile is read by the next command.",
	run:     onBytes((*scene).pour),
}, {
	Name: "endless", Args: "NAME MOST", Group: "Ends",
	Summary: "send without end; before MOST bytes have been sent the program must end the connection, in whichever way",
	run: func(s *scene, args []string) {
		exactly(2, args)
		s.endless(s.conn(args[0]), size(args[1]))
	},
}, {
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
	Name: "aborted", Args: "NAME TEXT...", Group: "Ends",
	Summary: "a part of TEXT may come, also all of it; then the program must end the connection by an RST, not a FIN",
	run:     onBytes((*scene).aborted),
}}

// pour writes data to a program that may have sent its FIN.
func (s *scene) pour(c *wire.Conn, data []byte) {
	s.rest(s.owner(c))
	s.poured(c, data)
}

// poured is pour without the wait for rest.
func (s *scene) poured(c *wire.Conn, data []byte) {
	left, failed, end := s.give(c, data)
	s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0})
	if failed != nil {
		s.shutOut(c, left)
	}
	s.given(c, left, failed, end)
}

// shutOut judges that a program has reset a connection on which it was still
// being sent something.
func (s *scene) shutOut(c *wire.Conn, left int) {
	p := s.owner(c)
	s.hurry = false // whether it has ended, too, must be known
	s.rest(p)
	v := record.Verdict{Code: record.Reset, Evidence: s.gather(c, p)}
	s.log.Add(record.Event{Conn: c.Name, Kind: record.InRST})
	s.trouble(c.Name, "%s still had %s to send", c.Name, record.Amount(left))
	v.What = record.Say("the %s's side reset the connection (RST) while %s was still sending; what the %s had sent "+
		"and %s's kernel not yet taken is lost", s.kind(), c.Name, s.kind(), c.Name)
	if st, _ := p.proc.Status(); p.gone() && st.Code != 0 {
		s.dead(p, v)
	}
	if !p.gone() {
		v.Where, v.Cause = s.where(p)
	}
	s.fail(v)
}

// endlessPiece is how much of an endless upload is sent at a time.
const endlessPiece = 64 << 10

func (s *scene) endless(c *wire.Conn, most int) {
	p, sent, cut := s.owner(c), 0, false
	s.rest(p)
	piece := s.fill.pattern(endlessPiece)
	end := s.await(p, nil, func(d duration) progress {
		n, err := c.Write(piece, d)
		sent += n
		switch {
		case err == wire.ErrReset:
			cut = true
			return done
		case sent >= most:
			return done
		case n > 0:
			return moved
		}
		return nothing
	})
	s.record(record.Event{Conn: c.Name, Kind: record.Out, What: record.Say("%s sends without end", c.Name)})
	switch {
	case cut:
		s.record(record.Event{Conn: c.Name, Kind: record.InRST})
		c.Close()
		return
	case end == happened:
		s.rejectAt(p, c.Name, record.Say("it takes more and more"), record.Verdict{Code: record.Wait,
			Evidence: s.gather(c, p),
			What: record.Say("%s has sent %s more, and the %s has not ended the connection", c.Name,
				record.Bytes(most), s.kind())})
	}
	s.judge(p, end, owes{code: record.Wait, c: c,
		what: record.Say("it takes no more, and does not end the connection")})
}

// owned reports whether the program has its end of c; known is false where the
// system does not say so.
func (s *scene) owned(c *wire.Conn) (own, known bool) {
	theirs, err := s.net.TCP(c.Remote, c.Local)
	return err == nil && theirs.Inode != 0, err != probe.ErrNoEvidence
}

func (s *scene) mustOwn(c *wire.Conn) bool {
	own, known := s.owned(c)
	if !known {
		s.skip("this system does not say whether a program has closed a socket: the scenario needs Linux with " +
			"sock_diag(7)")
	}
	return own
}

func (s *scene) keepsEnd(c *wire.Conn) {
	p := s.owner(c)
	s.rest(p)
	if s.mustOwn(c) {
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
	p := s.owner(c)
	s.mustOwn(c)
	end := happened
	if set["-dripping"] != "" {
		if paused := s.drip(c); paused > s.sc.Patience/2 && !s.mustOwn(c) {
			s.fail(record.Verdict{Code: record.CannotGrade,
				What: record.Say("the machine is too busy: the grader paused for %v where it was to send a byte now "+
					"and then", paused.Round(time.Millisecond))})
		}
	} else {
		end = s.await(p, nil, func(d duration) progress {
			if !s.mustOwn(c) {
				return done
			}
			p.pause(d)
			return nothing
		})
	}
	if end == happened && !s.mustOwn(c) {
		s.record(record.Event{Conn: c.Name, Kind: record.Note,
			What: record.Say("the %s has closed its end of %s", s.kind(), c.Name)})
		return
	}
	if end != happened {
		s.judge(p, end, owes{code: record.Wait, c: c, what: record.Say("its end of %s is still open", c.Name)})
	}
	s.rejectAt(p, c.Name, record.Say("its end of %s is still open", c.Name), record.Verdict{Code: record.Wait,
		Evidence: s.gather(c, p),
		What: record.Say("%s has sent a byte now and then, and the %s still has its end of the connection after "+
			"three times the limit", c.Name, s.kind())})
}

// drips is how many bytes are sent in the time of one $patience, and for how many
// times $patience.
const (
	drips     = 12
	dripsLast = 3
)

// drip sends a byte now and then, until the program has closed its end or should
// have, and returns the longest pause between two bytes. That the program is late
// because it was starved is no matter: one that is seen asleep, all of it at one
// moment, has done what its timers brought about.
func (s *scene) drip(c *wire.Conn) (paused time.Duration) {
	if s.sc.Patience == 0 {
		s.misuse("released -dripping needs the header patience, and a program whose limit is $patience")
	}
	p, start := s.owner(c), time.Now()
	last := start
	for s.mustOwn(c) && !p.gone() && s.ctx.Err() == nil && time.Since(start) < wallBound {
		s.pump()
		if time.Since(start) > dripsLast*s.sc.Patience && s.sleeps(p) {
			break
		}
		c.Write([]byte("."), slice) // that it fails is seen by whether the program has its end
		now := time.Now()
		paused, last = max(paused, now.Sub(last)), now
		p.pause(s.sc.Patience / drips)
	}
	paused = max(paused, time.Since(last))
	s.record(record.Event{Conn: c.Name, Kind: record.Out, What: record.Say("%s sends a byte now and then", c.Name)})
	return paused
}

// sleeps reports whether every thread of p was asleep at one moment, or the system
// does not say so.
func (s *scene) sleeps(p *program) bool {
	state := probe.Look(p.proc.PID()).State
	return state == probe.Timed || state == probe.Asleep || state == probe.Unknown
}

func (s *scene) aborted(c *wire.Conn, want []byte) {
	p := s.owner(c)
	got, failed, end := s.read(p, c, len(want)+1)
	if len(got) > 0 {
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Cut: true})
	}
	if !bytes.HasPrefix(want, got) {
		s.compare(c, want, got, nil, happened)
	}
	switch failed {
	case nil:
		s.judge(p, end, owes{code: record.Silence, c: c, what: record.Say("the connection is still open")})
	case io.EOF:
		s.log.Add(record.Event{Conn: c.Name, Kind: record.InFIN})
		s.rejectAt(p, c.Name, record.Say("a FIN says that this was all"), record.Verdict{Code: record.EarlyEOF,
			Evidence: s.gather(c, p),
			What: record.Say("the %s ended the connection by a FIN, after a reply that is not whole: %s cannot tell "+
				"it from one that is", s.kind(), c.Name)})
	default:
		s.record(record.Event{Conn: c.Name, Kind: record.InRST})
	}
}
