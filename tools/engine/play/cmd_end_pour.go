package play

import (
	"bytes"
	"io"
	"time"

	"loopback/tools/base/record"
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
	s.speaks()
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
	end := s.await(p, nil, func(d time.Duration) progress {
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
		what := record.Say("the %s ended the connection by a FIN, after a reply that is not whole: %s cannot tell "+
			"it from one that is", s.kind(), c.Name)
		if len(want) == 0 {
			what = record.Say("the %s ended the connection by a FIN: %s cannot know that anything has failed", s.kind(),
				c.Name)
		}
		s.rejectAt(p, c.Name, record.Say("a FIN says that this was all"), record.Verdict{Code: record.EarlyEOF,
			Evidence: s.gather(c, p), What: what})
	default:
		s.record(record.Event{Conn: c.Name, Kind: record.InRST})
	}
}
